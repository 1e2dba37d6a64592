package web

import (
	"net/http"

	"escalate/app/wire"
)

// speech is everything this package says to people, in one language. A test
// wants every text in every language. Verbs take what their comment names.
type speech struct {
	Lang string // BCP 47 tag
	Dir  string // "ltr" or "rtl"

	Title titleSpeech
	Shell shellSpeech
	Page  pageSpeech
	Form  formSpeech

	BadRating string // longest comment, in characters
	RatingKey string // who rates was not in the call
	MustLeave string // why a Task cannot be wrapped up
	Errors    map[wire.Code]string
	TooMuch   map[string]string // by the limit that is used up: of what, and what to do
}

// titleSpeech has the titles of the pages that run the program.
type titleSpeech struct {
	Home, Join string
	JoinWith   string // agent
	Agent      string
}

// shellSpeech is what the pages that run the program say where they cannot, and
// when it has ended.
type shellSpeech struct {
	NoScriptHeading, NoScriptHome, NoScriptCall        string
	OldHeading, OldLead, InsecureHeading, InsecureLead string
	StoppedHeading, StoppedLead, Reload                string
}

// pageSpeech has the pages that only say something.
type pageSpeech struct {
	Unknown, Expired, Ended, Rate, Rated, InApp, TooMany plainPage
	Trouble, NotFound, Offline, Away                     plainPage
}

// formSpeech is what stands on the forms and buttons of those pages.
type formSpeech struct {
	CodeLabel, CodeOpen               string
	RateLegend, RateComment, RateSend string
	Scores                            [5]string // best first
	Onward, TryAgain                  string
}

// plainPage is a page that only says something: in one sentence what is the
// matter, and then what the person can do.
type plainPage struct {
	Heading string
	Lead    string
	Steps   []string
	Note    string
}

var speeches = []*speech{&english, &spanish, &german, &french, &portuguese}

// speechIn is the speech of a language; English when there is none.
func speechIn(lang string) *speech {
	for _, s := range speeches {
		if s.Lang == lang {
			return s
		}
	}
	return &english
}

// languages are those that pages can speak, the default first.
type languages []string

// of returns the language that the reader of the answer wants.
func (l languages) of(r *http.Request) string {
	return pickLanguage(l, r.URL.Query().Get(langParam), r.Header.Values("Accept-Language"))
}

// chosen returns the query, after sep, that keeps a language which the person
// has chosen; empty when they left it to the browser.
func (l languages) chosen(r *http.Request, sep string) string {
	if lang := match(l, r.URL.Query().Get(langParam)); lang != "" {
		return sep + langParam + "=" + lang
	}
	return ""
}

// speech returns what is said to the reader of the answer.
func (l languages) speech(r *http.Request) *speech { return speechIn(l.of(r)) }

// langParam is the query by which a person chooses a language.
const langParam = "lang"
