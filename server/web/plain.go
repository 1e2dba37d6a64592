package web

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strconv"

	"escalate/app/wire"
)

//go:embed templates/*.html
var templateFiles embed.FS

// templates are the two frames: shell.html runs the program, plain.html needs
// no script.
var templates = template.Must(template.ParseFS(templateFiles, "templates/*.html"))

// plainData is what differs between two showings of a plainPage.
type plainData struct {
	// Message replaces the lead.
	Message string
	// Link is shown to be copied.
	Link string
	// Rate is where a rating is posted; empty leaves the form out.
	Rate string
	// Onward is where a button leads that says OnwardText.
	Onward, OnwardText string
	// Policy replaces plainPolicy, for a page with the one script Script; a
	// button to try again then goes with it.
	Policy, Script string
	// AskCode offers a field to type a code into.
	AskCode bool
}

// score is one choice of the rating form.
type score struct {
	Value int
	Text  string
}

// scores are the choices, best first.
func (t *speech) scores() []score {
	var out []score
	for i, text := range t.Scores {
		out = append(out, score{len(t.Scores) - i, text})
	}
	return out
}

// plain answers with a page that needs no script.
func (s *server) plain(w http.ResponseWriter, r *http.Request, status int, p plainPage, d plainData) error {
	if d.Message != "" {
		p.Lead = d.Message
	}
	t := s.speech(r)
	h := w.Header()
	h.Set("Content-Language", t.Lang)
	h.Add("Vary", "Accept-Language")
	h.Set("Content-Security-Policy", cmp.Or(d.Policy, plainPolicy))
	h.Set("Permissions-Policy", noPermissions)
	return s.html(w, status, "plain.html", struct {
		*assets
		plainPage
		plainData
		Say         *speech
		Brand, Logo string
		Style       string
		Scores      []score
		MaxComment  int
	}{s.static, p, d, t, s.Brand, s.Look.logoURL(), s.styleURL(), t.scores(), wire.MaxComment})
}

// html writes a template whole or not at all.
func (s *server) html(w http.ResponseWriter, status int, name string, data any) error {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, data); err != nil {
		return fmt.Errorf("draw %s: %w", name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // an error here means that the client has gone
	return nil
}
