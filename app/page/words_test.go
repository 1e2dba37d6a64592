package page

import (
	"strings"
	"testing"

	"escalate/app/wire"
	"escalate/app/words"
)

func TestRenderSpeaksTheLanguage(t *testing.T) {
	for _, tag := range Languages() {
		got, err := Render(wire.HomePage, wire.Page{Brand: "Owl", Lang: tag})
		if err != nil {
			t.Fatal(err)
		}
		if want := words.HomeHeading.In(words.In(tag)); !strings.Contains(got, want) {
			t.Errorf("%s: the home page does not say %q", tag, want)
		}
	}
}
