package rest

import (
	"crypto/subtle"
	"errors"

	"escalate/server/localtwilio/store"
)

// authenticate checks Basic credentials: the account's SID and auth token, or
// the SID and secret of one of its API keys.
func (c *call) authenticate() error {
	user, password, ok := c.r.BasicAuth()
	if !ok {
		return errUnauthorized
	}
	if same(user, c.account.SID)&same(password, c.account.AuthToken) == 1 {
		c.main = true
		return nil
	}
	k, err := c.store.APIKeys.Get(user)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return errUnauthorized
	case err != nil:
		return err
	case same(password, k.Secret) == 0:
		return errUnauthorized
	}
	c.main = k.Main
	return nil
}

func same(a, b string) int { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) }
