package joincode

import (
	"strings"
	"unicode"
)

// Kind is what a text turned out to be.
type Kind int

// The kinds of text that Read tells apart.
const (
	// None is no code and no link: there is nothing to look up.
	None Kind = iota
	// Bare is a code alone, as people type it. Whether there is such a code only
	// a look-up tells, which makes it a guess.
	Bare
	// Tagged is a code with its right tag: we made the link.
	Tagged
	// Forged is a code with a tag that is not its own.
	Forged
)

// Given is a text as Read understood it. Code is empty for None.
type Given struct {
	Kind Kind
	Code string
}

// maxText is the longest text that is read, in bytes. A mail scanner's link
// around ours has some 2,000; a whole pasted invite less. Some letters fold to 18
// times their length, so longer texts would take too long.
const maxText = 6 << 10

// Read finds the join code in whatever somebody copied, typed or clicked: a
// code, a link, a message with a link in it, a link inside another link. It
// takes a code only where there is one candidate, so that no sentence becomes a
// guess.
func (l Links) Read(text string) Given {
	if len(text) > maxText {
		return Given{}
	}
	found := Given{}
	for _, t := range unwrap(text) {
		if found = l.readPlain(fold(t)); found.Kind == Tagged {
			return found
		}
	}
	return found // what is left of an encoding could look like a code
}

// readPlain reads a text without any encoding left in it.
func (l Links) readPlain(text string) Given {
	best := Given{}
	rests := afterJoin(text)
	for _, rest := range rests {
		g := l.readLink(rest)
		if g.Kind == Tagged {
			return g
		}
		if best.Kind == None {
			best = g
		}
	}
	if len(rests) > 0 {
		return best
	}
	return l.readWords(text)
}

// readLink reads what follows /join/. Only the tag tells for certain how much
// of it belongs to the link: a line break may stand in the middle of the tag,
// and a sentence begin right behind it.
func (l Links) readLink(rest string) Given {
	s := letters(rest)
	for n := Min; n <= Max; n++ {
		if code, right := l.split(s, n); right {
			return Given{Tagged, code}
		}
	}
	words := words(rest)
	if len(words) == 0 {
		return Given{}
	}
	return l.bare(words[0], words[1:])
}

// bare takes word for a code, or for a code with a wrong tag; next are the
// words behind it, which may be the rest of a code that was broken in two.
func (l Links) bare(word string, next []string) Given {
	// A sentence in another script may begin right behind it.
	if i := strings.IndexFunc(word, func(r rune) bool { return r > unicode.MaxASCII }); i >= 0 {
		word, next = strings.TrimRight(word[:i], "-"), nil
	}
	first, last, dashed := cutLast(word)
	if code, ok := Parse(first); ok && dashed && len(first) == l.length && len(last) < TagLength {
		return Given{Bare, code} // the tag was cut off
	}
	joined := strings.ReplaceAll(word, "-", "")
	several := false
	for len(joined) < l.length && len(next) > 0 {
		more := joined + strings.ReplaceAll(next[0], "-", "")
		if len(more) > l.length {
			break
		}
		joined, next, several = more, next[1:], true
	}
	code, ok := Parse(joined)
	ok = ok && (!several || mixed(code)) // else these are two words
	if n := len(joined) - TagLength; len(l.key) > 0 && n >= Min && len(joined) != l.length {
		if _, fits := Parse(joined[:n]); fits && (n == l.length || dashed && len(last) == TagLength) {
			return Given{Forged, joined[:n]}
		}
	}
	if !ok {
		return Given{}
	}
	return Given{Bare, code}
}

// cutLast cuts a word at its last dash, and takes the others out of what is
// before it.
func cutLast(word string) (before, after string, found bool) {
	i := strings.LastIndexByte(word, '-')
	if i < 0 {
		return word, "", false
	}
	return strings.ReplaceAll(word[:i], "-", ""), word[i+1:], true
}

// mixed says whether a code has digits and letters, as no word and no number has.
func mixed(code string) bool {
	const digits = "23456789"
	return strings.Trim(code, digits) != "" && strings.ContainsAny(code, digits)
}

// maxWords is how many words of a text are looked at.
const maxWords = 400

// readWords reads a text that has no link in it: a code alone, in groups as
// people type it, or somewhere in a sentence.
func (l Links) readWords(text string) Given {
	all := words(text)
	all = all[:min(len(all), maxWords)]
	if len(all) == 0 {
		return Given{}
	}
	for i, w := range all {
		s := strings.ReplaceAll(strings.Join(all[i:min(len(all), i+4)], ""), "-", "")
		for _, n := range []int{l.length, len(strings.ReplaceAll(w, "-", "")) - TagLength} {
			if code, right := l.split(s, n); right {
				return Given{Tagged, code}
			}
		}
	}
	if len(all) == 1 {
		if g := l.bare(all[0], nil); g.Kind != Bare || len(g.Code) == l.length || l.length == 0 || mixed(g.Code) {
			return g
		}
		return Given{} // "thanks"
	}
	if code, ok := Parse(strings.ReplaceAll(strings.Join(all, ""), "-", "")); ok && len(code) == l.length {
		return Given{Bare, code}
	}
	return l.inSentence(all, !strings.Contains(text, "://"))
}

// labels are words that announce a code, in the languages of the pages.
var labels = map[string]bool{"code": true, "codes": true, "código": true, "codigo": true, "zugangscode": true, "videocode": true}

// behindLabel is how many words may stand between a label and its code: "your
// code for the call is".
const behindLabel = 5

// inSentence finds the one word that is a code: one behind a label that is as
// long as codes are; or, but for another site's addresses, the only one of that
// length that is mixed.
func (l Links) inSentence(all []string, anywhere bool) Given {
	for i, w := range all {
		if !labels[w] {
			continue
		}
		plain := Given{}
		for j := i + 1; j < min(len(all), i+1+behindLabel); j++ {
			g := l.bare(all[j], all[j+1:])
			switch {
			case g.Kind == Forged, g.Kind == Bare && (len(g.Code) == l.length || j+1 == len(all)) && mixed(g.Code):
				return g
			case g.Kind == Bare && len(g.Code) == l.length && plain.Kind == None:
				plain = g
			}
		}
		if plain.Kind != None {
			return plain
		}
	}
	found := Given{}
	for i, w := range all {
		g := l.bare(w, all[i+1:])
		if !anywhere || g.Kind == None || g.Kind == Bare && (len(g.Code) != l.length || !mixed(g.Code)) {
			continue
		}
		if found.Kind != None && found != g {
			return Given{} // two candidates are none
		}
		found = g
	}
	return found
}
