// Package sids knows the form of Twilio's SIDs: two capital letters, which say
// what kind of thing has it, and 32 hexadecimal digits in lower case, as Twilio
// writes them. A SID of this form can be part of a path as it is.
package sids

import (
	"crypto/rand"
	"encoding/hex"
)

const length = 34

// New returns a random SID of the kind that prefix names.
func New(prefix string) string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it ends the process where the system has no randomness
	return prefix + hex.EncodeToString(b[:])
}

// Is reports whether s is a SID of the kind that prefix names.
func Is(prefix, s string) bool { return Looks(s) && s[:2] == prefix }

// Looks reports whether s is a SID of any kind: no unique name may, as it could
// not be told from the thing that has that SID.
func Looks(s string) bool {
	if len(s) != length {
		return false
	}
	for i := range s {
		c := s[i]
		switch {
		case i < 2 && (c < 'A' || c > 'Z'):
			return false
		case i >= 2 && (c < '0' || c > '9') && (c < 'a' || c > 'f'):
			return false
		}
	}
	return true
}
