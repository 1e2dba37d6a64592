package web

import (
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"escalate/app/wire"
	"escalate/server/escalation"
)

// over is the page of a call that has ended. A customer who closed the browser
// right after the call can still rate it here, without script.
func (s *server) over(w http.ResponseWriter, r *http.Request, e escalation.Escalation) error {
	t := s.speech(r)
	switch {
	case e.Rating != nil:
		return s.plain(w, r, http.StatusGone, t.Rated, plainData{})
	case e.CustomerWasIn() && s.ratingCookieOf(r, e.Code) != "":
		return s.plain(w, r, http.StatusGone, t.Rate, plainData{Rate: wire.JoinPath(s.Links.Of(e.Code)) + "/" + wire.ActionRating})
	}
	return s.plain(w, r, http.StatusGone, t.Ended, plainData{})
}

// postRatingForm takes the rating of the page that needs no script, and shows
// that page again.
func (s *server) postRatingForm(w http.ResponseWriter, r *http.Request) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return &problem{code: wire.CodeUnsupportedMedia, text: "rating is not a form",
			message: "The rating must be sent as a form (application/x-www-form-urlencoded)."}
	}
	var target string
	err = s.origins.ownForm(r)
	if err == nil {
		target, err = s.takeRatingForm(w, r)
	}
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

// takeRatingForm stores the rating and returns where the browser goes on.
func (s *server) takeRatingForm(w http.ResponseWriter, r *http.Request) (target string, err error) {
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
		// A browser counts a line break as one character, and sends two.
		comment := strings.ReplaceAll(form.Get("comment"), "\r\n", "\n")
		_, err = s.rate(r, code, escalation.Rating{Score: score, Comment: comment}, s.ratingCookieOf(r, code))
		return err
	})(w, r)
	return target, err
}
