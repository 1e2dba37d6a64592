package dropin

import (
	"errors"
	"net/http"

	"escalate/app/wire"
	"escalate/server/escalation"
)

// errWaiting says that the agent is not in the Room yet.
var errWaiting = errors.New("agent not yet connected")

// videoToken lets the customer in; the parameter of that name is the code. The
// parameter identity of the template's second generation is not looked at.
func (s *server) videoToken(name string) endpoint {
	return func(r *http.Request, p params) (any, error) {
		given, err := p.need(name)
		if err != nil {
			return nil, err
		}
		var j escalation.Join
		err = s.Limiters.Code(r, given, func(code string) (err error) {
			j, err = s.Escalations.JoinAsCustomer(r.Context(), code, p.get("consent"))
			return err
		})
		switch {
		case err != nil:
			return nil, err
		case j.Waiting:
			return nil, errWaiting
		}
		return tokenAnswer{j.Token}, nil
	}
}

// syncToken lets the customer follow the one Document, to see when the agent
// has come. The Document also says who was in the Room, which the Room itself
// shows to everybody in it.
func (s *server) syncToken(r *http.Request, p params) (any, error) {
	given, err := p.need("code")
	if err != nil {
		return nil, err
	}
	var e escalation.Escalation
	err = s.Limiters.Code(r, given, func(code string) (err error) {
		e, err = s.Escalations.Get(r.Context(), code)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case e.Status == escalation.Expired:
		return nil, escalation.ErrExpired
	case e.Status == escalation.Ended:
		return nil, escalation.ErrEnded
	}
	token, err := s.Documents.ReadToken(r.Context(), e.Code, readerTTL)
	if errors.Is(err, escalation.ErrForbidden) {
		return nil, &refusal{http.StatusNotImplemented, "The Sync Service has no access control, so there are no tokens for it. Ask client-get-video-token until the agent is there, or switch on AclEnabled."}
	}
	if err != nil {
		return nil, unknown(err)
	}
	return tokenAnswer{token}, nil
}

// page sends links of the template's own pages on to the join page. There the
// code alone counts; a link cannot make anybody an agent.
func (s *server) page(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		s.fail(w, r, first, &refusal{http.StatusMethodNotAllowed, "This address does not take that kind of request."})
		return
	}
	code := r.URL.Query().Get("code")
	if code == "" {
		code = r.URL.Query().Get("roomName")
	}
	to := wire.HomePage
	if code != "" {
		to = wire.JoinPath(code)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}
