package escalation

import (
	"strings"
	"testing"
)

func TestNewCodeIsItsOwnForm(t *testing.T) {
	seen := map[string]bool{}
	letters := map[rune]int{}
	for range 2000 {
		c, err := newCode(7)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := parseCode(c); got != c || err != nil || len(c) != 7 {
			t.Fatalf("code %q: %q, %v", c, got, err)
		}
		if seen[c] {
			t.Fatalf("code %q twice in 2000", c)
		}
		seen[c] = true
		for _, r := range c {
			letters[r]++
		}
	}
	for _, r := range alphabet {
		// 14 000 draws of 31: 452 each, and 6 standard deviations are 126.
		if n := letters[r]; n < 320 || n > 590 {
			t.Errorf("%q drawn %d times of 14000", r, n)
		}
	}
}

func TestParseCode(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
	}{
		{"as made", "abc2345", "abc2345"},
		{"in capitals", "ABC2345", "abc2345"},
		{"shortest", "abcdef", "abcdef"},
		{"too short", "abcde", ""},
		{"longest", strings.Repeat("a", 32), strings.Repeat("a", 32)},
		{"too long", strings.Repeat("a", 33), ""},
		{"empty", "", ""},
		{"look-alikes", "abc1l0o", ""},
		{"path", "abc/../x", ""},
		{"dots", "......", ""},
		{"query", "abcdef?x", ""},
		{"newline", "abcdef\n", ""},
		{"Document SID", "ET0123456789abcdef0123456789abcdef", ""},
		{"lock", "agentlock.WK1", ""},
		{"Kelvin sign lowers to k", "abcdef\u212a", ""},
		{"NUL", "abcdef\x00", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := parseCode(c.in)
			if got != c.want || (err == nil) != (c.want != "") {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestSplitIdentity(t *testing.T) {
	id, err := newIdentity(roleAgent, wk1)
	if err != nil {
		t.Fatal(err)
	}
	if role, who := splitIdentity(id); role != roleAgent || who != wk1 {
		t.Errorf("%q splits into %q, %q", id, role, who)
	}
	for _, bad := range []string{"", "agent", "agent:x", "robot:x:y", "agent:x:y:z"} {
		if role, who := splitIdentity(bad); role != "" || who != "" {
			t.Errorf("%q splits into %q, %q", bad, role, who)
		}
	}
	other, err := newIdentity(roleAgent, wk1)
	if err != nil {
		t.Fatal(err)
	}
	if id == other {
		t.Error("the same identity twice")
	}
}
