package web

import (
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"escalate/app/wire"
	"escalate/server/escalation"
	"escalate/server/joincode"
)

// ratingPage is the rating of a customer whose page does not run the program, or
// not any more.
type ratingPage struct {
	ratings  *ratings
	entrance *entrance
	renderer *renderer
	errors   *errorWriter
	origins  *origins
	links    joincode.Links
}

// over is the page of a call that has ended. A customer who closed the browser
// right after the call can still rate it here, without script.
func (f *ratingPage) over(w http.ResponseWriter, r *http.Request, e escalation.Escalation) error {
	t := f.renderer.speech(r)
	switch {
	case e.Rating != nil:
		return f.renderer.plain(w, r, http.StatusGone, t.Page.Rated, plainData{})
	case e.CustomerWasIn() && f.ratings.ofCookie(r, e.Code) != "":
		return f.renderer.plain(w, r, http.StatusGone, t.Page.Rate, plainData{Rate: wire.JoinPath(f.links.Of(e.Code)) + "/" + wire.ActionRating})
	}
	return f.renderer.plain(w, r, http.StatusGone, t.Page.Ended, plainData{})
}

// post takes the rating of the page that needs no script, and shows
// that page again.
func (f *ratingPage) post(w http.ResponseWriter, r *http.Request) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return &problem{code: wire.CodeUnsupportedMedia, text: "rating is not a form",
			message: "The rating must be sent as a form (application/x-www-form-urlencoded)."}
	}
	var target string
	err = f.origins.ownForm(r)
	if err == nil {
		target, err = f.take(w, r)
	}
	if err != nil {
		return f.errors.page(w, r, err)
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
	return nil
}

// take stores the rating and returns where the browser goes on.
func (f *ratingPage) take(w http.ResponseWriter, r *http.Request) (target string, err error) {
	err = f.entrance.customer(func(w http.ResponseWriter, r *http.Request, code string) error {
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
		target = wire.JoinPath(f.links.Of(code))
		// A browser counts a line break as one character, and sends two.
		comment := strings.ReplaceAll(form.Get("comment"), "\r\n", "\n")
		_, err = f.ratings.rate(r, code, escalation.Rating{Score: score, Comment: comment}, f.ratings.ofCookie(r, code))
		return err
	})(w, r)
	return target, err
}
