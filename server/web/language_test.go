package web

import "testing"

func TestLanguage(t *testing.T) {
	t.Parallel()
	have := []string{"en", "es", "de", "pt"}
	cases := []struct{ lang, accept, want string }{
		{"", "", "en"},
		{"", "de-AT,de;q=0.9,en;q=0.8", "de"},
		{"", "fr,es;q=0.5,en;q=0.4", "es"},
		{"", "en;q=0.5, pt-BR", "pt"},
		{"", "de;q=0", "en"},
		{"", "*", "en"},
		{"es", "de", "es"},
		{"ES-mx", "de", "es"},
		{"xx", "de", "de"},
		{`"><script>`, "", "en"},
		{"", ";;q=,=;", "en"},
	}
	for _, c := range cases {
		if got := pickLanguage(have, c.lang, []string{c.accept}); got != c.want {
			t.Errorf("lang %q, accept %q: %q, want %q", c.lang, c.accept, got, c.want)
		}
	}
}
