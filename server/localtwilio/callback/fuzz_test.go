package callback

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"escalate/server/localtwilio/store"
)

// FuzzRevision reads what a pre-action webhook answers: what is taken can be stored.
func FuzzRevision(f *testing.F) {
	for _, s := range []string{"", "  ", `{"body":"x","author":"y","attributes":{"a":1}}`, `{"attributes":"{}"}`, `{"attributes":"{"}`, `{"attributes":null}`, `[]`, "<html>"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := readRevision(body)
		if err != nil {
			return
		}
		if r.Body != nil && utf8.RuneCountInString(*r.Body) > store.MaxMessageBody {
			t.Errorf("a body of %d characters", utf8.RuneCountInString(*r.Body))
		}
		if r.Attributes != nil && (!json.Valid([]byte(*r.Attributes)) || len(*r.Attributes) > store.MaxChatAttributes) {
			t.Errorf("attributes %q", *r.Attributes)
		}
	})
}
