package page

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/name"
)

// sentence is what people read, with a gap for a name or without. A name may be
// written the other way round than the page: it is isolated from the rest, or it
// would turn the words around it.
type sentence struct{ text, name string }

// about puts a name into a sentence's gap.
func about(text, name string) sentence { return sentence{text, name} }

// plainly is a sentence about nobody.
func plainly(text string) sentence { return sentence{text: text} }

// gap is where a name belongs.
const gap = "%s"

// String is the sentence where there is no markup: a title, a label, what is said.
func (s sentence) String() string {
	if !strings.Contains(s.text, gap) {
		return s.text
	}
	return fill(s.text, s.name)
}

// node is the sentence in a page. It is one element, written by hand: go-app puts
// line breaks between the children that it writes, which are spaces to a reader.
func (s sentence) node() app.UI {
	before, after, ok := strings.Cut(s.text, gap)
	if !ok {
		return app.Raw("<span>" + escape(s.text) + "</span>")
	}
	who := s.name
	if before == "" {
		who = capital(who)
	}
	return app.Raw("<span>" + escape(before) + "<bdi>" + escape(who) + "</bdi>" + escape(after) + "</span>")
}

// escape makes text of s, in markup. Package html does it by a Replacer, which is
// 20 kB of the program.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch s[i] {
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '&':
			b.WriteString("&amp;")
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// bdi isolates a name that stands by itself.
func bdi(name string) app.UI { return app.Raw("<bdi>" + escape(name) + "</bdi>") }

// maxName is the longest name that is shown, in characters.
const maxName = 100

// clean is a name as it may be shown: see package name.
func clean(s string) string { return name.Clean(s, maxName) }
