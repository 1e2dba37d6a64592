package page

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/wire"
	"escalate/app/words"
)

// rating is the customer's verdict on its way to the server. From the click on
// Send until the server has it, it is kept in the browser: a closed tab or a
// dead network loses nothing.
type rating struct {
	screen *ui.Screen
	host   Host
	api    API
	code   string
	by     giver

	score   int
	comment string
	missing bool // Send was pressed without a score
	sending bool
	kept    bool // sending did not work yet; trying again
	sent    bool
	tries   int
}

// giver is who rates, and the proof of it: of the last Join.
type giver struct{ identity, key string }

func (r *rating) key() string { return "escalate.rating." + r.code }

// resume sends what an earlier visit could not.
func (r *rating) resume() {
	var w wire.Rating
	if s := r.host.Stored(r.key()); s != "" && json.Unmarshal([]byte(s), &w) == nil {
		r.score, r.comment, r.by = w.Score, w.Comment, giver{w.Identity, w.Key}
		r.send()
	}
}

// send stores the rating here, then there, as often as it takes.
func (r *rating) send() {
	w := wire.Rating{Score: r.score, Comment: clip(strings.TrimSpace(r.comment)), Identity: r.by.identity, Key: r.by.key}
	if b, err := json.Marshal(w); err == nil {
		r.host.Store(r.key(), string(b))
	}
	r.sending = true
	r.screen.Go(func(ctx context.Context) func() {
		_, err := r.api.Rate(ctx, r.code, w)
		return func() {
			r.sending = false
			if err == nil || hopeless(err) {
				// Hopeless is thanked for as well: there is nothing the customer could
				// do. So is one after another that the server has kept.
				r.host.Store(r.key(), "")
				r.kept, r.sent = false, true
				r.screen.Say(words.RateThanks.In(r.screen.Lang))
				r.screen.Then(func() { r.host.Focus(RatingThanks) })
				return
			}
			r.kept = true
			r.tries++
			r.screen.Say(words.RateKept.In(r.screen.Lang))
			r.screen.Later(min(time.Duration(r.tries)*3*time.Second, time.Minute), r.send)
		}
	})
}

// hopeless says that the server will never take the rating.
func hopeless(err error) bool {
	var e *wire.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case wire.CodeBadRequest, wire.CodeUnknownCode, wire.CodeNotInCall, wire.CodeExpired:
		return true
	case wire.CodeForbidden:
		return e.Message != "" // without one it is no answer of our server's
	}
	return false
}

// clip cuts a comment to what the server takes.
func clip(s string) string {
	if r := []rune(s); len(r) > wire.MaxComment {
		return string(r[:wire.MaxComment])
	}
	return s
}

// form asks for the rating, or gives thanks for it. by is who would give it.
func (r *rating) form(rated bool, by giver) app.UI {
	if rated {
		return app.P().ID(RatingThanks).Class("note note-good").TabIndex(-1).Body(ui.Icon(ui.IconCheck), app.Span().Text(words.RateThanks.In(r.screen.Lang)))
	}
	stars := []app.UI{app.Legend().Text(words.RateLegend.In(r.screen.Lang))}
	for n := range words.Stars {
		score := n + 1
		stars = append(stars, app.Label().Class("star-label").For(RatingStar(score)).Body(
			app.Input().ID(RatingStar(score)).Class("visually-hidden").Type("radio").Name("score").Value(score).
				Checked(r.score == score).OnChange(func(app.Context, app.Event) { r.rate(score) }, score),
			ui.Star(),
			app.Span().Class("visually-hidden").Text(strconv.Itoa(score)+": "+words.Stars[n].In(r.screen.Lang)),
		))
	}
	chosenWord := ""
	if r.score > 0 {
		chosenWord = words.Stars[r.score-1].In(r.screen.Lang)
	}
	return app.Form().ID(RatingForm).Class("rating").OnSubmit(func(_ app.Context, e app.Event) {
		e.PreventDefault()
		r.submit(by)
	}, by.identity).Body(
		app.FieldSet().Class("stars").DataSet("score", r.score).Body(stars...),
		app.P().Class("star-word").Aria("hidden", "true").Text(chosenWord),
		app.Div().Class("field").Body(
			app.Label().For(RatingText).Text(words.RateComment.In(r.screen.Lang)),
			app.Textarea().ID(RatingText).Rows(3).MaxLength(wire.MaxComment).OnInput(r.onComment),
		),
		ui.Note("rating-note", r.note()),
		ui.Disable(app.Button().ID(RatingSend).Type("submit").Class("button button-primary"), r.sending).
			Text(ui.Pick(r.sending, words.RateSending.In(r.screen.Lang), words.RateSend.In(r.screen.Lang))),
	)
}

func (r *rating) note() string {
	switch {
	case r.kept:
		return words.RateKept.In(r.screen.Lang)
	case r.missing:
		return words.RateMissing.In(r.screen.Lang)
	}
	return ""
}

func (r *rating) rate(score int) { r.score, r.missing = score, false }

func (r *rating) onComment(ctx app.Context, _ app.Event) { r.comment = ui.Value(ctx) }

// submit sends what was chosen, if something was.
func (r *rating) submit(by giver) {
	switch {
	case r.sending:
	case r.score == 0:
		r.missing = true
		r.screen.Then(func() { r.host.Focus(RatingStar(1)) })
	default:
		r.by = by
		r.send()
	}
}
