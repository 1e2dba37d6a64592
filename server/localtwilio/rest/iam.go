package rest

import (
	"encoding/json"
	"errors"
	"net/http"

	"escalate/server/localtwilio/store"
)

// Codes that a token's check answers beside valid:false.
const (
	codeTokenInvalid = 20101
	codeTokenExpired = 20104
)

// validateToken checks a Flex token. A bad token is an answer, not an error:
// whoever asks has to look at valid.
func validateToken(c *call) error {
	if c.path("account") != c.account.SID {
		return notFound(c.r.URL.Path)
	}
	var in struct {
		Token string `json:"token"`
	}
	if err := json.NewDecoder(c.r.Body).Decode(&in); err != nil {
		return invalid("Request body could not be read as JSON")
	}
	if in.Token == "" {
		return invalid("Missing required parameter token")
	}
	v, err := c.store.FlexTokens.Validate(in.Token)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return c.json(http.StatusOK, object{"valid": false, "code": codeTokenInvalid, "message": "Token is invalid"})
	case errors.Is(err, store.ErrTokenExpired):
		return c.json(http.StatusOK, object{"valid": false, "code": codeTokenExpired, "message": "Token has expired", "expiration": date(v.Expires)})
	case err != nil:
		return err
	}
	return c.json(http.StatusOK, object{
		"valid": true, "code": 0, "message": nil, "expiration": date(v.Expires), "realm_user_id": v.RealmUser,
		"identity": v.Identity, "worker_sid": v.WorkerSID, "roles": v.Roles,
	})
}
