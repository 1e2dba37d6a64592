package web

import (
	"mime"
	"net/http"
	"net/url"
	"strconv"

	"escalate/app/wire"
	"escalate/server/escalation"
)

// over is the page of a call that has ended. Who closed the browser right
// after the call can still rate it here, without script.
func (s *server) over(w http.ResponseWriter, r *http.Request, e escalation.Escalation) error {
	t := s.speech(r)
	switch {
	case e.Rating != nil:
		return s.plain(w, r, http.StatusGone, t.Rated, plainData{})
	case wasThere(e, wire.RoleCustomer):
		return s.plain(w, r, http.StatusGone, t.Rate, plainData{Rate: wire.JoinPath(s.Links.Of(e.Code)) + "/" + wire.ActionRating})
	}
	return s.plain(w, r, http.StatusGone, t.Ended, plainData{})
}

// wasThere says that someone with role has been in the Room.
func wasThere(e escalation.Escalation, role wire.Role) bool {
	for _, p := range e.Participants {
		if wire.RoleOf(p.Identity) == role {
			return true
		}
	}
	return false
}

// postRatingForm takes the rating of the page that needs no script, and shows
// that page again. It does not look at the origin: older browsers write null
// for forms of pages without a referrer, and the code is what counts.
func (s *server) postRatingForm(w http.ResponseWriter, r *http.Request) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return &problem{code: wire.CodeUnsupportedMedia, text: "rating is not a form",
			message: "The rating must be sent as a form (application/x-www-form-urlencoded)."}
	}
	var target string
	err = s.customer(func(w http.ResponseWriter, r *http.Request, code string) error {
		body, err := readBody(w, r)
		if err != nil {
			return err
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return badRequest("parse form: " + err.Error())
		}
		score, err := strconv.Atoi(form.Get("score"))
		if err != nil {
			return escalation.ErrBadRating
		}
		target = wire.JoinPath(s.Links.Of(code))
		return s.Escalations.Rate(r.Context(), code, score, form.Get("comment"))
	})(w, r)
	if err != nil {
		t := s.speech(r)
		answer := answerTo(err, t)
		s.note(r, answer.Code, err)
		retryAfter(w.Header(), err)
		return s.plain(w, r, answer.Code.Status(), t.Trouble, plainData{Message: answer.Message})
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
	return nil
}
