package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/wire"
	"escalate/app/words"
)

// The helpers here exist because of how go-app writes and updates attributes:
// on the server it writes hidden="false", which hides, and aria-pressed="true"
// as a bare word; it sets style through setAttribute, which our CSP forbids.
// So an attribute that is off is left out, and looks come from classes.

// hide leaves the element in its place but out of sight.
func hide[T interface{ Hidden(bool) T }](e T, hidden bool) T {
	if hidden {
		return e.Hidden(true)
	}
	return e
}

// disable makes a button or field inert.
func disable[T interface{ Disabled(bool) T }](e T, disabled bool) T {
	if disabled {
		return e.Disabled(true)
	}
	return e
}

// choose marks the option of a <select> that is in force.
func choose(o app.HTMLOption, on bool) app.HTMLOption {
	if on {
		return o.Selected(true)
	}
	return o
}

// with adds the class if on.
func with[T interface{ Class(...string) T }](e T, on bool, class string) T {
	if on {
		return e.Class(class)
	}
	return e
}

// onOff is an ARIA state.
func onOff(on bool) string {
	if on {
		return "true"
	}
	return "false"
}

// frame is the root of every page: the current step, where a screen reader
// hears of changes, and the body. Both stay in place for as long as the page.
// The browser is asked not to translate what is in the reader's language.
func frame(page wire.Page, p Phase, class, live string, body ...app.UI) app.HTMLMain {
	root := app.Main().ID(RootID).Class(class).DataSet("phase", string(p))
	if !page.Translate {
		root = root.Attr("translate", "no")
	}
	return root.Body(
		app.P().ID(LiveID).Class("visually-hidden").Role("status").Aria("live", "polite").Text(live),
		app.Div().Class("page-body").Body(body...),
	)
}

// brand is the line that says whose page this is.
func brand(p wire.Page) app.UI {
	if p.Logo != "" {
		return app.Header().Class("brand").Body(
			app.Img().Class("logo").Src(p.Logo).Alt(""), app.Span().Body(bdi(p.Brand)))
	}
	return app.Header().Class("brand").Body(mark(), app.Span().Body(bdi(p.Brand)))
}

// heading is the heading of a step; it takes the focus when the step begins.
func heading(text string) app.UI {
	return app.H1().ID(HeadingID).TabIndex(-1).Text(text)
}

// headingOf is heading with a name in it.
func headingOf(s words.Sentence) app.UI {
	return app.H1().ID(HeadingID).TabIndex(-1).Body(sentence(s))
}

// startNote is where start.js says that the page is loading or could not load.
func startNote(l words.Language) app.UI {
	return app.P().ID(StartNote).Class("note").Role("status").Hidden(true).
		DataSet("starting", words.Starting.In(l)).DataSet("failed", words.StartFailed.In(l))
}

// note is a paragraph that asks for attention; it is not there when empty.
func note(id, text string) app.UI {
	return hide(app.P().ID(id).Class("note note-trouble").Role("alert"), text == "").Text(text)
}

// button is a button with an icon and words. A nil icon has none.
func button(id, class, icon, text string, onClick app.EventHandler) app.HTMLButton {
	b := app.Button().ID(id).Type("button").Class("button", class).OnClick(onClick)
	if icon == "" {
		return b.Body(app.Span().Text(text))
	}
	return b.Body(svg(icon), app.Span().Text(text))
}
