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

// pages are those that people open: the page to type a code into, the customer's,
// and the agent's.
type pages struct {
	escalations Escalations
	views       *views
	limiters    *Limiters
	links       joincode.Links
	renderer    *renderer
	errors      *errorWriter
	entrance    *entrance
	origins     *origins
	rating      *ratingPage
}

// getHome is the page to type a code into. Its form works without script: it
// comes back here with the code and is sent on to the join page.
func (p *pages) getHome(w http.ResponseWriter, r *http.Request) error {
	typed := r.URL.Query().Get("code")
	if strings.TrimSpace(typed) == "" {
		return p.renderer.app(w, r, shell{Name: "home", Title: p.renderer.speech(r).Title.Home}, wire.HomePage, wire.Page{})
	}
	if err := p.limiters.Typed(r); err != nil {
		return p.tooMany(w, r, err)
	}
	given := p.links.Read(typed)
	link := given.Code
	switch given.Kind {
	case joincode.None, joincode.Forged:
		return p.renderer.plain(w, r, http.StatusNotFound, p.renderer.speech(r).Page.Unknown, plainData{AskCode: true})
	case joincode.Tagged:
		link = p.links.Of(given.Code)
	}
	http.Redirect(w, r, wire.JoinPath(link)+p.renderer.languages.chosen(r, "?"), http.StatusSeeOther)
	return nil
}

// getJoin is the customer's page. It only reads: programs that preview links
// in chats must not use anything up.
func (p *pages) getJoin(w http.ResponseWriter, r *http.Request) error {
	return p.joinPage(w, r, pathCode(r))
}

// joinPage is the customer's page for what was given as a code or a link. Its
// address is always the link as we make it: what a person reloads, copies or
// keeps is then no guess.
func (p *pages) joinPage(w http.ResponseWriter, r *http.Request, given string) error {
	t := p.renderer.speech(r)
	var e escalation.Escalation
	err := p.limiters.Code(r, given, func(code string) (err error) {
		e, err = p.escalations.Get(r.Context(), code)
		return err
	})
	switch {
	case isRateLimited(err):
		return p.tooMany(w, r, err)
	case errors.Is(err, escalation.ErrUnknownCode):
		return p.renderer.plain(w, r, http.StatusNotFound, t.Page.Unknown, plainData{AskCode: true})
	case err != nil:
		return p.errors.page(w, r, err)
	case e.Status == escalation.Expired:
		return p.renderer.plain(w, r, http.StatusGone, t.Page.Expired, plainData{})
	case e.Status == escalation.Ended:
		return p.rating.over(w, r, e)
	}
	link := wire.JoinPath(p.links.Of(e.Code))
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
			Link:       p.escalations.JoinURL(e.Code),
			Onward:     link + "?" + url.Values{continueParam: {"1"}}.Encode() + p.renderer.languages.chosen(r, "&"),
			OnwardText: t.Form.Onward,
		}
		if in == inapp.Bare { // on the home screen, maybe, which only a script can see
			d.Policy, d.Script = inAppPolicy, "inapp.js"
		}
		return p.renderer.plain(w, r, http.StatusOK, t.Page.InApp, d)
	}
	st := p.views.state(e)
	title := t.Title.Join
	if st.AgentName != "" {
		title = fmt.Sprintf(t.Title.JoinWith, st.AgentName)
	}
	return p.renderer.app(w, r, shell{Name: "join", Title: title, Link: p.escalations.JoinURL(e.Code)}, link, wire.Page{State: &st, Network: p.renderer.signaling.network()})
}

// tooMany is the page for err, which says that it was one request too many.
func (p *pages) tooMany(w http.ResponseWriter, r *http.Request, err error) error {
	retryAfter(w.Header(), err)
	t := p.renderer.speech(r)
	return p.renderer.plain(w, r, wire.CodeRateLimited.Status(), t.Page.TooMany, plainData{Message: t.TooMuch[limitOf(err)]})
}

// getAgent is the Video Room tab of the agent desktop. It says nothing until
// the desktop hands it a token, so that anyone may load it.
func (p *pages) getAgent(w http.ResponseWriter, r *http.Request) error {
	framers := p.origins.others
	data := wire.Page{Origins: framers}
	if p.origins.own != "" {
		data.Origins = append([]string{p.origins.own}, framers...)
	}
	sh := shell{Name: "agent", Title: p.renderer.speech(r).Title.Agent, framers: framers}
	return p.renderer.app(w, r, sh, wire.AgentPage, data)
}

// notFound is for paths that no route has: join links as they look after a way
// through chats and mail, and what does not exist; that is a page for people,
// JSON for programs.
func (p *pages) notFound(w http.ResponseWriter, r *http.Request) error {
	if path := r.URL.EscapedPath(); reads(r) && len(path) <= maxPath && joincode.HasLink(path) {
		return p.entrance.bounded(func(w http.ResponseWriter, r *http.Request) error { return p.joinPage(w, r, path) })(w, r)
	}
	if wantsHTML(r) {
		return p.renderer.plain(w, r, http.StatusNotFound, p.renderer.speech(r).Page.NotFound, plainData{AskCode: true})
	}
	return errNotFound
}

// maxPath is the longest path that is looked into for a join link, in bytes.
const maxPath = 2 << 10
