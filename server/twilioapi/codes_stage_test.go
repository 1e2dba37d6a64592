package twilioapi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"escalate/app/wire"
	"escalate/server/escalation"
	"escalate/server/localtwilio"
	"escalate/server/localtwilio/rest"
	"escalate/server/web"
)

// stage is a world with the product's HTTP API before it, in which an agent has
// escalated a Task: everything between a person and Twilio.
type stage struct {
	*world
	tamper *tamper
	api    http.Handler
	task   string
	code   string

	mu    sync.Mutex
	seen  map[[2]int]int // answers of local Twilio's other than success: status and code
	thaws [2]int         // such an answer lets the clock go on
	fault func(*http.Request) *rest.Error
}

func newStage(t *testing.T, limits rest.Limits) *stage {
	t.Helper()
	s := &stage{seen: map[[2]int]int{}}
	s.tamper = &tamper{answer: s.note}
	s.world = newWorldWith(t, options{
		edit: func(c *escalation.Config) { c.Record = true },
		local: func(c *localtwilio.Config) {
			c.Limits = limits
			c.Fault = func(r *http.Request) *rest.Error {
				s.mu.Lock()
				defer s.mu.Unlock()
				if s.fault == nil {
					return nil
				}
				return s.fault(r)
			}
		},
		wrap: s.tamper.around, faulty: true,
	})
	s.api = web.New(web.Config{PublicURL: publicURL, Static: fstest.MapFS{}}, web.Deps{
		Escalations: s.Service, Agents: s.world.api, Callbacks: s.world.api,
		Render: func(string, wire.Page) (string, error) { return "", nil },
	})
	s.task, _ = s.world.task(s.ana)
	s.code = s.world.escalate(s.ana, s.task).Code
	return s
}

// note remembers what local Twilio refuses.
func (s *stage) note(_ *http.Request, res *http.Response, body string) string {
	var e rest.Error
	if res.StatusCode >= 400 && json.Unmarshal([]byte(body), &e) == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		refusal := [2]int{res.StatusCode, e.Code}
		s.seen[refusal]++
		if refusal == s.thaws {
			s.freeze(false)
		}
	}
	return body
}

// thaw lets a frozen clock go on once local Twilio has refused the product so.
func (s *stage) thaw(status, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.thaws = [2]int{status, code}
}

// refused says how often local Twilio answered so since the last time.
func (s *stage) refused(status, code int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.seen[[2]int{status, code}]
	clear(s.seen)
	return n
}

func (s *stage) rehearse(f func(*http.Request) *rest.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// drain asks local Twilio, past the product, until it has had enough.
func (s *stage) drain(url string) {
	s.t.Helper()
	account := s.local.Account()
	for range 10_000 {
		r, err := http.NewRequest(http.MethodGet, url, nil)
		if err != nil {
			s.t.Fatal(err)
		}
		r.SetBasicAuth(account.KeySID, account.KeySecret)
		res, err := s.local.Transport().RoundTrip(r)
		if err != nil {
			s.t.Fatal(err)
		}
		if res.StatusCode == http.StatusTooManyRequests {
			return
		}
	}
	s.t.Fatal("local Twilio never has enough")
}

// document is where local Twilio keeps the escalation.
func (s *stage) document() string {
	return "https://sync.twilio.com/v1/Services/" + s.local.Account().SyncServiceSID + "/Documents/" + s.code
}

// ask makes a request of the product's API.
func (s *stage) ask(method, path string, in any, flex string) *httptest.ResponseRecorder {
	s.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		s.t.Fatal(err)
	}
	r := httptest.NewRequest(method, path, strings.NewReader(string(body)))
	r.Header.Set("Content-Type", "application/json")
	if flex != "" {
		r.Header.Set("Authorization", "Bearer "+flex)
	}
	w := httptest.NewRecorder()
	s.api.ServeHTTP(w, r)
	return w
}

// What people do.
func looks(s *stage) *httptest.ResponseRecorder {
	return s.ask(http.MethodGet, wire.CodePath(s.code, ""), nil, "")
}

func looksForNothing(s *stage) *httptest.ResponseRecorder {
	return s.ask(http.MethodGet, wire.CodePath("zzzzzzz", ""), nil, "")
}

func opensPage(s *stage) *httptest.ResponseRecorder {
	return s.ask(http.MethodPost, wire.CodePath(s.code, wire.ActionProgress), wire.Progress{Phase: wire.PhaseOpened}, "")
}

func escalates(s *stage) *httptest.ResponseRecorder {
	task, _ := s.world.task(s.ana)
	return s.ask(http.MethodPost, wire.EscalationsPath, wire.Escalate{TaskSID: task}, s.ana.flex)
}

func agentJoins(s *stage) *httptest.ResponseRecorder {
	return s.ask(http.MethodPost, wire.CodePath(s.code, wire.ActionAgentToken), struct{}{}, s.ana.flex)
}

func customerJoins(s *stage) *httptest.ResponseRecorder {
	return s.ask(http.MethodPost, wire.CodePath(s.code, wire.ActionToken), wire.JoinRequest{Consent: "I agree"}, "")
}

func agentEnds(s *stage) *httptest.ResponseRecorder {
	return s.ask(http.MethodPost, wire.CodePath(s.code, wire.ActionEnd), struct{}{}, s.ana.flex)
}

// got says what a person got: the status and, if it is an error, its code.
func got(w *httptest.ResponseRecorder) (string, error) {
	if w.Code < 400 {
		return fmt.Sprint(w.Code), nil
	}
	var e wire.Error
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
		return "", fmt.Errorf("%d without an error's body: %w", w.Code, err)
	}
	if e.Message == "" || strings.Contains(e.Message, "Twilio") {
		return "", fmt.Errorf("%d says %q to a person", w.Code, e.Message)
	}
	return fmt.Sprintf("%d %s", w.Code, e.Code), nil
}

// errBug stands for an error that is none of the use cases' words: nothing that
// the product should ever have sent.
var errBug = errors.New("a fault of ours")

// means says whether an error of a port has the meaning.
func means(err, want error) bool {
	if want != errBug {
		return errors.Is(err, want) && (want != nil || err == nil)
	}
	for _, known := range []error{escalation.ErrNotFound, escalation.ErrNameTaken, escalation.ErrConflict, escalation.ErrUnavailable} {
		if errors.Is(err, known) {
			return false
		}
	}
	return err != nil
}

// posting changes a field of what is posted to a path; an empty value removes it.
func posting(pathEnd, name, value string) func(*stage) {
	return func(s *stage) {
		s.tamper.with(func(r *http.Request, form url.Values) {
			if !is(r, http.MethodPost, pathEnd) {
				return
			}
			if form.Set(name, value); value == "" {
				form.Del(name)
			}
		})
	}
}

// answering makes local Twilio answer a kind of request with an error.
func answering(method, pathPart string, status, code int) func(*stage) {
	return func(s *stage) {
		s.rehearse(func(r *http.Request) *rest.Error {
			if r.Method != method || !strings.Contains(r.URL.Path, pathPart) {
				return nil
			}
			return &rest.Error{Status: status, Code: code, Message: "rehearsed"}
		})
	}
}
