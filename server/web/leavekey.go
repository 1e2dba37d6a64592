package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// leaveKeys make the keys that go out beside a token and must come back with
// the news that its holder has left, or with a customer's rating. Everybody in a
// Room can read everybody's identity, so an identity alone must not be able to
// make anyone leave.
//
// A key is an HMAC over code and identity: any replica with the same secret
// can check it, and nothing has to be kept.
type leaveKeys struct{ secret []byte }

// leaveDomain sets these keys apart from whatever else is made with the secret,
// which also signs Access Tokens.
const leaveDomain = "escalate leave key 1"

// newLeaveKeys derives the keys' own secret; without one they hold in this
// process only.
func newLeaveKeys(secret string) leaveKeys {
	if secret == "" {
		secret = rand.Text()
	}
	return leaveKeys{secret: mac([]byte(secret), leaveDomain)}
}

// of is the key of an identity in the escalation with the code.
func (k leaveKeys) of(code, identity string) string {
	// People type codes in capitals too, and no code has a NUL: no other pair
	// reads the same.
	return base64.RawURLEncoding.EncodeToString(mac(k.secret, strings.ToLower(code)+"\x00"+identity))
}

// fits says whether key is that of the identity; it takes as long for each
// wrong one.
func (k leaveKeys) fits(key, code, identity string) bool {
	return hmac.Equal([]byte(key), []byte(k.of(code, identity)))
}

func mac(secret []byte, text string) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(text))
	return h.Sum(nil)
}
