package web

import (
	"encoding/json"
	"fmt"

	"golang.org/x/net/html"

	"escalate/app/wire"
)

// shell is the frame of a page that runs the program.
type shell struct {
	*assets
	Name    string // home, join, agent
	Title   string
	Say     *speech
	Chosen  string // the query of a chosen language; may be empty
	Style   string // of the brand; may be empty
	Link    string // to be copied into a browser that can
	Version string // of the files that the browser runs
	Body    string // HTML
	Data    wire.Page
	framers []string
}

// page is the whole document.
func (s *shell) page() (*html.Node, error) {
	data, err := json.Marshal(s.Data) // which escapes what could end the script
	if err != nil {
		return nil, fmt.Errorf("encode page data: %w", err)
	}
	return document(s.Say, s.head(), with(tag("body", attributes{"class", "app app-" + s.Name}, raw(s.Body)),
		s.blocked("blocked-old", s.Say.Shell.OldHeading, s.Say.Shell.OldLead),
		s.blocked("blocked-insecure", s.Say.Shell.InsecureHeading, s.Say.Shell.InsecureLead),
		s.stopped(),
		s.noScript(),
		tag("script", attributes{"type", "application/json", "id", wire.PageDataID}, text(string(data))),
	)), nil
}

func (s *shell) head() *html.Node {
	var program, manifest, own *html.Node
	if !s.Data.Translate {
		own = tag("meta", attributes{"name", "google", "content", "notranslate"})
	}
	if s.Has("app.wasm") {
		program = tag("link", attributes{"rel", "preload", "as", "fetch", "crossorigin", "", "href", s.URL("app.wasm"), "type", "application/wasm"})
	}
	if s.Name != "agent" {
		manifest = tag("link", attributes{"rel", "manifest", "href", "/manifest.webmanifest" + s.Chosen})
	}
	return s.assets.head(s.Title, s.Style,
		tag("meta", attributes{"name", "format-detection", "content", "telephone=no"}),
		own,
		program,
		s.icon("icon-180.png", attributes{"rel", "apple-touch-icon"}),
		manifest,
		tag("script", attributes{
			"src", s.URL("start.js"), "defer", "", "data-version", s.Version, "data-wasm", s.URL("app.wasm"),
			"data-exec", s.URL("wasm_exec.js"), "data-sdk", s.URL("vendor/twilio-video.min.js"),
		}))
}

// blocked is what start.js shows instead of the page where the program cannot run. The page to type a
// code into works without it.
func (s *shell) blocked(id, heading, lead string) *html.Node {
	if s.Name == "home" {
		return nil
	}
	return tag("main", attributes{"class", "page blocked", "id", id, "hidden", ""},
		brandLine(s.Data.Brand, s.Data.Logo), card(heading, lead, linkText(s.Link)))
}

// stopped is what start.js shows instead of the page when the program has ended. The page to type a code
// into goes on without it.
func (s *shell) stopped() *html.Node {
	if s.Name == "home" {
		return nil
	}
	reload := tag("button", attributes{"type", "button", "class", "button button-primary button-large", "id", "reload-button"}, text(s.Say.Shell.Reload))
	return tag("main", attributes{"class", "page blocked", "id", "stopped", "hidden", ""}, brandLine(s.Data.Brand, s.Data.Logo),
		tag("div", attributes{"role", "alert"}, card(s.Say.Shell.StoppedHeading, s.Say.Shell.StoppedLead, tag("div", attributes{"class", "actions"}, reload))))
}

func (s *shell) noScript() *html.Node {
	say := s.Say.Shell.NoScriptCall
	if s.Name == "home" {
		say = s.Say.Shell.NoScriptHome
	}
	return tag("noscript", nil, tag("section", attributes{"class", "card noscript"},
		tag("h2", nil, text(s.Say.Shell.NoScriptHeading)), tag("p", nil, text(say))))
}
