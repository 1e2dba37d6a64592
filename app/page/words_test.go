package page

import (
	"reflect"
	"regexp"
	"slices"
	"testing"

	"escalate/app/wire"
)

// texts are all strings of a table, by field.
func texts(v reflect.Value, name string, f func(name, text string)) {
	switch v.Kind() {
	case reflect.String:
		f(name, v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			texts(v.Field(i), name+"."+v.Type().Field(i).Name, f)
		}
	case reflect.Array:
		for i := range v.Len() {
			texts(v.Index(i), name+"."+string(rune('0'+i)), f)
		}
	default:
		panic("words: " + name + " is a " + v.Kind().String())
	}
}

var verbs = regexp.MustCompile(`%[a-z%]`)

func TestEveryLanguageSaysEverything(t *testing.T) {
	want := map[string][]string{}
	texts(reflect.ValueOf(english), "", func(name, text string) { want[name] = verbs.FindAllString(text, -1) })
	for _, w := range languages {
		t.Run(w.Lang, func(t *testing.T) {
			texts(reflect.ValueOf(*w), "", func(name, text string) {
				if text == "" {
					t.Errorf("%s is missing", name)
				}
				if got := verbs.FindAllString(text, -1); !slices.Equal(got, want[name]) {
					t.Errorf("%s takes %q, in English %q: %s", name, got, want[name], text)
				}
			})
			if w.Dir != "ltr" && w.Dir != "rtl" {
				t.Errorf("Dir is %q", w.Dir)
			}
		})
	}
}

// TestNothingIsLeftInEnglish finds sentences that were copied and not
// translated. Single words may be the same.
func TestNothingIsLeftInEnglish(t *testing.T) {
	sentence := regexp.MustCompile(`\S+ \S+ \S+`)
	inEnglish := map[string]string{}
	texts(reflect.ValueOf(english), "", func(name, text string) { inEnglish[name] = text })
	for _, w := range languages[1:] {
		texts(reflect.ValueOf(*w), "", func(name, text string) {
			if text == inEnglish[name] && sentence.MatchString(text) {
				t.Errorf("%s %s is not translated: %s", w.Lang, name, text)
			}
		})
	}
}

func TestWordsIn(t *testing.T) {
	for _, ca := range []struct{ tag, want string }{
		{"de", "de"}, {"de-AT", "de"}, {"PT-br", "pt"}, {"xx", "en"}, {"", "en"}, {"e", "en"},
	} {
		if got := wordsIn(ca.tag).Lang; got != ca.want {
			t.Errorf("%q is spoken to in %q, want %q", ca.tag, got, ca.want)
		}
	}
	if got := Languages(); !slices.Equal(got, []string{"en", "es", "de", "fr", "pt"}) {
		t.Errorf("languages are %q", got)
	}
}

func TestFillBeginsWithACapital(t *testing.T) {
	for _, w := range languages {
		if got := fill(w.InviteHeading, w.Agent); got[:1] == w.Agent[:1] && w.Lang != "de" {
			t.Errorf("%s: %q", w.Lang, got)
		}
	}
	if got := fill(english.DidLeave, "éva"); got != "Éva has left the call." {
		t.Error(got)
	}
}

func TestRenderSpeaksTheLanguage(t *testing.T) {
	for _, w := range languages {
		got, err := Render(wire.HomePage, wire.Page{Brand: "Owl", Lang: w.Lang})
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(regexp.QuoteMeta(w.HomeHeading)).MatchString(got) {
			t.Errorf("%s: the home page does not say %q", w.Lang, w.HomeHeading)
		}
	}
}
