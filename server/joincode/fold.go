package joincode

import (
	"encoding/base64"
	"html"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold brings the many ways to write a text to one: width and style of letters
// (NFKC), capitals, kinds of dash and slash. What cannot be seen goes: zero-width
// and bidi marks, byte order marks, soft hyphens.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.In(r, unicode.Cf, unicode.Variation_Selector), r == '\u034f', r == '\u115f', r == '\u1160', r == '\u3164': // invisible
			return -1
		case unicode.In(r, unicode.Pd), r == '\u2212', r == '\u2043', r == '_':
			return '-'
		case r == '\\', r == '\u2044', r == '\u2215':
			return '/'
		}
		return r
	}, strings.ToLower(norm.NFKC.String(text)))
}

// word says that r belongs to a word; a dash does inside of one.
func word(r rune) bool {
	return r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// words are the runs of letters, digits and dashes in a folded text.
func words(text string) []string {
	var all []string
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !word(r) }) {
		if w = strings.Trim(w, "-"); w != "" {
			all = append(all, w)
		}
	}
	return all
}

// letters are the first characters of the Alphabet in a folded text, as many as
// a link can have, without what stands between them. A query ends them, and so
// does a letter or a digit that no code has.
func letters(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case b.Len() == Max+TagLength, r == '?', r == '#':
			return b.String()
		case r < unicode.MaxASCII && strings.IndexByte(Alphabet, byte(r)) >= 0:
			b.WriteRune(r)
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return b.String()
		}
	}
	return b.String()
}

// joinPath is where the part of a link begins that is ours.
var joinPath = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:^|[^\p{L}\p{N}])join\s*/[\s/]*`) })

// maxLinks is how many links of one text are looked at.
const maxLinks = 4

// afterJoin is what follows each /join/ in a folded text.
func afterJoin(text string) []string {
	var rests []string
	for _, at := range joinPath().FindAllStringIndex(text, maxLinks) {
		if rest := text[at[1]:]; rest != "" {
			rests = append(rests, rest)
		}
	}
	return rests
}

// HasLink says whether a path, as it came, leads to a join page in one of the
// ways in which people and programs write it.
func HasLink(path string) bool {
	for _, t := range unwrap(path[:min(len(path), maxText)]) {
		if len(afterJoin(fold(t))) > 0 {
			return true
		}
	}
	return false
}

// maxLayers is how often a text is decoded: a scanner's link may be inside of
// another scanner's.
const maxLayers = 4

// unwrap returns the text and what it becomes when the encodings are taken off
// that links get on their way: percent encoding, HTML's, and those of mail
// scanners. The text itself comes first.
func unwrap(text string) []string {
	all := []string{text}
	for range maxLayers {
		next := layer(all[len(all)-1])
		if next == all[len(all)-1] {
			break
		}
		all = append(all, next)
	}
	return all
}

// layer takes one layer of encoding off.
func layer(text string) string {
	text = proofpoint().ReplaceAllStringFunc(text, func(link string) string {
		// Proofpoint's second version writes "/" as "_" and any other mark as "-XX".
		return strings.NewReplacer("-", "%", "_", "/").Replace(link)
	})
	if strings.Contains(text, "urldefense") { // the third writes "%" as "*"
		text = starred().ReplaceAllString(text, "%$1")
	}
	text = markup().ReplaceAllString(text, "")
	text = packedLink().ReplaceAllStringFunc(text, func(packed string) string {
		if len(packed)%4 == 1 {
			packed = packed[:len(packed)-1] // no encoder stops there
		}
		plain, err := base64.RawURLEncoding.DecodeString(strings.ReplaceAll(packed, "+", "-"))
		if err != nil {
			return packed
		}
		return string(plain) + " "
	})
	text = html.UnescapeString(text)
	return escaped().ReplaceAllStringFunc(text, func(e string) string {
		plain, err := url.PathUnescape(e)
		if err != nil {
			return e
		}
		return plain
	})
}

var (
	// escaped is a run of percent-encoded bytes; together they may be one letter.
	escaped = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:%[0-9A-Fa-f]{2})+`) })
	// proofpoint is an address as Proofpoint's second version writes it into its own.
	proofpoint = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`https?-3[Aa]__[^&\s]+`) })
	starred    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\*([0-9A-Fa-f]{2})`) })
	// markup is what mail and chat programs put into text; what links is kept.
	markup = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)</?(?:br|wbr|b|i|u|em|strong|span|font|p|div)(?:\s[^<>]{0,300})?/?>`)
	})
	// packedLink is an address in base64, as other scanners have it: "http" begins so.
	packedLink = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`aHR0c[A-Za-z0-9+_-]{8,}`) })
)
