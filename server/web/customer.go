package web

import (
	"net/http"
	"net/url"

	"github.com/gorilla/mux"

	"escalate/app/wire"
	"escalate/server/escalation"
)

// codeHandler serves a request for one join code.
type codeHandler func(w http.ResponseWriter, r *http.Request, code string) error

// customer serves a customer's call, in bounded time.
func (s *server) customer(h codeHandler) handler { return s.bounded(s.coded(h)) }

// coded reads the code and limits how fast a client may ask and guess codes.
// There is no other credential than the code and its tag.
func (s *server) coded(h codeHandler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return s.limiters.Code(r, pathCode(r), func(code string) error { return h(w, r, code) })
	}
}

// keyed reads the code for a handler that wants a key with it which only we can
// have made: who shows that does not guess, and who does not learns nothing.
func (s *server) keyed(h codeHandler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return s.limiters.Keyed(r, pathCode(r), func(code string) error { return h(w, r, code) })
	}
}

// pathCode is what stands for the join code in the request's path.
func pathCode(r *http.Request) string {
	raw := mux.Vars(r)["code"]
	if code, err := url.PathUnescape(raw); err == nil {
		return code
	}
	return raw
}

func (s *server) getState(w http.ResponseWriter, r *http.Request, code string) error {
	e, err := s.Escalations.Get(r.Context(), code)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, s.state(e))
	return nil
}

func (s *server) postToken(w http.ResponseWriter, r *http.Request, code string) error {
	var in wire.JoinRequest
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	j, err := s.Escalations.JoinAsCustomer(r.Context(), code, in.Consent)
	if err != nil {
		return err
	}
	s.handRatingCookie(w, j)
	writeJSON(w, http.StatusOK, s.join(j))
	return nil
}

func (s *server) postProgress(w http.ResponseWriter, r *http.Request, code string) error {
	var in wire.Progress
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	if !in.Reportable() {
		return badRequest("unknown phase or detail")
	}
	p := escalation.Progress{Phase: in.Phase, Detail: in.Detail}
	if err := s.Escalations.Progress(r.Context(), code, p); err != nil {
		return err
	}
	return noContent(w)
}

// maxIdentity is the longest identity that Twilio takes, in characters.
const maxIdentity = 256

// postLeave takes any content type: navigator.sendBeacon sends text/plain
// unless the page wraps the JSON in a Blob, and it cannot read the answer.
func (s *server) postLeave(w http.ResponseWriter, r *http.Request, code string) error {
	var in wire.Leave
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	if wire.RoleOf(in.Identity) == "" || len(in.Identity) > maxIdentity {
		return badRequest("not an identity")
	}
	if !s.leaves.fits(in.Key, code, in.Identity) {
		return errLeaveKey // before any look at the code: the answer says nothing about it
	}
	if c := in.Call; c != nil && wire.RoleOf(in.Identity) == wire.RoleCustomer {
		l := escalation.Line{Reconnects: c.Reconnects, Quality: c.Quality}
		if err := s.Escalations.Report(r.Context(), code, in.Identity, l); err != nil {
			// To have left matters more than how it was.
			s.Log.WarnContext(r.Context(), "call report is lost", "err", err)
		}
	}
	if err := s.Escalations.Leave(r.Context(), code, in.Identity); err != nil {
		return err
	}
	return noContent(w)
}
