package rest

import "crypto/subtle"

// authenticate checks Basic credentials: the account's SID and auth token, or
// the API key's SID and secret.
func (c *call) authenticate() error {
	user, password, ok := c.r.BasicAuth()
	if !ok {
		return errUnauthorized
	}
	byToken := same(user, c.account.SID) & same(password, c.account.AuthToken)
	byKey := same(user, c.account.KeySID) & same(password, c.account.KeySecret)
	if byToken|byKey == 0 {
		return errUnauthorized
	}
	return nil
}

func same(a, b string) int { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) }
