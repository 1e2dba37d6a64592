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
	code    string
	by      giver
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
func (r *rating) resume(j *Join) {
	var w wire.Rating
	if s := j.s.deps.Host.Stored(r.key()); s != "" && json.Unmarshal([]byte(s), &w) == nil {
		r.score, r.comment, r.by = w.Score, w.Comment, giver{w.Identity, w.Key}
		r.send(j)
	}
}

// send stores the rating here, then there, as often as it takes.
func (r *rating) send(j *Join) {
	w := wire.Rating{Score: r.score, Comment: clip(strings.TrimSpace(r.comment)), Identity: r.by.identity, Key: r.by.key}
	if b, err := json.Marshal(w); err == nil {
		j.s.deps.Host.Store(r.key(), string(b))
	}
	r.sending = true
	async(&j.s, func(ctx context.Context) (wire.Rating, error) { return j.s.deps.API.Rate(ctx, r.code, w) }, func(_ wire.Rating, err error) {
		r.sending = false
		if err == nil || hopeless(err) {
			// Hopeless is thanked for as well: there is nothing the customer could
			// do. So is one after another that the server has kept.
			j.s.deps.Host.Store(r.key(), "")
			r.kept, r.sent = false, true
			j.s.say(words.RateThanks.In(j.lang))
			j.s.ctx.Defer(func(app.Context) { j.s.deps.Host.Focus(RatingThanks) })
			return
		}
		r.kept = true
		r.tries++
		j.s.say(words.RateKept.In(j.lang))
		j.s.later(min(time.Duration(r.tries)*3*time.Second, time.Minute), func() { r.send(j) })
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

// after is the post-video page: rating, comment, and the way back.
func (j *Join) after() app.UI {
	open := !over(j.state.Status) && j.state.Status != ""
	lead := words.AfterLead.In(j.lang)
	if !open {
		lead = words.EndedNote.In(j.lang) + " " + lead
	}
	return app.Div().Class("card").Body(
		ui.Heading(words.AfterHeading.In(j.lang)),
		app.P().Class("lead").Text(lead),
		j.ratingForm(),
		ui.Hide(app.Div().Class("again"), !open).Body(
			app.P().Class("fine").Text(words.StillOpen.In(j.lang)),
			ui.Button(RejoinButton, "button-quiet", ui.IconCam, words.Rejoin.In(j.lang), j.onRejoin),
		),
		ui.Hide(app.P().Class("fine"), open || !j.rated()).Text(words.Close.In(j.lang)),
	)
}

func (j *Join) rated() bool { return j.rating.sent || j.state.Rated }

func (j *Join) ratingForm() app.UI {
	if j.rated() {
		return app.P().ID(RatingThanks).Class("note note-good").TabIndex(-1).Body(ui.Icon(ui.IconCheck), app.Span().Text(words.RateThanks.In(j.lang)))
	}
	r := &j.rating
	stars := []app.UI{app.Legend().Text(words.RateLegend.In(j.lang))}
	for n := range words.Stars {
		score := n + 1
		stars = append(stars, app.Label().Class("star-label").For(RatingStar(score)).Body(
			app.Input().ID(RatingStar(score)).Class("visually-hidden").Type("radio").Name("score").Value(score).
				Checked(r.score == score).OnChange(j.onStar(score), score),
			ui.Star(),
			app.Span().Class("visually-hidden").Text(strconv.Itoa(score)+": "+words.Stars[n].In(j.lang)),
		))
	}
	chosenWord := ""
	if r.score > 0 {
		chosenWord = words.Stars[r.score-1].In(j.lang)
	}
	return app.Form().ID(RatingForm).Class("rating").OnSubmit(j.onRate).Body(
		app.FieldSet().Class("stars").DataSet("score", r.score).Body(stars...),
		app.P().Class("star-word").Aria("hidden", "true").Text(chosenWord),
		app.Div().Class("field").Body(
			app.Label().For(RatingText).Text(words.RateComment.In(j.lang)),
			app.Textarea().ID(RatingText).Rows(3).MaxLength(wire.MaxComment).OnInput(j.onComment),
		),
		ui.Note("rating-note", r.note(j.lang)),
		ui.Disable(app.Button().ID(RatingSend).Type("submit").Class("button button-primary"), r.sending).
			Text(ui.Pick(r.sending, words.RateSending.In(j.lang), words.RateSend.In(j.lang))),
	)
}

func (r *rating) note(l words.Language) string {
	switch {
	case r.kept:
		return words.RateKept.In(l)
	case r.missing:
		return words.RateMissing.In(l)
	}
	return ""
}

func (j *Join) onStar(score int) app.EventHandler {
	return func(app.Context, app.Event) { j.rate(score) }
}

func (j *Join) rate(score int) {
	j.rating.score, j.rating.missing = score, false
}

func (j *Join) onComment(ctx app.Context, _ app.Event) { j.rating.comment = chosen(ctx) }

func (j *Join) onRate(_ app.Context, e app.Event) {
	e.PreventDefault()
	j.sendRating()
}

func (j *Join) sendRating() {
	switch r := &j.rating; {
	case r.sending:
	case r.score == 0:
		r.missing = true
		j.s.ctx.Defer(func(app.Context) { j.s.deps.Host.Focus(RatingStar(1)) })
	default:
		r.send(j)
	}
}

func (j *Join) onRejoin(app.Context, app.Event) {
	j.back.tries = 0
	j.s.intent.of(j.code)
	j.join(j.s.intent.now().again(j.want))
}

// lost is shown when coming back by ourselves was given up.
func (j *Join) lost() app.UI {
	title, lead := words.LostHeading.In(j.lang), ui.Pick(j.trouble == "", words.LostLead.In(j.lang), j.trouble)
	if j.elsewhere {
		title, lead = words.ElsewhereHeading.In(j.lang), words.ElsewhereLead.In(j.lang)
	}
	return app.Div().Class("card card-center").Body(
		ui.Icon(ui.IconWarn),
		ui.Heading(title),
		app.P().Class("lead").Text(lead),
		app.Div().Class("actions").Body(ui.Button(RejoinButton, "button-primary button-large", ui.IconCam, words.Rejoin.In(j.lang), j.onRejoin)),
	)
}
