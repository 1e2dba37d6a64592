package web

import (
	"strconv"

	"golang.org/x/net/html"

	"escalate/app/wire"
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
	// Policy replaces plainPolicy, for a page with the one script Script.
	Policy, Script string
	// Retry offers to load the page again.
	Retry bool
	// Offline stands beside the page, hidden, until Script shows it instead.
	Offline *plainPage
	// AskCode offers a field to type a code into.
	AskCode bool
}

func plainCard(t *speech, p plainPage, d plainData) *html.Node {
	return card(p.Heading, p.Lead,
		linkText(d.Link),
		steps(p.Steps),
		codeForm(t, d.AskCode),
		ratingForm(t, d.Rate),
		retry(t, d.Retry),
		tagIf(d.Onward, "p", nil, tag("a", attributes{"class", "button", "id", onwardID, "href", d.Onward}, text(d.OnwardText))),
		tagIf(p.Note, "p", attributes{"class", "note"}, text(p.Note)),
	)
}

// What the scripts of plain pages know their elements by.
const (
	onwardID  = "onward"
	offlineID = "offline"
)

// offlineCard is for the script to show, nil without one.
func offlineCard(t *speech, d plainData) *html.Node {
	if d.Offline == nil {
		return nil
	}
	return tag("div", attributes{"id", offlineID, "hidden", ""}, plainCard(t, *d.Offline, plainData{Retry: d.Retry}))
}

func retry(t *speech, offered bool) *html.Node {
	if !offered {
		return nil
	}
	return tag("p", nil, tag("a", attributes{"class", "button button-primary", "href", ""}, text(t.Form.TryAgain)))
}

func steps(list []string) *html.Node {
	if len(list) == 0 {
		return nil
	}
	ol := tag("ol", attributes{"class", "steps"})
	for _, step := range list {
		with(ol, tag("li", nil, text(step)))
	}
	return ol
}

func codeForm(t *speech, asked bool) *html.Node {
	if !asked {
		return nil
	}
	return tag("form", attributes{"class", "code-form", "action", "/", "method", "get"},
		tag("label", attributes{"for", "code"}, text(t.Form.CodeLabel)),
		tag("input", attributes{
			"id", "code", "name", "code", "type", "text", "required", "",
			"autocomplete", "off", "autocapitalize", "none", "spellcheck", "false",
		}),
		submit(t.Form.CodeOpen))
}

// ratingForm posts to an address, and is left out without one.
func ratingForm(t *speech, to string) *html.Node {
	if to == "" {
		return nil
	}
	choices := tag("fieldset", nil, tag("legend", nil, text(t.Form.RateLegend)))
	for i, say := range t.Form.Scores {
		score := strconv.Itoa(len(t.Form.Scores) - i)
		with(choices, tag("div", nil, tag("label", nil,
			tag("input", attributes{"type", "radio", "name", "score", "value", score, "required", ""}), text(" "+say))))
	}
	return tag("form", attributes{"class", "rating-form", "action", to, "method", "post"},
		choices,
		tag("label", attributes{"for", "comment"}, text(t.Form.RateComment)),
		tag("textarea", attributes{"id", "comment", "name", "comment", "rows", "3", "maxlength", strconv.Itoa(wire.MaxComment)}),
		submit(t.Form.RateSend))
}

func submit(say string) *html.Node {
	return tag("button", attributes{"class", "button button-primary", "type", "submit"}, text(say))
}
