// Package joincode knows what a join code looks like, makes new ones, and reads
// codes and join links the way people and programs really hand them on: copied
// with half a sentence, wrapped by a mail scanner, typed with capitals.
//
// A join link carries more than the code: a tag that shows, without asking
// anybody, that we made the link. See Links.
package joincode

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"
)

// Min and Max are the lengths of a code, in characters. Shorter can be guessed;
// longer could be taken for a SID, which has 34 characters.
const Min, Max = 6, 32

// Alphabet has no two characters that look or sound alike when somebody reads
// a code from one screen and types it on another: no 0 and o, no 1, i and l.
const Alphabet = "23456789abcdefghjkmnpqrstuvwxyz"

// New draws a code of n characters from crypto/rand; 7 of them are 34 bits.
func New(n int) (string, error) {
	size := big.NewInt(int64(len(Alphabet)))
	b := make([]byte, n)
	for i := range b {
		// rand.Int rather than a byte modulo 31, which would favor some letters.
		k, err := rand.Int(rand.Reader, size)
		if err != nil {
			return "", fmt.Errorf("draw join code: %w", err)
		}
		b[i] = Alphabet[k.Int64()]
	}
	return string(b), nil
}

// Parse returns the code as it is stored if s is a code and nothing else;
// capitals are as good as small letters. Twilio's paths are built from codes
// without escaping, so nothing else may get further than this.
func Parse(s string) (code string, ok bool) {
	if len(s) < Min || len(s) > Max {
		return "", false
	}
	code = strings.ToLower(s)
	// Some letters outside ASCII have a lower case inside; inAlphabet tells.
	return code, len(code) == len(s) && inAlphabet(code)
}

// inAlphabet says whether s has nothing but characters of the Alphabet.
func inAlphabet(s string) bool {
	for i := range len(s) {
		if strings.IndexByte(Alphabet, s[i]) < 0 {
			return false
		}
	}
	return true
}
