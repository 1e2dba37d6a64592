package store

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// FlexToken is what a Flex user's token stands for.
type FlexToken struct {
	WorkerSID string // WK…
	Identity  string
	Roles     []string // agent, supervisor, admin
	RealmUser string   // FU…-like id of the user
	Issued    time.Time
	Expires   time.Time
}

// FlexTokenTTL is how long a Flex token lives where its maker set no Expires:
// an agent's shift, so that a demo left open over lunch goes on working.
const FlexTokenTTL = 12 * time.Hour

// FlexTokens are the tokens of Flex users.
type FlexTokens struct{ db *db }

// Issue makes a token of v for its Worker. An empty Identity is the
// Worker's friendly name, empty Roles are agent, a zero Expires is
// FlexTokenTTL away. Only the token's hash is kept.
func (s FlexTokens) Issue(v FlexToken) (token string, err error) {
	err = s.db.update(doing{what: "issue flex token for worker", key: v.WorkerSID}, func(t *tx) error {
		w, err := get[Worker](t, bWorkers, v.WorkerSID)
		if err != nil {
			return err
		}
		if v.Identity == "" {
			v.Identity = w.FriendlyName
		}
		if len(v.Roles) == 0 {
			v.Roles = []string{"agent"}
		}
		if v.RealmUser == "" {
			v.RealmUser = NewSID("US")
		}
		v.Issued = t.now
		if v.Expires.IsZero() {
			v.Expires = t.now.Add(FlexTokenTTL)
		}
		token = "flex." + randomHex(32)
		if err := t.schedule(v.Expires.Add(expiredTokenKept), flexTokenDue+hashToken(token)); err != nil {
			return err
		}
		return t.put(bFlexTokens, hashToken(token), v)
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// Validate returns what the token stands for, ErrNotFound for one that
// was never issued or was revoked, ErrTokenExpired for a late one.
func (s FlexTokens) Validate(token string) (v FlexToken, err error) {
	err = s.db.view(doing{what: "validate flex token"}, func(t *tx) error {
		if v, err = get[FlexToken](t, bFlexTokens, hashToken(token)); err != nil {
			return err
		}
		if !t.now.Before(v.Expires) {
			return ErrTokenExpired
		}
		return nil
	})
	return v, err
}

// Revoke makes a token worthless; an unknown one is no error.
func (s FlexTokens) Revoke(token string) error {
	return s.db.update(doing{what: "revoke flex token"}, func(t *tx) error {
		return t.bucket(bFlexTokens).Delete([]byte(hashToken(token)))
	})
}

func hashToken(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}
