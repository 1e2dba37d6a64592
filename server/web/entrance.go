package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"escalate/server/escalation"
)

// entrance is what stands before the handlers of the API: how long they may take,
// how often they may be asked, and who asks. It is fixed after New.
type entrance struct {
	limiters *Limiters
	agents   Agents
	timeout  time.Duration
}

// bounded gives h until the timeout to answer. Whoever asks must hear something
// while they still look at the page, also when Twilio says nothing at all.
func (e *entrance) bounded(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), e.timeout)
		defer cancel()
		return h(w, r.WithContext(ctx))
	}
}

// codeHandler serves a request for one join code.
type codeHandler func(w http.ResponseWriter, r *http.Request, code string) error

// customer serves a customer's call, in bounded time.
func (e *entrance) customer(h codeHandler) handler { return e.bounded(e.coded(h)) }

// coded reads the code and limits how fast a client may ask and guess codes.
// There is no other credential than the code and its tag.
func (e *entrance) coded(h codeHandler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return e.limiters.Code(r, pathCode(r), func(code string) error { return h(w, r, code) })
	}
}

// keyed reads the code, in bounded time, for a handler that wants a key with it
// which only we can have made: who shows that does not guess, and who does not
// learns nothing.
func (e *entrance) keyed(h codeHandler) handler {
	return e.bounded(func(w http.ResponseWriter, r *http.Request) error {
		return e.limiters.Keyed(r, pathCode(r), func(code string) error { return h(w, r, code) })
	})
}

// pathCode returns what stands for the join code in the request's path.
func pathCode(r *http.Request) string {
	raw := mux.Vars(r)["code"]
	if code, err := url.PathUnescape(raw); err == nil {
		return code
	}
	return raw
}

// agentHandler serves a request of a Flex user.
type agentHandler func(w http.ResponseWriter, r *http.Request, a escalation.Agent) error

// maxToken is far longer than any Flex token, in bytes.
const maxToken = 8 << 10

// agent finds out who asks from the Authorization header, and serves them in
// bounded time. What they may do is escalation's to judge.
func (e *entrance) agent(h agentHandler) handler {
	return e.bounded(func(w http.ResponseWriter, r *http.Request) error {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		token = strings.TrimSpace(token)
		if !strings.EqualFold(scheme, "Bearer") || token == "" || len(token) > maxToken {
			return errNoToken
		}
		a, err := e.limiters.SignIn(r, token, e.agents.Known, e.agents.Authenticate)
		if err != nil {
			return err
		}
		return h(w, r, a)
	})
}
