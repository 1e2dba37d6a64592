package ui

import (
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/words"
)

func TestSentence(t *testing.T) {
	about := func(text, name string) words.Sentence { return (&words.Text{text}).About(words.English, name) }
	for _, c := range []struct {
		s    words.Sentence
		want string
	}{
		{(&words.Text{"All <is> well."}).Plain(words.English), "<span>All &lt;is&gt; well.</span>"},
		{about("Call with %s.", "Ann"), "<span>Call with <bdi>Ann</bdi>.</span>"},
		{about("%s is here.", "éva"), "<span><bdi>Éva</bdi> is here.</span>"},
		{about("%s is here.", "<b>&"), "<span><bdi>&lt;b&gt;&amp;</bdi> is here.</span>"},
		{about("%s", ""), "<span><bdi></bdi></span>"},
		{about("Call with %s", "50%s off"), "<span>Call with <bdi>50%s off</bdi></span>"},
		{words.Sentence{}, "<span></span>"},
	} {
		if got := app.HTMLString(Sentence(c.s)); got != c.want {
			t.Errorf("%+v is drawn as %s, want %s", c.s, got, c.want)
		}
	}
}
