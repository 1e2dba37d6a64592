package store

import (
	"crypto/rand"
	"encoding/hex"

	"escalate/server/sids"
)

// NewSID returns a random SID of the kind that prefix names.
func NewSID(prefix string) string { return sids.New(prefix) }

// randomHex is n random bytes in hexadecimal. crypto/rand.Read never fails: it
// ends the process where the system has no randomness.
func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}
