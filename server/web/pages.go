package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"escalate/app/inapp"
	"escalate/app/wire"
	"escalate/server/escalation"
	"escalate/server/joincode"
)

// continueParam is the query by which a person says that they want to try it
// in the browser of their app all the same.
const continueParam = "continue"

// getHome is the page to type a code into. Its form works without script: it
// comes back here with the code and is sent on to the join page.
func (s *server) getHome(w http.ResponseWriter, r *http.Request) error {
	typed := r.URL.Query().Get("code")
	if strings.TrimSpace(typed) == "" {
		return s.app(w, r, shell{Name: "home", Title: s.speech(r).TitleHome}, wire.HomePage, wire.Page{})
	}
	if err := s.limiters.Typed(r); err != nil {
		return s.tooMany(w, r, err)
	}
	given := s.Links.Read(typed)
	link := given.Code
	switch given.Kind {
	case joincode.None, joincode.Forged:
		return s.plain(w, r, http.StatusNotFound, s.speech(r).Unknown, plainData{AskCode: true})
	case joincode.Tagged:
		link = s.Links.Of(given.Code)
	}
	http.Redirect(w, r, wire.JoinPath(link)+s.chosenLang(r, "?"), http.StatusSeeOther)
	return nil
}

// getJoin is the customer's page. It only reads: programs that preview links
// in chats must not use anything up.
func (s *server) getJoin(w http.ResponseWriter, r *http.Request) error {
	return s.joinPage(w, r, pathCode(r))
}

// joinPage is the customer's page for what was given as a code or a link. Its
// address is always the link as we make it: what a person reloads, copies or
// keeps is then no guess.
func (s *server) joinPage(w http.ResponseWriter, r *http.Request, given string) error {
	t := s.speech(r)
	var e escalation.Escalation
	err := s.limiters.Code(r, given, func(code string) (err error) {
		e, err = s.Escalations.Get(r.Context(), code)
		return err
	})
	switch {
	case isRateLimited(err):
		return s.tooMany(w, r, err)
	case errors.Is(err, escalation.ErrUnknownCode):
		return s.plain(w, r, http.StatusNotFound, t.Unknown, plainData{AskCode: true})
	case errors.Is(err, escalation.ErrExpired) || err == nil && e.Status == escalation.Expired:
		return s.plain(w, r, http.StatusGone, t.Expired, plainData{})
	case errors.Is(err, escalation.ErrEnded):
		return s.plain(w, r, http.StatusGone, t.Ended, plainData{})
	case err == nil && e.Status == escalation.Ended:
		return s.over(w, r, e)
	case err != nil:
		answer := answerTo(err, t)
		s.note(r, answer.Code, err)
		return s.plain(w, r, answer.Code.Status(), t.Trouble, plainData{Message: answer.Message})
	}
	link := wire.JoinPath(s.Links.Of(e.Code))
	if r.URL.EscapedPath() != link {
		to := link
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.RawQuery
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
	if in := inapp.Of(r.UserAgent()); in != inapp.No && !r.URL.Query().Has(continueParam) {
		d := plainData{
			Link:       s.Escalations.JoinURL(e.Code),
			Onward:     link + "?" + url.Values{continueParam: {"1"}}.Encode() + s.chosenLang(r, "&"),
			OnwardText: t.Onward,
		}
		if in == inapp.Bare { // on the home screen, maybe, which only a script can see
			d.Policy, d.Script = inAppPolicy, "inapp.js"
		}
		return s.plain(w, r, http.StatusOK, t.InApp, d)
	}
	st := s.state(e)
	title := t.TitleJoin
	if st.AgentName != "" {
		title = fmt.Sprintf(t.TitleJoinWith, st.AgentName)
	}
	return s.app(w, r, shell{Name: "join", Title: title, Link: s.Escalations.JoinURL(e.Code)}, link, wire.Page{State: &st, Network: s.network()})
}

// tooMany is the page for err, which says that it was one request too many.
func (s *server) tooMany(w http.ResponseWriter, r *http.Request, err error) error {
	retryAfter(w.Header(), err)
	return s.plain(w, r, wire.CodeRateLimited.Status(), s.speech(r).TooMany, plainData{})
}

// getAgent is the Video Room tab of the agent desktop. It says nothing until
// the desktop hands it a token, so that anyone may load it.
func (s *server) getAgent(w http.ResponseWriter, r *http.Request) error {
	framers := s.origins.others
	p := wire.Page{Origins: framers}
	if s.origins.own != "" {
		p.Origins = append([]string{s.origins.own}, framers...)
	}
	return s.app(w, r, shell{Name: "agent", Title: s.speech(r).TitleAgent, framers: framers}, wire.AgentPage, p)
}

// app answers with a page that runs the program: drawn already, so that it can
// be read before the program is there.
func (s *server) app(w http.ResponseWriter, r *http.Request, sh shell, path string, p wire.Page) error {
	p.Brand, p.Logo = s.Brand, s.Look.logoURL()
	sh.Style, sh.Chosen = s.styleURL(), s.chosenLang(r, "?")
	sh.Say = s.speech(r)
	p.Lang = s.lang(r)
	p.LangChosen = s.chosenLang(r, "?") != ""
	// The language of the kept frame was chosen by our own script.
	p.Translate = !prefers(p.Lang, r.Header.Values("Accept-Language")) && (!p.LangChosen || r.URL.Path == framePath)
	sh.assets = s.static
	sh.Data = p
	sh.Version = s.static.version(wasmName, "wasm_exec.js", "start.js", "vendor/twilio-video.min.js", "app.css")
	if s.Brand != "" {
		sh.Title += " · " + s.Brand
	}
	// go-app takes over the first element of the body, so there always is one.
	body := `<div id="app"></div>`
	if s.Render != nil {
		var err error
		if body, err = s.Render(path, p); err != nil {
			return fmt.Errorf("draw page %s: %w", sh.Name, err)
		}
	}
	sh.Body = body // go-app escapes what it draws
	doc, err := sh.page()
	if err != nil {
		return fmt.Errorf("draw page %s: %w", sh.Name, err)
	}
	h := w.Header()
	h.Set("Content-Security-Policy", s.appPolicy(sh.framers))
	h.Set("Permissions-Policy", permissions(sh.framers))
	h.Set("Content-Language", p.Lang)
	h.Add("Vary", "Accept-Language")
	return s.html(w, http.StatusOK, doc)
}
