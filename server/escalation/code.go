package escalation

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"

	"escalate/app/wire"
	"escalate/server/joincode"
)

// parseCode returns the code as it is stored. People type capitals.
func parseCode(s string) (string, error) {
	code, ok := joincode.Parse(s)
	if !ok {
		return "", ErrUnknownCode
	}
	return code, nil
}

// isCode says whether a Document's name is a code as it is stored.
func isCode(name string) bool {
	code, err := parseCode(name)
	return err == nil && code == name
}

// newIdentity names a Participant. Its nonce makes every join another one, so
// that a reload never collides with its own past, and makes the identity a
// secret between us and its bearer.
func newIdentity(role wire.Role, who string) (string, error) {
	var b [10]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("draw nonce: %w", err)
	}
	nonce := strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
	return wire.Identity{Role: role, Who: who, Nonce: nonce}.String(), nil
}

// splitIdentity returns role and who of an identity; both are empty when it is
// not one of ours.
func splitIdentity(identity string) (wire.Role, string) {
	id, _ := wire.ParseIdentity(identity)
	return id.Role, id.Who
}
