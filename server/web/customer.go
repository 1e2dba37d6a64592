package web

import (
	"log/slog"
	"net/http"

	"escalate/app/wire"
	"escalate/server/escalation"
)

// customerAPI is what the customer's page asks for, and agents' pages when they
// leave.
type customerAPI struct {
	escalations Escalations
	views       *views
	keys        leaveKeys
	ratings     *ratings
	log         *slog.Logger
}

func (api *customerAPI) getState(w http.ResponseWriter, r *http.Request, code string) error {
	e, err := api.escalations.Get(r.Context(), code)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, api.views.state(e))
	return nil
}

func (api *customerAPI) postToken(w http.ResponseWriter, r *http.Request, code string) error {
	var in wire.JoinRequest
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	j, err := api.escalations.JoinAsCustomer(r.Context(), code, in.Consent)
	if err != nil {
		return err
	}
	api.ratings.handCookie(w, j)
	writeJSON(w, http.StatusOK, api.views.join(j))
	return nil
}

func (api *customerAPI) postProgress(w http.ResponseWriter, r *http.Request, code string) error {
	var in wire.Progress
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	if !in.Reportable() {
		return badRequest("unknown phase or detail")
	}
	p := escalation.Progress{Phase: in.Phase, Detail: in.Detail}
	if err := api.escalations.Progress(r.Context(), code, p); err != nil {
		return err
	}
	return noContent(w)
}

// maxIdentity is the longest identity that Twilio takes, in characters.
const maxIdentity = 256

// postLeave takes any content type: navigator.sendBeacon sends text/plain
// unless the page wraps the JSON in a Blob, and it cannot read the answer.
func (api *customerAPI) postLeave(w http.ResponseWriter, r *http.Request, code string) error {
	var in wire.Leave
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	if wire.RoleOf(in.Identity) == "" || len(in.Identity) > maxIdentity {
		return badRequest("not an identity")
	}
	if !api.keys.fits(in.Key, code, in.Identity) {
		return errLeaveKey // before any look at the code: the answer says nothing about it
	}
	if c := in.Call; c != nil && wire.RoleOf(in.Identity) == wire.RoleCustomer {
		l := escalation.Line{Reconnects: c.Reconnects, Quality: c.Quality}
		if err := api.escalations.Report(r.Context(), code, in.Identity, l); err != nil {
			// To have left matters more than how it was.
			api.log.WarnContext(r.Context(), "call report is lost", "err", err)
		}
	}
	if err := api.escalations.Leave(r.Context(), code, in.Identity); err != nil {
		return err
	}
	return noContent(w)
}
