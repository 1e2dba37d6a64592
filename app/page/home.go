package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/wire"
	"escalate/app/words"
)

// Home is the landing page: type a code. Its form is a plain GET to the
// server, which knows the way; it works without this program.
type Home struct {
	app.Compo

	host Host
	lang words.Language
	page wire.Page
	code string
}

func newHome(d Deps) *Home {
	p := pageData(d.Host)
	return &Home{host: d.Host, lang: words.In(p.Lang), page: p}
}

// OnMount takes over what was typed before.
func (h *Home) OnMount(ctx app.Context) {
	e := earlyOf(h.host)
	h.code = e.Code
	if e.Focus != "" {
		ctx.Defer(func(app.Context) { h.host.Focus(e.Focus) })
	}
}

// Render implements app.Composer.
func (h *Home) Render() app.UI {
	input := app.Input().ID(CodeInput).Name("code").Type("text").Required(true).
		Attr("autocapitalize", "none").Attr("autocomplete", "one-time-code").Attr("spellcheck", "false").
		Aria("describedby", "code-hint")
	if h.code != "" {
		input = input.Value(h.code)
	}
	return ui.Frame(h.page, string(PhaseHome), "page", "", ui.Brand(h.page),
		app.Div().Class("card").Body(
			ui.Heading(words.HomeHeading.In(h.lang)),
			app.P().Class("lead").Text(words.HomeLead.In(h.lang)),
			app.Form().Class("code-form").Action(wire.HomePage).Method("get").Body(
				app.Div().Class("field").Body(
					app.Label().For(CodeInput).Text(words.CodeLabel.In(h.lang)),
					input,
					app.P().ID("code-hint").Class("fine").Text(words.CodeHint.In(h.lang)),
				),
				ui.Disable(app.Input().Type("hidden").Name("lang").Value(h.page.Lang), !h.page.LangChosen),
				app.Button().ID(CodeSubmit).Type("submit").Class("button button-primary button-large").Text(words.CodeSubmit.In(h.lang)),
			),
		),
	).DataSet("sdk", "none") // start.js need not load twilio-video.js here
}
