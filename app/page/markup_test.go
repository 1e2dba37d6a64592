package page

import (
	"strings"
	"testing"

	"escalate/app/wire"
)

// TestTranslateNo: a page asks not to be translated, unless its reader wants
// another language. The server draws it so, and so does the program.
func TestTranslateNo(t *testing.T) {
	for _, translate := range []bool{false, true} {
		s := invited()
		p := wire.Page{State: &s, Lang: "en", Translate: translate}
		for _, path := range []string{wire.HomePage, wire.AgentPage, wire.JoinPath(s.Code)} {
			markup, err := Render(path, p)
			if err != nil {
				t.Fatal(err)
			}
			root, _, _ := strings.Cut(markup, ">")
			if got := !strings.Contains(root, ` translate="no"`); got != translate {
				t.Errorf("%s may be translated: %v, want %v: %s>", path, got, translate, root)
			}
		}
		r := newRig(t, p)
		r.mount(newJoin(r.deps(), s.Code))
		r.until("drawn by the program", func() bool { return strings.Contains(r.html(), ` translate="no"`) != translate })
	}
}
