package name

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, give, want string }{
		{"a name", "Maria Lopez", "Maria Lopez"},
		{"right to left", "\u05e8\u05d5\u05e0\u05d9 \u05db\u05d4\u05df", "\u05e8\u05d5\u05e0\u05d9 \u05db\u05d4\u05df"},
		{"override", "Ann\u202egnp.exe", "Anngnp.exe"},
		{"embeddings", "\u202aA\u202bn\u202cn\u202d", "Ann"},
		{"isolates", "\u2066A\u2067n\u2068n\u2069", "Ann"},
		{"marks of direction", "\u200eA\u200fn\u061cn", "Ann"},
		{"no width", "A\u200bn\ufeffn\u2060\u00ad", "Ann"},
		{"letters that show nothing", "A\u3164n\u115fn\u2800", "Ann"},
		{"controls", "A\x00n\x1bn\x7f\u0085", "Ann"},
		{"lines", "Ann\r\n\tBoole\u2028Day\u2029", "Ann Boole Day"},
		{"spaces", "  Ann \u00a0\u3000 Boole ", "Ann Boole"},
		{"tags", "Ann\U000e0041\U000e007f", "Ann"},
		{"not UTF-8", "An\xffn", "Ann"},
		{"a joiner that belongs there", "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"},
		{"a joiner that does not", "A\u200dn\u200cn\u200d", "Ann"},
		{"nothing but that", "\u202e\u200b\u200d ", ""},
		{"nothing", "", ""},
		{"marks stay", "Zoe\u0308", "Zoe\u0308"},
		{"long", strings.Repeat("é", 100), strings.Repeat("é", 80)},
		{"cut at a space", strings.Repeat("x", 79) + " Boole", strings.Repeat("x", 79)},
	} {
		if got := Clean(c.give, 80); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

func TestPerson(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"Maria": true, "\u674e\u96f7": true, "Maria: 2nd line": true, "maria@example.com": true, "3M": true,
		"": false, "+1 555 000 1111": false, "whatsapp:+15550001111": false, "sms:(555) 000-1111": false, "...": false,
		"CH0123456789abcdef0123456789abcdef": false, "messenger:1234567": false,
	} {
		if Person(s) != want {
			t.Errorf("%q: want %t", s, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("Ann\u202e\u200d Boole", 5)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		if limit < 0 || limit > 1000 {
			return
		}
		got := Clean(s, limit)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > limit {
			t.Errorf("%q of %q", got, s)
		}
		if strings.ContainsAny(got, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b\n\x00") {
			t.Errorf("%q of %q", got, s)
		}
		if again := Clean(got, limit); again != got {
			t.Errorf("not the same again: %q, then %q", got, again)
		}
	})
}
