package news

import (
	"fmt"
	"testing"
)

// FuzzRead hears what anybody may say on the subject: what is taken for news is what a
// replica would have sent.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"abc2345 3", "", " ", "abc2345", "abc2345 -1", "abc2345 0x3", "a b 3", "abc2345 99999999999999999999"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		code, version, err := read(data)
		if err != nil {
			return
		}
		again, number, err := read(fmt.Appendf(nil, "%s %d", code, version))
		if err != nil || again != code || number != version || version < 1 || len(code) > maxNews {
			t.Errorf("%q is %q, %d; sent on it is %q, %d, %v", data, code, version, again, number, err)
		}
	})
}
