package escalation

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"sync"
)

// alphabet has no two characters that look or sound alike when somebody reads
// a code from one screen and types it on another: no 0 and o, no 1, i and l.
const alphabet = "23456789abcdefghjkmnpqrstuvwxyz"

// codeForm is what a code must look like before it goes anywhere: Twilio's
// paths are built from it without escaping.
var codeForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[2-9a-hjkmnp-z]{6,32}$`) })

// taskForm is a Task SID, conversationForm a Conversation's, workerForm a Worker's.
var (
	taskForm         = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^WT[0-9a-f]{32}$`) })
	conversationForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^CH[0-9a-f]{32}$`) })
	workerForm       = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^WK[0-9a-f]{32}$`) })
)

// parseCode answers the code as it is stored. People type capitals.
func parseCode(s string) (string, error) {
	if len(s) > maxCode {
		return "", ErrUnknownCode
	}
	code := strings.ToLower(s)
	// Some letters outside ASCII have a lower case inside; their length tells.
	if len(code) != len(s) || !codeForm().MatchString(code) {
		return "", ErrUnknownCode
	}
	return code, nil
}

// newCode draws n characters of the alphabet; 7 of them are 34 bits.
func newCode(n int) (string, error) {
	size := big.NewInt(int64(len(alphabet)))
	b := make([]byte, n)
	for i := range b {
		// rand.Int rather than a byte modulo 31, which would favor some letters.
		k, err := rand.Int(rand.Reader, size)
		if err != nil {
			return "", fmt.Errorf("draw join code: %w", err)
		}
		b[i] = alphabet[k.Int64()]
	}
	return string(b), nil
}

// Roles, which are the first part of an identity.
const (
	roleAgent    = "agent"
	roleCustomer = "customer"
)

// newIdentity names a Participant: role, who (Worker SID or code), nonce. The
// nonce makes every join another Participant, so that a reload never collides
// with its own past, and makes the identity a secret between us and its bearer.
func newIdentity(role, who string) (string, error) {
	var b [10]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("draw nonce: %w", err)
	}
	return role + ":" + who + ":" + strings.ToLower(base32.StdEncoding.EncodeToString(b[:])), nil
}

// splitIdentity answers role and who of an identity; both are empty when it is
// not one of ours.
func splitIdentity(identity string) (role, who string) {
	parts := strings.Split(identity, ":")
	if len(parts) != 3 || parts[0] != roleAgent && parts[0] != roleCustomer {
		return "", ""
	}
	return parts[0], parts[1]
}
