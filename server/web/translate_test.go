package web

import (
	"strings"
	"testing"

	"escalate/app/wire"
)

// TestTranslation: a page in the language that its reader wants asks browsers
// not to translate it; any other may be translated.
func TestTranslation(t *testing.T) {
	t.Parallel()
	for _, ca := range []struct {
		name, path, accept string
		translate          bool
	}{
		{"one of ours", "/join/" + liveCode, "de-AT,de;q=0.9,en;q=0.8", false},
		{"one of ours, in no order", "/join/" + liveCode, "ja;q=0.5, fr", false},
		{"English as Japanese browsers ask for it", "/join/" + liveCode, "ja,en-US;q=0.9,en;q=0.8", true},
		{"none of ours", "/join/" + liveCode, "ja", true},
		{"anything", "/join/" + liveCode, "*", true},
		{"unwanted", "/join/" + liveCode, "en;q=0", true},
		{"not said", "/join/" + liveCode, "", true},
		{"chosen by the person", "/join/" + liveCode + "?lang=de", "ja", false},
		{"chosen, and not one of ours", "/join/" + liveCode + "?lang=ja", "en", false},
		{"kept frame", framePath + "?lang=en", "en", false},
		{"kept frame, whose language nobody chose", framePath + "?lang=en", "ja", true},
		{"agent", "/agent", "pt-BR", false},
	} {
		t.Run(ca.name, func(t *testing.T) {
			g := newRig()
			g.config.Languages = []string{"en", "es", "de", "fr", "pt"}
			var drawn wire.Page
			g.deps.Render = func(_ string, p wire.Page) (string, error) {
				drawn = p
				return `<main id="app"></main>`, nil
			}
			body := browse(t, g.handler(), ca.path, "Accept-Language", ca.accept).Body.String()
			if drawn.Translate != ca.translate {
				t.Errorf("drawn as one to translate: %v, want %v", drawn.Translate, ca.translate)
			}
			if got := !strings.Contains(body, `<meta name="google" content="notranslate"`); got != ca.translate {
				t.Errorf("the head lets it be translated: %v, want %v", got, ca.translate)
			}
			if got := strings.Contains(body, `"translate":true`); got != ca.translate {
				t.Errorf("the program lets it be translated: %v, want %v", got, ca.translate)
			}
		})
	}
}

// TestStoppedPage is in every page with a call, out of sight, in the page's language.
func TestStoppedPage(t *testing.T) {
	t.Parallel()
	g := newRig()
	g.config.Languages = []string{"en", "fr"}
	h := g.handler()
	for _, path := range []string{"/join/" + liveCode, "/agent", framePath} {
		body := browse(t, h, path, "Accept-Language", "fr").Body.String()
		for _, want := range []string{`<main class="page blocked" id="stopped" hidden=""`, french.Shell.StoppedHeading, french.Shell.Reload} {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %q", path, want)
			}
		}
	}
	if strings.Contains(browse(t, h, "/").Body.String(), `id="stopped"`) {
		t.Error("the page to type a code into, which goes on without its program, has one")
	}
}
