package token

import "errors"

// What may be wrong with an Access Token. The numbers are Twilio's, from its
// error dictionary; Code returns them.
var (
	ErrMalformed   = errors.New("access token is malformed")                  // 20101
	ErrHeader      = errors.New("access token has an invalid header")         // 20102
	ErrIssuer      = errors.New("access token has an unknown issuer")         // 20103, issuer or subject
	ErrExpired     = errors.New("access token has expired, or never expires") // 20104
	ErrNotYetValid = errors.New("access token is not valid yet")              // 20105
	ErrGrants      = errors.New("access token has invalid grants")            // 20106
	ErrSignature   = errors.New("access token has a wrong signature")         // 20107
	ErrLifetime    = errors.New("access token lives longer than 24 hours")    // 20157
)

// ErrKey says that a Key lacks its SID, account or secret.
var ErrKey = errors.New("incomplete API key")

// Code is Twilio's number for an error of Verify, and 0 for any other error.
func Code(err error) int {
	for code, s := range map[int]error{
		20101: ErrMalformed,
		20102: ErrHeader,
		20103: ErrIssuer,
		20104: ErrExpired,
		20105: ErrNotYetValid,
		20106: ErrGrants,
		20107: ErrSignature,
		20157: ErrLifetime,
	} {
		if errors.Is(err, s) {
			return code
		}
	}
	return 0
}
