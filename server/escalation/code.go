package escalation

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"escalate/server/joincode"
)

// taskForm is a Task SID, conversationForm a Conversation's, workerForm a Worker's.
var (
	taskForm         = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^WT[0-9a-f]{32}$`) })
	conversationForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^CH[0-9a-f]{32}$`) })
	workerForm       = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^WK[0-9a-f]{32}$`) })
)

// parseCode returns the code as it is stored. People type capitals.
func parseCode(s string) (string, error) {
	code, ok := joincode.Parse(s)
	if !ok {
		return "", ErrUnknownCode
	}
	return code, nil
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
