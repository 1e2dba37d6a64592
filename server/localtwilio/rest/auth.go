package rest

import (
	"errors"

	"escalate/server/localtwilio/store"
)

// authenticate checks Basic credentials.
func (c *call) authenticate() (err error) {
	user, password, ok := c.r.BasicAuth()
	if !ok {
		return errUnauthorized
	}
	if c.main, err = c.store.Authenticate(user, password); errors.Is(err, store.ErrNotFound) {
		return errUnauthorized
	}
	return err
}
