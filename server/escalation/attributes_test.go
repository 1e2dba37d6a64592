package escalation

import (
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"
)

func TestUnescape(t *testing.T) {
	for in, want := range map[string]string{
		`{"a":"\u003cb\u003e \u0026"}`:     `{"a":"<b> &"}`,
		`"\u00e9\u4e16\u2028"`:             "\"é世\u2028\"",
		`"\ud83d\ude00"`:                   `"😀"`,
		`"\uD83D\uDE00"`:                   `"😀"`,
		`"\ud83d"`:                         `"\ud83d"`,
		`"\ude00\ud83d"`:                   `"\ude00\ud83d"`,
		`"\ud83d\n"`:                       `"\ud83d\n"`,
		`"\ud83dude00"`:                    `"\ud83dude00"`,
		`"\/\u002f"`:                       `"//"`,
		`"\u0022\u005c\"\\"`:               `"\"\\\"\\"`,
		`"\u000a\u0009\u0008\u000c\u000d"`: `"\n\t\b\f\r"`,
		`"\u0001\u001f"`:                   `"\u0001\u001f"`,
		`"\\u003c"`:                        `"\\u003c"`,
		`{"\u003c":[1.50e+2,null,"x"]}`:    `{"<":[1.50e+2,null,"x"]}`,
	} {
		if got := string(unescape(json.RawMessage(in))); got != want {
			t.Errorf("%s became %s, want %s", in, got, want)
		}
	}
}

// FuzzUnescape: the text stays JSON, means the same, and is no longer than before.
func FuzzUnescape(f *testing.F) {
	for _, s := range []string{`{"a":"\u003c"}`, `["\ud83d\ude00","\ud83d"]`, `"\\\u005c\"\/"`, `{"a":{"b":"é<\u0000"}}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var before, after any
		if json.Unmarshal([]byte(s), &before) != nil || !utf8.ValidString(s) {
			return
		}
		out := unescape(json.RawMessage(s))
		if err := json.Unmarshal(out, &after); err != nil || !reflect.DeepEqual(before, after) {
			t.Fatalf("%q became %q: %v", s, out, err)
		}
		for i, l := range lengths {
			if l(out) > l(json.RawMessage(s)) {
				t.Errorf("%q is longer than %q by measure %d", out, s, i)
			}
		}
	})
}

// Each reading of a character is at least as long as the one before.
func TestLengthsGetStricter(t *testing.T) {
	for _, s := range []string{"", "abc", "é", "世界", "😀", "\xff", `"<&>"`} {
		for i := 1; i < len(lengths); i++ {
			if a, b := lengths[i-1](json.RawMessage(s)), lengths[i](json.RawMessage(s)); a > b {
				t.Errorf("%q: %d by measure %d, %d by the next", s, a, i-1, b)
			}
		}
	}
}

// What is written has to be known as ours, or a later report could not replace it.
func TestEveryReportedFieldIsOurs(t *testing.T) {
	s := New(Config{}, Deps{}).ender.reporter
	q := 3
	e := run(t, agentIn(ag1, 0), customerIn(cu1, 1), cb("participant-connected", rm1, cu1, "PA1", 1, 2), ended(9))
	e.Receipt.Quality = &q
	e.Rating = &Rating{Score: 4, Comment: "x"}
	a := attributes{attrDocument: json.RawMessage(`"abc2345"`), attrRoom: json.RawMessage(`"abc2345"`)}
	if left, err := s.tell(a, e, lengths[0]); err != nil || len(left) > 0 {
		t.Fatalf("left %v, %v", left, err)
	}
	if err := a.forget(attrEscalation, reported); err != nil || a[attrEscalation] != nil {
		t.Errorf("not known as ours: %s, %v", a[attrEscalation], err)
	}
}
