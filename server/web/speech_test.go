package web

import (
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"escalate/app/wire"
)

// saidIn is all that v says, by where it stands.
func saidIn(v reflect.Value, name string, f func(name, text string)) {
	switch v.Kind() {
	case reflect.String:
		f(name, v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			saidIn(v.Field(i), name+"."+v.Type().Field(i).Name, f)
		}
	case reflect.Array, reflect.Slice:
		for i := range v.Len() {
			saidIn(v.Index(i), name+"."+string(rune('0'+i)), f)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			saidIn(v.MapIndex(k), name+"."+k.String(), f)
		}
	}
}

func TestEverySpeechIsComplete(t *testing.T) {
	t.Parallel()
	verbs := regexp.MustCompile(`%[a-z]`)
	sentence := regexp.MustCompile(`\S+ \S+ \S+`)
	want := map[string]string{}
	saidIn(reflect.ValueOf(english), "", func(name, text string) { want[name] = text })
	for _, s := range speeches {
		got := map[string]string{}
		saidIn(reflect.ValueOf(*s), "", func(name, text string) { got[name] = text })
		for name, text := range want {
			said, ok := got[name]
			switch {
			case !ok || said == "" && text != "":
				t.Errorf("%s: %s is missing", s.Lang, name)
			case !slices.Equal(verbs.FindAllString(said, -1), verbs.FindAllString(text, -1)):
				t.Errorf("%s: %s takes other values than in English: %s", s.Lang, name, said)
			case s.Lang != "en" && said == text && sentence.MatchString(text):
				t.Errorf("%s: %s is not translated: %s", s.Lang, name, text)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s says %d things, English %d", s.Lang, len(got), len(want))
		}
	}
}

func TestEveryMeaningHasASentence(t *testing.T) {
	t.Parallel()
	for code, text := range english.Errors {
		if text == "" || code.Status() == 0 {
			t.Errorf("%s: %q", code, text)
		}
	}
	for _, m := range meanings {
		if english.Errors[m.code] == "" {
			t.Errorf("%v has no sentence", m.err)
		}
	}
}

func TestPagesAndErrorsInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	all := []string{"en", "es", "de", "fr", "pt"}
	for _, ca := range []struct{ name, path, accept, lang, words string }{
		{"the browser's", "/join/nosuchc", "de-AT,de;q=0.9,en;q=0.5", "de", german.Page.Unknown.Heading},
		{"a link's choice over the browser's", "/join/nosuchc?lang=fr", "de", "fr", french.Page.Unknown.Heading},
		{"none of ours", "/join/nosuchc", "ja", "en", english.Page.Unknown.Heading},
		{"a page that runs the program", "/join/" + liveCode, "pt-BR", "pt", "Chamada de vídeo com Ann"},
		{"home", "/?lang=es", "", "es", spanish.Title.Home},
		{"nothing there", "/nothing", "es", "es", spanish.Page.NotFound.Heading},
	} {
		t.Run(ca.name, func(t *testing.T) {
			g := newRig()
			g.config.Languages = all
			res := do(t, g.handler(), call{"GET", ca.path, "", headers("Accept", "text/html", "Accept-Language", ca.accept)})
			body := res.Body.String()
			if !strings.Contains(body, `<html lang="`+ca.lang+`" dir="ltr">`) || !strings.Contains(body, ca.words) {
				t.Errorf("not in %s, or not %q:\n%.600s", ca.lang, ca.words, body)
			}
			if got := res.Header().Get("Content-Language"); got != ca.lang {
				t.Errorf("Content-Language %q", got)
			}
		})
	}
	g := newRig()
	g.config.Languages = all
	if res := do(t, g.handler(), call{"GET", "/?code=k7m-2p9x&lang=de", "", nil}); res.Header().Get("Location") != "/join/k7m2p9x?lang=de" {
		t.Errorf("the form leads to %s", res.Header().Get("Location"))
	}
	res := do(t, g.handler(), call{"GET", "/api/escalations/nosuchc", "", headers("Accept-Language", "de")})
	if res.Code != http.StatusNotFound || !strings.Contains(res.Body.String(), german.Errors[wire.CodeUnknownCode]) {
		t.Errorf("%d %s", res.Code, res.Body)
	}
	sort.Strings(all) // every language that core offers has a speech
	for _, l := range all {
		if speechIn(l).Lang != l {
			t.Errorf("no speech in %s", l)
		}
	}
}

// A Flex token that has run out is renewed by the desktop; to load Flex anew
// would end the agent's call.
func TestExpiredTokenAdvisesNoReload(t *testing.T) {
	t.Parallel()
	reload := map[string]string{"en": "reload", "de": "laden", "es": "cargar", "fr": "recharge", "pt": "recarreg"}
	for _, s := range speeches {
		text := strings.ToLower(s.Errors[wire.CodeUnauthorized])
		if reload[s.Lang] == "" || strings.Contains(text, reload[s.Lang]) || text == "" {
			t.Errorf("%s: %s", s.Lang, text)
		}
	}
}
