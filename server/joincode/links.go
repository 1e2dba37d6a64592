package joincode

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
)

// TagLength is how many characters of the Alphabet a tag has: 29 bits.
const TagLength = 6

// Links makes and reads join links. A link holds CODE-TAG, where the tag is an
// HMAC over the code: any replica with the same secret can tell a link that we
// made from one that somebody made up, before anything is looked up. So whoever
// comes with a link is no guesser, however many others guess at the same time.
//
// The zero Links puts no tags on, and takes every code, of any length, for a bare
// one.
type Links struct {
	key    []byte // empty: no tags
	length int    // of the codes that are made now
}

// tagDomain sets the tags apart from whatever else is made with the secret,
// which also signs Access Tokens.
const tagDomain = "escalate join link tag 1"

// NewLinks makes links whose tags come from secret, for codes of length
// characters; older codes of other lengths are read as well.
func NewLinks(secret string, length int) Links {
	l := Links{length: length}
	if secret != "" {
		l.key = mac([]byte(secret), tagDomain)
	}
	return l
}

// Of returns what stands in the link of a code, after /join/.
func (l Links) Of(code string) string {
	if len(l.key) == 0 {
		return code
	}
	return code + "-" + l.tag(code)
}

// tag is the tag of a code.
func (l Links) tag(code string) string {
	n := binary.BigEndian.Uint64(mac(l.key, code))
	b := make([]byte, TagLength)
	for i := range b {
		b[i] = Alphabet[n%uint64(len(Alphabet))]
		n /= uint64(len(Alphabet))
	}
	return string(b)
}

// split takes text, of characters of the Alphabet only, for a code of n
// characters and its tag, and says whether the tag is right. What follows the
// tag does not matter.
func (l Links) split(text string, n int) (code string, right bool) {
	if len(l.key) == 0 || n < Min || n > Max || len(text) < n+TagLength {
		return "", false
	}
	code = text[:n]
	return code, hmac.Equal([]byte(text[n:n+TagLength]), []byte(l.tag(code)))
}

func mac(secret []byte, text string) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(text))
	return h.Sum(nil)
}
