package store

import (
	"encoding/json"
	"testing"
)

// Truth values of rules may be strings; what is kept and answered are truth values.
func TestRuleWithTruthAsAString(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		given, want string // "" for an error
	}{
		{`{"type":"include","all":true}`, `{"type":"include","all":true}`},
		{`{"type":"include","all":"true"}`, `{"type":"include","all":true}`},
		{`{"type":"include","all":"false","kind":"audio"}`, `{"type":"include","kind":"audio"}`},
		{`{"type":"include","all":null,"kind":"audio"}`, `{"type":"include","kind":"audio"}`},
		{`{"type":"include","all":"yes"}`, ""},
		{`{"type":"include","all":1}`, ""},
		{`{"type":7,"all":true}`, ""},
	} {
		var r Rule
		if err := json.Unmarshal([]byte(tt.given), &r); (err != nil) != (tt.want == "") {
			t.Errorf("%s: %v", tt.given, err)
			continue
		} else if err != nil {
			continue
		}
		if b, err := json.Marshal(r); err != nil || string(b) != tt.want {
			t.Errorf("%s is kept as %s, %v", tt.given, b, err)
		}
	}
}
