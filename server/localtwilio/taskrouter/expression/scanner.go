package expression

import "strings"

type kind int

const (
	tokenEnd    kind = iota
	tokenWord        // a key's name, or an operator's in letters
	tokenText        // in quotes
	tokenNumber      // digits, perhaps with a point
	tokenSign        // anything else
	tokenBad         // what cannot be read
)

type token struct {
	kind   kind
	text   string // without quotes
	offset int
}

// is reports whether the token is this word, in any case.
func (t token) is(word string) bool { return t.kind == tokenWord && strings.EqualFold(t.text, word) }

// sign reports whether the token is this sign.
func (t token) sign(s string) bool { return t.kind == tokenSign && t.text == s }

// scanner cuts a text into tokens.
type scanner struct {
	text string
	at   int
}

// signs are what is no letter, digit or quote, the longest first.
var signs = []string{"==", "!=", "<=", ">=", "=", "<", ">", "(", ")", "[", "]", ",", "."}

func (s *scanner) scan() token {
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.at]) >= 0 {
		s.at++
	}
	start := s.at
	if start == len(s.text) {
		return token{kind: tokenEnd, offset: start}
	}
	switch c := s.text[start]; {
	case c == '"' || c == '\'':
		return s.quoted(c)
	case isDigit(c):
		s.skip(isDigit)
		// A point belongs to the number only before more digits.
		if s.at+1 < len(s.text) && s.text[s.at] == '.' && isDigit(s.text[s.at+1]) {
			s.at++
			s.skip(isDigit)
		}
		if s.at < len(s.text) && isLetter(s.text[s.at]) {
			return token{tokenBad, "a number followed by a letter", start}
		}
		return token{tokenNumber, s.text[start:s.at], start}
	case isLetter(c):
		s.skip(func(c byte) bool { return isLetter(c) || isDigit(c) })
		return token{tokenWord, s.text[start:s.at], start}
	}
	for _, sign := range signs {
		if strings.HasPrefix(s.text[start:], sign) {
			s.at += len(sign)
			return token{tokenSign, sign, start}
		}
	}
	return token{tokenBad, "a character that has no meaning here", start}
}

func (s *scanner) skip(f func(byte) bool) {
	for s.at < len(s.text) && f(s.text[s.at]) {
		s.at++
	}
}

// quoted reads text up to its closing quote; a backslash lets the next character stand for itself.
func (s *scanner) quoted(quote byte) token {
	start := s.at
	var b strings.Builder
	for s.at++; s.at < len(s.text); s.at++ {
		c := s.text[s.at]
		if c == '\\' && s.at+1 < len(s.text) {
			s.at++
			c = s.text[s.at]
		} else if c == quote {
			s.at++
			return token{tokenText, b.String(), start}
		}
		b.WriteByte(c)
	}
	return token{tokenBad, "text without its closing quote", start}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isLetter takes every byte of what is not ASCII for a letter's.
func isLetter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '$' || c >= 0x80
}
