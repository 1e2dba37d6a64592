package ui

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/wire"
	"escalate/app/words"
)

// The helpers here exist because of how go-app writes and updates attributes:
// on the server it writes hidden="false", which hides, and aria-pressed="true"
// as a bare word; it sets style through setAttribute, which our CSP forbids.
// So an attribute that is off is left out, and looks come from classes.

// Hide leaves the element in its place but out of sight.
func Hide[T interface{ Hidden(bool) T }](e T, hidden bool) T {
	if hidden {
		return e.Hidden(true)
	}
	return e
}

// Disable makes a button or field inert.
func Disable[T interface{ Disabled(bool) T }](e T, disabled bool) T {
	if disabled {
		return e.Disabled(true)
	}
	return e
}

// Choose marks the option of a <select> that is in force.
func Choose(o app.HTMLOption, on bool) app.HTMLOption {
	if on {
		return o.Selected(true)
	}
	return o
}

// With adds the class if on.
func With[T interface{ Class(...string) T }](e T, on bool, class string) T {
	if on {
		return e.Class(class)
	}
	return e
}

// OnOff is an ARIA state.
func OnOff(on bool) string {
	if on {
		return "true"
	}
	return "false"
}

// Frame is the root of every page: the current step, where a screen reader
// hears of changes, and the body. Both stay in place for as long as the page.
// The browser is asked not to translate what is in the reader's language.
func Frame(page wire.Page, phase string, class, live string, body ...app.UI) app.HTMLMain {
	root := app.Main().ID(RootID).Class(class).DataSet("phase", phase)
	if !page.Translate {
		root = root.Attr("translate", "no")
	}
	return root.Body(
		app.P().ID(LiveID).Class("visually-hidden").Role("status").Aria("live", "polite").Text(live),
		app.Div().Class("page-body").Body(body...),
	)
}

// Brand is the line that says whose page this is.
func Brand(p wire.Page) app.UI {
	if p.Logo != "" {
		return app.Header().Class("brand").Body(
			app.Img().Class("logo").Src(p.Logo).Alt(""), app.Span().Body(Name(p.Brand)))
	}
	return app.Header().Class("brand").Body(Mark(), app.Span().Body(Name(p.Brand)))
}

// Heading is the heading of a step; it takes the focus when the step begins.
func Heading(text string) app.UI {
	return app.H1().ID(HeadingID).TabIndex(-1).Text(text)
}

// HeadingOf is heading with a name in it.
func HeadingOf(s words.Sentence) app.UI {
	return app.H1().ID(HeadingID).TabIndex(-1).Body(Sentence(s))
}

// StartNote is where start.js says that the page is loading or could not load.
func StartNote(l words.Language) app.UI {
	return app.P().ID(StartNoteID).Class("note").Role("status").Hidden(true).
		DataSet("starting", words.Starting.In(l)).DataSet("failed", words.StartFailed.In(l))
}

// Note is a paragraph that asks for attention; it is not there when empty.
func Note(id, text string) app.UI {
	return Hide(app.P().ID(id).Class("note note-trouble").Role("alert"), text == "").Text(text)
}

// Button is a button with an icon and words. A nil icon has none.
func Button(id, class, icon, text string, onClick app.EventHandler) app.HTMLButton {
	b := app.Button().ID(id).Type("button").Class("button", class).OnClick(onClick)
	if icon == "" {
		return b.Body(app.Span().Text(text))
	}
	return b.Body(Icon(icon), app.Span().Text(text))
}

// Control is a button of a call: an icon on a disc, and words under it.
func Control(id, icon, text string, h app.EventHandler) app.HTMLButton {
	return app.Button().ID(id).Type("button").Class("control").OnClick(h).Body(
		app.Span().Class("control-disc").Body(Icon(icon)),
		app.Span().Class("control-text").Text(text),
	)
}

// Pick returns a where first holds, else b.
func Pick[T any](first bool, a, b T) T {
	if first {
		return a
	}
	return b
}
