package web

import (
	"bytes"
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

// plainPage is a page that only says something.
type plainPage struct {
	Heading string
	Lead    string
	Steps   []string
	Note    string
	// AskCode offers a field to type a code into.
	AskCode bool
}

// The pages that need no script. Each says in one sentence what is the matter,
// and then what the person can do.
var (
	pageUnknown = plainPage{
		Heading: "We do not know this code",
		Lead:    "The link may be incomplete, or the code may have been mistyped.",
		Steps:   []string{"Go back to your chat and tap the link there again.", "Or type the code here, without spaces."},
		Note:    "Still no luck? Ask in your chat for a new link.",
		AskCode: true,
	}
	pageExpired = plainPage{
		Heading: "This link has expired",
		Lead:    "For your safety, video links work for a limited time only.",
		Steps:   []string{"Go back to your chat.", "Ask for a new video link. It takes the agent one click."},
	}
	pageEnded = plainPage{
		Heading: "This call is over",
		Lead:    "Thank you for talking with us. This link cannot be used again.",
		Steps:   []string{"Need more help? Go back to your chat and write there.", "The agent can send you a new video link at any time."},
		Note:    "You can close this page now.",
	}
	pageRate = plainPage{
		Heading: "This call is over",
		Lead:    "Thank you for talking with us. How was it?",
		Note:    "Need more help? Go back to your chat and write there. The agent can send you a new video link at any time.",
	}
	pageRated = plainPage{
		Heading: "Thank you",
		Lead:    "Your rating has arrived, and the call is over.",
		Steps:   []string{"Need more help? Go back to your chat and write there.", "The agent can send you a new video link at any time."},
		Note:    "You can close this page now.",
	}
	pageInApp = plainPage{
		Heading: "Open this link in your browser",
		Lead:    "You are inside another app, where camera and microphone often do not work. Use Safari on an iPhone or iPad, Chrome on Android:",
		Steps: []string{
			"Press and hold the link above until it is selected, and choose Copy.",
			"Open Safari or Chrome.",
			"Paste the link into the address bar at the top, and open it.",
		},
		Note: "Often the app’s own menu (⋯ or the share sign) has “Open in browser”, which does the same.",
	}
	pageTooMany = plainPage{
		Heading: "Please wait a minute",
		Lead:    "There were a lot of tries from your network in a short time.",
		Steps:   []string{"Wait a minute.", "Then reload this page, or tap the link in your chat again."},
	}
	pageTrouble = plainPage{
		Heading: "That did not work",
		Lead:    "Something went wrong on our side.",
		Steps:   []string{"Reload this page in a few seconds.", "If it keeps failing, go on in your chat."},
	}
	pageNotFound = plainPage{
		Heading: "There is nothing here",
		Lead:    "The address may be incomplete.",
		Steps:   []string{"Go back to your chat and tap the link there again.", "Or type your code here."},
		AskCode: true,
	}
)

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
}

// score is one choice of the rating form.
type score struct {
	Value int
	Text  string
}

// scores are the choices, best first.
var scores = []score{{5, "Very good"}, {4, "Good"}, {3, "So-so"}, {2, "Bad"}, {1, "Very bad"}}

// plain answers with a page that needs no script.
func (s *server) plain(w http.ResponseWriter, r *http.Request, status int, p plainPage, d plainData) error {
	if d.Message != "" {
		p.Lead = d.Message
	}
	h := w.Header()
	h.Set("Content-Security-Policy", plainPolicy)
	h.Set("Permissions-Policy", noPermissions)
	return s.html(w, status, "plain.html", struct {
		*assets
		plainPage
		plainData
		Lang, Brand string
		Scores      []score
		MaxComment  int
	}{s.static, p, d, s.Languages[0], s.Brand, scores, wire.MaxComment})
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
