package ui

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/words"
)

// noticeFor is how long a notice stays: long enough to read it twice, short
// enough not to hide a face for the rest of the call.
const noticeFor = 12 * time.Second

// Screen is one page as the parts it is made of share it: its language, what it
// says, and its turn on the UI goroutine. All state of a page belongs to that
// goroutine; what has to wait runs beside it in goroutines that end with the
// page, and hands its result over by Do.
type Screen struct {
	Lang words.Language
	// Trouble is what went wrong, "" for nothing.
	Trouble string
	// Notice is what the page did by itself, and shows for a while.
	Notice words.Sentence

	// ctx is the page's component: an element of it may be gone when a result
	// arrives, and what is dispatched to a gone element is dropped.
	ctx     app.Context
	live    string
	changed func()
}

// Begin is told that the page is there. changed is called whenever markup may have
// come that Tracks are drawn into, once it is there.
func (s *Screen) Begin(ctx app.Context, changed func()) { s.ctx, s.changed = ctx, changed }

// Context ends with the page.
func (s *Screen) Context() context.Context { return s.ctx }

// Do runs f on the UI goroutine, from any other; the page is drawn anew then.
func (s *Screen) Do(f func()) { s.ctx.Dispatch(func(app.Context) { f() }) }

// DoQuietly is Do for what mostly changes nothing that can be seen: the page is
// drawn anew only if f returns true.
func (s *Screen) DoQuietly(f func() (seen bool)) {
	s.ctx.Dispatch(func(c app.Context) {
		if !f() {
			c.PreventUpdate()
		}
	})
}

// Then runs f once the page is drawn.
func (s *Screen) Then(f func()) { s.ctx.Defer(func(app.Context) { f() }) }

// Changed says that there may be new markup to draw Tracks into.
func (s *Screen) Changed() { s.Then(s.changed) }

// Later runs f after a while, unless the page is gone.
func (s *Screen) Later(d time.Duration, f func()) {
	ctx := s.ctx
	go func() {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-ctx.Done():
		case <-t.C:
			ctx.Dispatch(func(app.Context) { f() })
		}
	}()
}

// Live is what a screen reader says next.
func (s *Screen) Live() string { return s.live }

// Say makes a screen reader say it.
func (s *Screen) Say(text string) {
	if text == s.live {
		text += "\u00a0" // an unchanged text would not be said again
	}
	s.live = text
}

// Tell shows and says what the page did by itself.
func (s *Screen) Tell(text words.Sentence) {
	s.Notice = text
	s.Say(text.String())
	s.Later(noticeFor, func() {
		if s.Notice == text {
			s.Notice = words.Sentence{}
		}
	})
}

// Complain shows and says what went wrong.
func (s *Screen) Complain(text string) {
	s.Trouble = text
	s.Say(text)
}

// Go runs work beside the UI, and what it returns on it, unless the page is gone
// then.
func (s *Screen) Go(work func(context.Context) (then func())) { s.GoIn(s.ctx, work) }

// GoIn is Go with a Context that may end before the page. Neither is generic: each
// function that is made for another type is half a kilobyte of the program.
func (s *Screen) GoIn(ctx context.Context, work func(context.Context) (then func())) {
	page := s.ctx
	go func() {
		then := work(ctx)
		page.Dispatch(func(app.Context) { then() })
	}()
}

// Act is Go for work that may only fail.
func (s *Screen) Act(work func(context.Context) error, done func(error)) {
	s.Go(func(ctx context.Context) func() {
		err := work(ctx)
		return func() { done(err) }
	})
}

// Value is the value of the field that an event came from.
func Value(ctx app.Context) string { return ctx.JSSrc().Get("value").String() }

// Ticked says whether the box is ticked that an event came from.
func Ticked(ctx app.Context) bool { return ctx.JSSrc().Get("checked").Bool() }

// Try is one of several tries at something. The next one supersedes it: what it
// asked for is taken back, and what still comes of it is ignored.
type Try struct{ cancel context.CancelFunc }

// Begin starts a try in place of the one before and returns its Context, which
// has ended once the try is superseded or the page is gone.
func (t *Try) Begin(page context.Context) context.Context {
	t.End()
	ctx, cancel := context.WithCancel(page)
	t.cancel = cancel
	return ctx
}

// End supersedes the try, if there is one.
func (t *Try) End() {
	if t.cancel != nil {
		t.cancel()
		t.cancel = nil
	}
}

// Going says whether there is a try that has not ended.
func (t *Try) Going() bool { return t.cancel != nil }

// Superseded says whether a try must not go on.
func Superseded(try context.Context) bool { return try.Err() != nil }
