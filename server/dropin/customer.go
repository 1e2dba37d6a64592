package dropin

import (
	"context"
	"errors"
	"net/http"

	"escalate/app/wire"
	"escalate/server/escalation"
)

// errWaiting says that the agent is not in the Room yet.
var errWaiting = errors.New("agent not yet connected")

// agentCame says whether a customer of the first generation may be in the Room
// while no agent is: an agent has been there. A page that has seen a Room in the
// notice asks for its token once.
func agentCame(e escalation.Escalation) bool { return !e.OpenedAt.IsZero() }

// roomMade says the same for the second generation: there is a Room.
func roomMade(e escalation.Escalation) bool { return e.Room.SID != "" }

// videoToken lets the customer in; the parameter of that name is the code. alone
// says whether that may be while no agent is in the Room. The parameter identity of
// the template's second generation is not looked at.
func (s *server) videoToken(name string, alone func(escalation.Escalation) bool) endpoint {
	return func(r *http.Request, p params) (any, error) {
		given, err := p.need(name)
		if err != nil {
			return nil, err
		}
		var j escalation.Join
		err = s.Limiters.Code(r, given, func(code string) (err error) {
			j, err = s.Escalations.JoinOrWaitInRoom(r.Context(), code, p.get("consent"), alone)
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

// syncToken lets the customer's page read the notice, to see when the agent has
// come. The page opens the Document that is called what it gave as code. Nothing is
// written for a page that gets no token.
func (s *server) syncToken(r *http.Request, p params) (any, error) {
	given, err := p.need("code")
	if err != nil {
		return nil, err
	}
	var token string
	err = s.Limiters.Code(r, given, func(code string) (err error) {
		if given != s.Link(code) {
			return errPartOfCode
		}
		token, err = s.noticeToken(r.Context(), code)
		return err
	})
	if err != nil {
		return nil, err
	}
	return tokenAnswer{token}, nil
}

// noticeToken makes the notice of a code, and a token that reads it.
func (s *server) noticeToken(ctx context.Context, code string) (string, error) {
	tokenOf, err := s.Notices.ReadTokens(ctx)
	if errors.Is(err, escalation.ErrForbidden) {
		// Whose call is over need not be told what to switch on.
		switch e, err := s.Escalations.Get(ctx, code); {
		case err != nil:
			return "", err
		case e.Status == escalation.Expired:
			return "", escalation.ErrExpired
		case e.Status == escalation.Ended:
			return "", escalation.ErrEnded
		}
		s.Log.WarnContext(ctx, "the Sync Service has no access control, so customers' pages of the template's first generation cannot wait for the agent: switch on AclEnabled, or set TEMPLATE_SYNC_SID")
		return "", errOpenService
	}
	if err != nil {
		return "", err
	}
	name, err := s.Escalations.Notice(ctx, code)
	if err != nil {
		return "", err
	}
	token, err := tokenOf(ctx, name, readerTTL)
	return token, unknown(err)
}

var (
	// errPartOfCode is for a code without its tag. It is right, but there is no
	// Document of that name for customers.
	errPartOfCode = &refusal{http.StatusForbidden, "This page needs the whole code, as it is in the chat."}
	// errOpenService is for a Sync Service in which every token opens everything.
	errOpenService = &refusal{http.StatusNotImplemented, "The Sync Service has no access control, so there are no tokens for it. Ask client-get-video-token until the agent is there; or switch on AclEnabled, or set TEMPLATE_SYNC_SID to a Service that has it."}
)

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
