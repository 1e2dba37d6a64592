package web

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"strconv"

	"golang.org/x/net/html"

	"escalate/app/wire"
)

// renderer writes pages: those that run the program, and those that need no
// script. It decides how they look and what their headers are, not what they say.
// It is fixed after New.
type renderer struct {
	brand     brand
	files     *assets
	languages languages
	signaling signaling
	// draw is Deps.Render.
	draw func(path string, p wire.Page) (bodyHTML string, err error)
}

// speech returns what is said to the reader of the answer.
func (d *renderer) speech(r *http.Request) *speech { return d.languages.speech(r) }

// app answers with a page that runs the program: drawn already, so that it can
// be read before the program is there.
func (d *renderer) app(w http.ResponseWriter, r *http.Request, sh shell, path string, p wire.Page) error {
	p.Brand, p.Logo = d.brand.name, d.brand.look.logoURL()
	sh.Style, sh.Chosen = d.brand.styleURL(), d.languages.chosen(r, "?")
	sh.Say = d.speech(r)
	p.Lang = d.languages.of(r)
	p.LangChosen = sh.Chosen != ""
	// The language of the kept frame was chosen by our own script.
	p.Translate = !prefers(p.Lang, r.Header.Values("Accept-Language")) && (!p.LangChosen || r.URL.Path == framePath)
	sh.assets = d.files
	sh.Data = p
	sh.Version = d.files.version(wasmName, "wasm_exec.js", "start.js", "vendor/twilio-video.min.js", "app.css")
	sh.Title = d.brand.titled(sh.Title)
	// go-app takes over the first element of the body, so there always is one.
	body := `<div id="app"></div>`
	if d.draw != nil {
		var err error
		if body, err = d.draw(path, p); err != nil {
			return fmt.Errorf("draw page %s: %w", sh.Name, err)
		}
	}
	sh.Body = body // go-app escapes what it draws
	doc, err := sh.page()
	if err != nil {
		return fmt.Errorf("draw page %s: %w", sh.Name, err)
	}
	h := w.Header()
	h.Set("Content-Security-Policy", appPolicy(d.signaling, sh.framers))
	h.Set("Permissions-Policy", permissions(sh.framers))
	if sh.framers == nil {
		alone(h)
	} else {
		// A desktop that isolates itself (Cross-Origin-Embedder-Policy) frames only what says so.
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	h.Set("Content-Language", p.Lang)
	h.Add("Vary", "Accept-Language")
	return writePage(w, http.StatusOK, doc)
}

// plain answers with a page that needs no script.
func (d *renderer) plain(w http.ResponseWriter, r *http.Request, status int, p plainPage, data plainData) error {
	if data.Message != "" {
		p.Lead = data.Message
	}
	t := d.speech(r)
	h := w.Header()
	h.Set("Content-Language", t.Lang)
	h.Add("Vary", "Accept-Language")
	h.Set("Content-Security-Policy", cmp.Or(data.Policy, plainPolicy))
	h.Set("Permissions-Policy", noPermissions)
	alone(h)
	return writePage(w, status, d.plainDocument(t, p, data))
}

// plainDocument returns the whole page.
func (d *renderer) plainDocument(t *speech, p plainPage, data plainData) *html.Node {
	head := d.files.head(d.brand.titled(p.Heading), d.brand.styleURL(),
		tagIf(data.Script, "script", attributes{"src", d.files.URL(data.Script), "defer", ""}))
	return document(t, head, tag("body", attributes{"class", "plain"}, tag("main", attributes{"class", "page"},
		brandLine(d.brand.name, d.brand.look.logoURL()),
		plainCard(t, p, data),
		offlineCard(t, data),
	)))
}

// writePage writes a page whole or not at all.
func writePage(w http.ResponseWriter, status int, page *html.Node) error {
	var b bytes.Buffer
	if err := html.Render(&b, page); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // an error here means that the client has gone
	return nil
}
