package codec

import (
	"bytes"
	"testing"
)

func TestREDPrimary(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"empty", "", ""},
		{"primary only", "\x6fhello", "hello"},
		{"one before it", "\xef\x00\x00\x03\x6foldnew", "new"},
		{"two before it", "\xef\x00\x00\x01\xef\x00\x00\x02\x6fabbnew", "new"},
		{"cut short", "\xef\x00\x00\x09\x6fold", ""},
		{"no primary", "\xef\x00\x00\x00", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := REDPrimary([]byte(tt.in)); !bytes.Equal(got, []byte(tt.want)) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func FuzzRED(f *testing.F) {
	f.Add([]byte("\xef\x00\x00\x03\x6foldnew"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got := REDPrimary(b); !bytes.HasSuffix(b, got) || len(b) > 0 && len(got) >= len(b) {
			t.Errorf("%q is not the end of %q behind a header", got, b)
		}
	})
}
