package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/words"
)

// Sentence is a sentence in a page. It is one element, written by hand: go-app puts
// line breaks between the children that it writes, which are spaces to a reader.
func Sentence(s words.Sentence) app.UI {
	before, name, after, named := s.Parts()
	if !named {
		return app.Raw("<span>" + escape(before) + "</span>")
	}
	return app.Raw("<span>" + escape(before) + "<bdi>" + escape(name) + "</bdi>" + escape(after) + "</span>")
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

// Name isolates a name that stands by itself.
func Name(name string) app.UI { return app.Raw("<bdi>" + escape(name) + "</bdi>") }
