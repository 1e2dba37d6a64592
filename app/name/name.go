// Package name makes names of persons fit to stand in sentences: they come from
// chats and profiles, where anybody may have written anything. Both halves use it.
package name

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean returns a name of at most limit characters in one line, without what
// cannot be seen: controls, also those of writing direction, which would turn the
// rest of a sentence around, and characters without a width.
func Clean(s string, limit int) string {
	seen := visible(s)
	return string(visible(string(joined(seen[:min(len(seen), limit)]))))
}

// visible is what of s can be seen, in one line without needless spaces, and the
// joiners. The program that runs in browsers is to be small, hence no package's help.
func visible(s string) []rune {
	var out []rune
	space := false
	for i, r := range s {
		switch {
		case r == utf8.RuneError && s[i] != "\ufffd"[0]: // no UTF-8
		case unicode.IsSpace(r) || r == '\u2028' || r == '\u2029':
			space = len(out) > 0
		case r == zwnj || r == zwj || !unicode.IsControl(r) && !unseen(r):
			if space {
				out, space = append(out, ' '), false
			}
			out = append(out, r)
		}
	}
	return out
}

// joined is s without the joiners that join nothing.
func joined(s []rune) []rune {
	var out []rune
	for i, r := range s {
		if (r == zwnj || r == zwj) && !(i > 0 && joins(s[i-1]) && i+1 < len(s) && joins(s[i+1])) {
			continue
		}
		out = append(out, r)
	}
	return out
}

// The two of no width that belong to the spelling of names, in Persian, Sinhala
// and others, and that do nothing between other letters.
const (
	zwnj = '\u200c'
	zwj  = '\u200d'
)

// joins says whether a character is of a script in which letters join, or one of
// the pictures that are put together of several.
func joins(r rune) bool {
	return r >= 0x600 && r < 0x1100 || r >= 0x1700 && r < 0x1c80 || r >= 0x2600 && r < 0x2800 || r == 0xfe0f || r >= 0x1f000 && r < 0x20000
}

// unseen says whether a character shows nothing: those of Unicode's category Cf,
// and letters and marks that are blank.
func unseen(r rune) bool {
	switch r {
	case '\u034f', '\u115f', '\u1160', '\u17b4', '\u17b5', '\u3164', '\uffa0', '\u2800':
		return true
	}
	return unicode.Is(unicode.Cf, r)
}

// Person says whether s reads as a person's name: it has a letter, and is no
// telephone number, also with its channel as in "whatsapp:+15550001111", and no SID.
func Person(s string) bool {
	if len(s) == 34 && strings.Trim(s[2:], "0123456789abcdefABCDEF") == "" {
		return false
	}
	if i := strings.LastIndexByte(s, ':'); i >= 0 && strings.ContainsAny(s[i+1:], "0123456789") && !strings.ContainsFunc(s[i+1:], unicode.IsLetter) {
		return false
	}
	return strings.ContainsFunc(s, unicode.IsLetter)
}
