package store

import (
	"crypto/rand"
	"encoding/hex"
)

// NewSID makes a random SID: prefix and 32 hexadecimal digits.
func NewSID(prefix string) string { return prefix + randomHex(16) }

// randomHex is n random bytes in hexadecimal. crypto/rand.Read never fails: it
// ends the process where the system has no randomness.
func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// isSID reports whether key has the form of a SID with the given prefix.
func isSID(key, prefix string) bool {
	if len(key) != 34 || key[:2] != prefix {
		return false
	}
	for _, c := range key[2:] {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
