package sids

import (
	"strings"
	"testing"
)

func TestForm(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("0123456789abcdef", 2)
	for s, want := range map[string]bool{
		"RM" + digits:                        true,
		"":                                   false,
		"RM":                                 false,
		"rm" + digits:                        false,
		"R1" + digits:                        false,
		"RM" + digits[1:]:                    false,
		"RM" + digits + "0":                  false,
		"RM" + digits[1:] + "g":              false,
		"RM" + strings.ToUpper(digits):       false,
		"RM" + digits[1:] + "\n":             false,
		"RM" + digits[:30] + "ä":             false,
		"../" + digits[1:]:                   false,
		"RM" + digits[:30] + "/.":            false,
		"RM" + strings.Repeat("0", 31) + "٣": false,
	} {
		if got := Looks(s); got != want {
			t.Errorf("Looks(%q): %t", s, got)
		}
		if got := Is("RM", s); got != want {
			t.Errorf("Is(RM, %q): %t", s, got)
		}
		if Is("PA", s) {
			t.Errorf("Is(PA, %q)", s)
		}
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		s := New("CH")
		if !Is("CH", s) || seen[s] {
			t.Fatalf("%q", s)
		}
		seen[s] = true
	}
}
