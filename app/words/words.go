// Package words has every sentence that a person reads or hears on the pages, in
// every language, and what chooses one: for an error, for the customer's
// progress, for a bad connection. A sentence stands with its languages side by
// side in the file of its subject. The package knows neither markup nor browser.
package words

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Language is a language of the pages. The zero value is English, which is
// spoken where nothing better is known.
type Language uint8

// The languages. In the tables they go by their tags.
const (
	English    = en
	Spanish    = es
	German     = de
	French     = fr
	Portuguese = pt
)

const (
	en Language = iota
	es
	de
	fr
	pt
	languages
)

// tags are the BCP 47 tags.
var tags = [languages]string{en: "en", es: "es", de: "de", fr: "fr", pt: "pt"}

// Languages returns the BCP 47 tags of all languages, the default first.
func Languages() []string { return append([]string(nil), tags[:]...) }

// In returns the language with a BCP 47 tag, English if there is none.
func In(tag string) Language {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	for l, t := range tags {
		if t == primary {
			return Language(l)
		}
	}
	return English
}

// Text is a sentence in each of the languages. Some have a gap, "%s", for a
// name or the like; the comment beside them says for what.
type Text [languages]string

// In returns the sentence in a language.
func (t *Text) In(l Language) string { return t[l] }

// With returns the sentence with its gap filled. What then begins it gets a
// capital letter.
func (t *Text) With(l Language, a string) string { return fill(t[l], a) }

// About returns the sentence with a name in its gap, for markup.
func (t *Text) About(l Language, name string) Sentence { return Sentence{t[l], name} }

// Plain returns the sentence, which has no gap, for markup.
func (t *Text) Plain(l Language) Sentence { return Sentence{text: t[l]} }

// gap is where a name belongs.
const gap = "%s"

// Sentence is what people read, with a gap for a name or without. A name may be
// written the other way round than the page; markup isolates it from the rest,
// or it would turn the words around it.
type Sentence struct{ text, name string }

// String returns the sentence where there is no markup: a title, a label, what
// is said.
func (s Sentence) String() string {
	if !strings.Contains(s.text, gap) {
		return s.text
	}
	return fill(s.text, s.name)
}

// Parts returns what stands before the name, the name, and what stands after it;
// named is false for a sentence about nobody, which is all in before.
func (s Sentence) Parts() (before, name, after string, named bool) {
	before, after, named = strings.Cut(s.text, gap)
	name = s.name
	if named && before == "" {
		name = capital(name)
	}
	return before, name, after, named
}

func fill(sentence, a string) string { return capital(fmt.Sprintf(sentence, a)) }

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
