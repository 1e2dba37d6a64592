// Package token makes and checks Twilio Access Tokens: the JSON Web Tokens
// with which a browser shows a Room who it is. It knows JWTs, nothing of Rooms,
// Workers or HTTP.
package token

import (
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// contentType is the "cty" header of every Access Token: Twilio's first
	// party authentication, version 1.
	contentType = "twilio-fpa;v=1"

	// clockSkew is how far a token's start lies in the past. Without it a
	// verifier whose clock is a second late refuses a fresh token (20105).
	clockSkew = 30 * time.Second

	// maxTTL is the longest life that Twilio accepts.
	maxTTL = 24 * time.Hour
)

// Key is an API key of an account; it signs tokens.
type Key struct {
	AccountSID string // AC…
	KeySID     string // SK…
	Secret     string
}

// Video says who may join which Room. An empty Room lets the holder join any.
type Video struct {
	Identity string
	Room     string
}

// Claims is what a verified token says.
type Claims struct {
	Issuer   string // SK…, the API key that signed
	Subject  string // AC…
	Identity string
	// Room is the only Room that may be joined, by name or SID; empty means any.
	Room string
	// HasVideo is false for a token without a VideoGrant, which opens no Room
	// at all. Such a token is not an error here: it may be good for Sync.
	HasVideo bool
	// SyncService and ChatService are the services that the token is good for,
	// IS…; empty without a SyncGrant or ChatGrant.
	SyncService, ChatService string
	// TaskRouter is what the token is good for in TaskRouter; the zero value without a
	// TaskRouterGrant.
	TaskRouter TaskRouter
	Expires    time.Time
}

// TaskRouter is the TaskRouterGrant of a token.
type TaskRouter struct {
	Workspace string // WS…
	Worker    string // WK…; empty for nobody in particular
	Role      string // worker, supervisor or admin
}

// payload is the body of an Access Token.
type payload struct {
	jwt.RegisteredClaims
	Grants *struct {
		Identity string `json:"identity"`
		Video    *struct {
			Room string `json:"room"`
		} `json:"video"`
		Sync struct {
			Service string `json:"service_sid"`
		} `json:"data_sync"`
		Chat struct {
			Service string `json:"service_sid"`
		} `json:"chat"`
		TaskRouter struct {
			Workspace string `json:"workspace_sid"`
			Worker    string `json:"worker_sid"`
			Role      string `json:"role"`
		} `json:"task_router"`
	} `json:"grants"`
}

// Verify checks a token that was made for accountSID and returns its claims.
// secret returns the secret of an API key of that account. Every error wraps
// one of the sentinels with a Twilio code; see Code. A token without a
// VideoGrant passes with HasVideo false.
func Verify(raw, accountSID string, secret func(keySID string) (string, bool), now time.Time) (Claims, error) {
	var p payload
	parser := jwt.NewParser(
		jwt.WithTimeFunc(func() time.Time { return now }),
		jwt.WithExpirationRequired(),
	)
	_, err := parser.ParseWithClaims(raw, &p, func(t *jwt.Token) (any, error) {
		if t.Method != jwt.SigningMethodHS256 || t.Header["cty"] != contentType {
			return nil, ErrHeader
		}
		key, ok := secret(p.Issuer)
		if !ok || key == "" || p.Subject != accountSID {
			return nil, ErrIssuer
		}
		return []byte(key), nil
	})
	if err != nil {
		return Claims{}, fmt.Errorf("verify token: %w", sentinel(err))
	}
	if err := checkLifetime(p.RegisteredClaims, now); err != nil {
		return Claims{}, err
	}
	if p.Grants == nil || p.Grants.Identity == "" {
		return Claims{}, fmt.Errorf("verify token: %w", ErrGrants)
	}
	c := Claims{
		Issuer:   p.Issuer,
		Subject:  p.Subject,
		Identity: p.Grants.Identity,

		SyncService: p.Grants.Sync.Service,
		ChatService: p.Grants.Chat.Service,
		TaskRouter:  TaskRouter(p.Grants.TaskRouter),

		Expires: p.ExpiresAt.Time,
	}
	if v := p.Grants.Video; v != nil {
		c.HasVideo, c.Room = true, v.Room
	}
	return c, nil
}

// checkLifetime holds a token to the longest life that Twilio accepts, from when it was made;
// libraries that do not say when (twilio-go) are held to it from now. The skew is for the clock
// of whoever made it.
func checkLifetime(c jwt.RegisteredClaims, now time.Time) error {
	begins := now
	if c.IssuedAt != nil && c.IssuedAt.Before(now) {
		begins = c.IssuedAt.Time
	}
	if life := c.ExpiresAt.Sub(begins); life > maxTTL+clockSkew {
		return fmt.Errorf("verify token of %v: %w", life.Round(time.Second), ErrLifetime)
	}
	return nil
}

// sentinel turns the JWT library's error into ours. The order matters: one
// token can be wrong in several ways, and the library joins its errors.
func sentinel(err error) error {
	for _, ours := range []error{ErrHeader, ErrIssuer} {
		if errors.Is(err, ours) {
			return ours
		}
	}
	for _, m := range []struct{ theirs, ours error }{
		{jwt.ErrTokenMalformed, ErrMalformed},
		{jwt.ErrTokenUnverifiable, ErrHeader}, // a signing method nobody knows
		{jwt.ErrTokenSignatureInvalid, ErrSignature},
		{jwt.ErrTokenExpired, ErrExpired},
		{jwt.ErrTokenRequiredClaimMissing, ErrExpired},
		{jwt.ErrTokenNotValidYet, ErrNotYetValid},
	} {
		if errors.Is(err, m.theirs) {
			return m.ours
		}
	}
	return ErrMalformed
}
