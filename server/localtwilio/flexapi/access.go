package flexapi

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"escalate/server/localtwilio/store"
	"escalate/server/token"
)

// holder is whose desktop asks.
type holder struct {
	token string
	store.FlexToken
	worker store.Worker // the zero value for an administrator's token that names nobody
	// plain says that the token is an Access Token with a TaskRouterGrant, which is good
	// for TaskRouter alone.
	plain bool
}

// supervises reports whether the holder may change what is others'.
func (h holder) supervises() bool {
	return slices.Contains(h.Roles, "supervisor") || slices.Contains(h.Roles, "admin")
}

// holderOf is whose Flex token it is.
func (s *Server) holderOf(token string) (h holder, err error) {
	h.token = token
	if token == "" {
		return h, errNoToken
	}
	if h.FlexToken, err = s.store.FlexTokens.Validate(token); errors.Is(err, store.ErrNotFound) {
		return h, errUnauthorized
	}
	if err != nil {
		return h, err
	}
	h.worker, err = s.store.Workers.Get(h.WorkerSID)
	return h, err
}

// bridgeHolder is whose token it is at the event bridge, which takes Flex tokens and Access
// Tokens with a TaskRouterGrant.
func (s *Server) bridgeHolder(raw string) (holder, error) {
	if s.verify == nil || strings.Count(raw, ".") != 2 { // the form of an Access Token
		return s.holderOf(raw)
	}
	claims, err := s.verify(raw)
	if err != nil {
		return holder{}, err
	}
	g := claims.TaskRouter
	if err := s.checkGrant(g); err != nil {
		return holder{}, err
	}
	h := holder{
		token: raw, plain: true,
		FlexToken: store.FlexToken{WorkerSID: g.Worker, Identity: claims.Identity, Roles: []string{g.Role}, Expires: claims.Expires},
	}
	if g.Worker == "" {
		return h, nil
	}
	h.worker, err = s.store.Workers.Get(g.Worker)
	if errors.Is(err, store.ErrNotFound) {
		err = refuseGrant("the TaskRouterGrant is for Worker %s, whom Workspace %s has not", g.Worker, g.Workspace)
	}
	return h, err
}

// checkGrant says what is wrong with a grant.
func (s *Server) checkGrant(g token.TaskRouter) error {
	switch workspace := s.store.Account().WorkspaceSID; {
	case g == token.TaskRouter{}:
		return refuseGrant("there is no TaskRouterGrant")
	case g.Workspace == "":
		return refuseGrant("the TaskRouterGrant names no Workspace")
	case g.Workspace != workspace:
		return refuseGrant("the TaskRouterGrant is for Workspace %s, and the account's is %s", g.Workspace, workspace)
	case !slices.Contains([]string{"worker", "supervisor", "admin"}, g.Role):
		return refuseGrant("the TaskRouterGrant's role is %q, and must be worker, supervisor or admin", g.Role)
	case g.Worker == "" && g.Role != "admin":
		return refuseGrant("the TaskRouterGrant names no Worker")
	}
	return nil
}

func refuseGrant(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{token.ErrGrants}, args...)...)
}

// credentials are a request's Basic credentials. Those of @twilio/flex-sdk 3.0.0 have a
// bracket too many (authenticationMethods.js), which Twilio passes over.
func credentials(r *http.Request) (user, password string, ok bool) {
	if header, odd := strings.CutSuffix(r.Header.Get("Authorization"), ")"); odd {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", header)
	}
	return r.BasicAuth()
}
