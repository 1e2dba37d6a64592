// Package dropin speaks the endpoints of the Flex project template that Twilio
// publishes, so that front ends made for its two generations go on working when
// their URL is changed to this server's. It translates: what an agent or a
// customer may do, package escalation decides.
//
//	who       path below Prefix            asks                 is answered
//	agent     generate-unique-code         taskSid, Token       unique_code, valid_until, full_url
//	agent     agent-get-token              DocumentSid, Token   token
//	customer  client-get-video-token       code                 token; error with 403 or 405
//	customer  client-get-sync-token        code                 token; error with 403 or 501
//	agent     flex/generate-unique-code    taskSid, Token       roomName, roomSid
//	agent     flex/complete-room           roomSid, Token       success
//	customer  common/client-get-token      identity, roomName   token; error with 404
//	customer  index.html                   code or roomName     a redirect to the join page
//
// Agents' calls are POSTs with the Flex token (Token) in a form or a JSON
// object; other parameters may stand in the query as well. Every failure is
// {"error": "a sentence"}.
//
// What is not as in the template, because there it let anybody be anybody:
// identities are made here (the parameter identity is ignored), an agent gets a
// token only for their own Task, and a token of client-get-sync-token reads one
// Document and nothing else, or is not given at all. That Document is a notice
// (escalation.Notice); its name is unique_code, which is the code with the tag of a
// join link, because the Document with the code's name holds the whole escalation.
// The parameter consent, which the template does not have, is the wording a
// customer agreed to where calls are recorded.
//
// When a customer gets a video token is as in the template: in the first
// generation once an agent has joined, in the second from the beginning, so that
// they wait in the Room. A call that is to be recorded has no Room without an agent.
package dropin

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"escalate/server/cors"
	"escalate/server/escalation"
)

// Prefix is where the template has its endpoints.
const Prefix = "/features/chat-to-video-escalation/"

const (
	// timeout is longer than Twilio needs on a bad day.
	timeout = 20 * time.Second
	// readerTTL is how long a Sync token lives. The template's front ends never
	// renew theirs.
	readerTTL = time.Hour
)

// Config is what the handler needs to know of the installation.
type Config struct {
	// PublicURL is the address that browsers use.
	PublicURL string
	// AllowedOrigins are the websites besides this server's own that may call
	// from a browser; each is "scheme://host[:port]".
	AllowedOrigins []string
	// Link returns a join code with its tag, as escalation.Config.Link.
	Link func(code string) string
	Log  *slog.Logger // nil means none
}

// Escalations are the use cases; *escalation.Service has them.
type Escalations interface {
	Escalate(ctx context.Context, a escalation.Agent, taskSID string, in escalation.Invite) (escalation.Escalation, bool, error)
	EscalateWithRoom(ctx context.Context, a escalation.Agent, taskSID string) (escalation.Escalation, error)
	Get(ctx context.Context, code string) (escalation.Escalation, error)
	Notice(ctx context.Context, code string) (name string, err error)
	JoinAsAgent(ctx context.Context, a escalation.Agent, code string) (escalation.Join, error)
	JoinOrWaitInRoom(ctx context.Context, code, consent string, alone func(escalation.Escalation) bool) (escalation.Join, error)
	End(ctx context.Context, a escalation.Agent, code string) (escalation.Escalation, error)
	JoinURL(code string) string
}

// Agents tells who holds a Flex token.
type Agents interface {
	// Authenticate returns escalation.ErrUnauthorized for a token that is no
	// good, and escalation.ErrUnavailable when that cannot be told now.
	Authenticate(ctx context.Context, flexToken string) (escalation.Agent, error)
	// Known returns what is remembered of a token, without asking anybody; ok is
	// false for nothing.
	Known(flexToken string) (a escalation.Agent, err error, ok bool)
}

// Documents are the Sync Documents that hold the escalations.
type Documents interface {
	// NameOf returns the name of the Document with a SID, which is a join code;
	// escalation.ErrNotFound when there is none.
	NameOf(ctx context.Context, sid string) (string, error)
}

// Notices are the Sync Documents that customers' pages read, of
// escalation.Deps.Notices.
type Notices interface {
	// ReadTokens returns what makes tokens that read one Document, which has to be
	// there; escalation.ErrForbidden when there can be none that read only that.
	ReadTokens(ctx context.Context) (func(ctx context.Context, name string, ttl time.Duration) (string, error), error)
}

// Rooms finds Rooms.
type Rooms interface {
	// Fetch finds a Room by its SID; escalation.ErrNotFound when there is none.
	Fetch(ctx context.Context, key string) (escalation.Room, error)
}

// Limiters slow down guessing; f looks at the secret, and ask asks whose it is. Codes
// are read from what was given, as people copy them. One too many is a *ratelimit.Error.
type Limiters interface {
	Code(r *http.Request, given string, f func(code string) error) error
	AgentCode(r *http.Request, a escalation.Agent, given string, f func(code string) error) error
	AgentGuess(r *http.Request, a escalation.Agent, secret string, f func() error) error
	SignIn(r *http.Request, token string, known func(string) (escalation.Agent, error, bool), ask func(context.Context, string) (escalation.Agent, error)) (escalation.Agent, error)
}

// Deps are the handler's collaborators; all are required.
type Deps struct {
	Escalations Escalations
	Agents      Agents
	Documents   Documents
	Notices     Notices
	Rooms       Rooms
	Limiters    Limiters
}

// server is the handler's state, fixed after New.
type server struct {
	Config
	Deps
	cors cors.Policy
}

// endpoint answers a request with what becomes its JSON body, or says why not.
type endpoint func(r *http.Request, p params) (any, error)

// New is the handler for everything below Prefix.
func New(c Config, d Deps) http.Handler {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &server{Config: c, Deps: d, cors: cors.Policy{
		Allows:  cors.List(append([]string{c.PublicURL}, c.AllowedOrigins...)...),
		Headers: "Content-Type",
	}}
	r := mux.NewRouter().SkipClean(true).UseEncodedPath()
	post, both := []string{http.MethodPost}, []string{http.MethodGet, http.MethodPost}
	for _, e := range []struct {
		path    string
		methods []string
		codes   statuses
		serve   endpoint
	}{
		{"generate-unique-code", post, first, s.agent(s.generateCode)},
		{"agent-get-token", post, first, s.agent(s.agentToken)},
		{"client-get-video-token", both, first, s.videoToken("code", agentCame)},
		{"client-get-sync-token", both, first, s.syncToken},
		{"flex/generate-unique-code", post, second, s.agent(s.generateRoom)},
		{"flex/complete-room", post, second, s.agent(s.completeRoom)},
		{"common/client-get-token", both, second, s.videoToken("roomName", roomMade)},
	} {
		r.Handle(Prefix+e.path, s.handle(e.methods, e.codes, e.serve))
	}
	r.HandleFunc(Prefix+"index.html", s.page)
	r.NotFoundHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, second, &refusal{http.StatusNotFound, "There is nothing at this address."})
	})
	return r
}

// handle puts around an endpoint what all have in common.
func (s *server) handle(methods []string, codes statuses, serve endpoint) http.Handler {
	allow := strings.Join(append(slices.Clone(methods), http.MethodOptions), ", ")
	policy := s.cors
	policy.Methods = allow
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer") // the query may hold a join code
		if !policy.Allow(h, r) {
			s.fail(w, r, codes, &refusal{http.StatusForbidden, "This website may not call the video service. An administrator can add it to ALLOWED_ORIGINS."})
			return
		}
		if r.Method == http.MethodOptions {
			h.Set("Allow", allow)
			policy.Preflight(h)
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if !slices.Contains(methods, r.Method) {
			h.Set("Allow", allow)
			s.fail(w, r, codes, &refusal{http.StatusMethodNotAllowed, "This address does not take that kind of request."})
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), timeout)
		defer cancel()
		r = r.WithContext(ctx)
		p, err := read(w, r)
		var answer any
		if err == nil {
			answer, err = serve(r, p)
		}
		if err != nil {
			if codes.wait == http.StatusMethodNotAllowed {
				h.Set("Allow", allow) // a 405 must have it, whatever it is used for
			}
			s.fail(w, r, codes, err)
			return
		}
		writeJSON(w, http.StatusOK, answer)
	})
}
