package stage

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/call"
	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/words"
)

// Text beside the call: what people fall back on when they cannot hear each
// other. It travels on the data Track of whoever writes, so that it works
// wherever the call does, and needs no server.

// maxSends is how often a note is sent before the writer is told.
const maxSends = 12

// Talk is the text panel of a call, and the notes on their way.
type Talk struct {
	call.Talk
	// Draft is what is written and not sent yet.
	Draft string
	// ResendEvery is how long a note waits for its acknowledgment.
	ResendEvery time.Duration

	stage  *Stage
	open   bool
	serial int
	// way are the notes without an acknowledgment, with how often each was sent.
	way map[string]*sent
}

// newTalk returns the panel of s. The first acknowledgment of a call takes a second
// or two: both data Tracks have to be opened.
func newTalk(s *Stage) *Talk { return &Talk{stage: s, ResendEvery: 1500 * time.Millisecond} }

type sent struct {
	note  call.Note
	times int
}

// Send sends what is in the field.
func (t *Talk) Send() {
	text := strings.TrimSpace(t.Draft)
	if text == "" {
		return
	}
	if r := []rune(text); len(r) > call.MaxText {
		text = string(r[:call.MaxText])
	}
	t.Draft = ""
	t.stage.host.Fill(TalkInput, "")
	n := t.note(call.NoteText)
	n.Text = text
	t.Talk = t.Write(n.ID, text)
	t.send(n)
	t.showNewest()
}

func (t *Talk) showNewest() {
	t.stage.screen.Then(func() { t.stage.host.ScrollDown(TalkLog) })
}

// note is a new note; its id is ours alone, through every rejoin.
func (t *Talk) note(kind string) call.Note {
	t.serial++
	return call.Note{Type: kind, ID: t.stage.Call.Identity + "/" + strconv.Itoa(t.serial)}
}

// send sends a note until somebody has it.
func (t *Talk) send(n call.Note) {
	if t.way == nil {
		t.way = map[string]*sent{}
	}
	w := &sent{note: n}
	t.way[n.ID] = w
	t.push(w)
}

func (t *Talk) push(w *sent) {
	n := w.note
	if t.way[n.ID] != w {
		return // arrived, or sent anew
	}
	if w.times >= maxSends {
		delete(t.way, n.ID)
		if n.Type == call.NoteText {
			t.Talk = t.Mark(n.ID, call.Undelivered)
			t.stage.screen.Say(words.TalkFailed.In(t.stage.screen.Lang))
		}
		return
	}
	// While nobody is there, or we are not, it waits.
	if c := t.stage.Call; c.room != nil && len(c.State.Participants) > 0 {
		w.times++
		t.post(n) // without an acknowledgment it is sent again
	}
	t.stage.screen.Later(t.ResendEvery, func() { t.push(w) })
}

// post sends a note once. An error says no more than an acknowledgment that does
// not come.
func (t *Talk) post(n call.Note) {
	if room := t.stage.Call.room; room != nil {
		t.stage.screen.Act(func(ctx context.Context) error { return room.Send(ctx, n.Encode()) }, func(error) {})
	}
}

// Again sends a line anew that was given up.
func (t *Talk) Again(id string) {
	for _, l := range t.Lines {
		if l.ID == id && l.Mine() && l.Delivery == call.Undelivered {
			t.Talk = t.Mark(id, call.Sending)
			t.send(call.Note{Type: call.NoteText, ID: id, Text: l.Text})
		}
	}
}

// heard takes in what came over a data Track.
func (t *Talk) heard(e video.DataReceived) {
	n, ok := call.ReadNote(e.Text)
	c, screen := t.stage.Call, t.stage.screen
	p, here := c.State.Participant(e.ParticipantSID)
	if !ok || !here {
		return
	}
	if n.Type == call.NoteAck {
		delete(t.way, n.ID)
		t.Talk = t.Mark(n.ID, call.Arrived)
		return
	}
	t.post(call.Note{Type: call.NoteAck, ID: n.ID}) // if it is lost, they send theirs again
	switch n.Type {
	case call.NotePaused:
		if c.State.Paused(p.SID) != n.On {
			c.State = c.State.PausedBy(p.SID, n.On)
			screen.Say(ui.Pick(n.On, &words.DidPause, &words.DidResume).With(screen.Lang, t.stage.NameOf(p.Identity)))
		}
	case call.NoteText:
		var news bool
		if t.Talk, news = t.Hear(p.Identity, n, !t.open); news && !t.open {
			screen.Say(words.DidWrite.With(screen.Lang, t.stage.NameOf(p.Identity)) + " " + n.Text)
		}
		t.showNewest()
	}
}

// tellPaused says to the others whether a phone call or the like has taken our
// microphone or camera; without, they would wonder at a frozen picture.
func (t *Talk) tellPaused() {
	for id, w := range t.way {
		if w.note.Type == call.NotePaused {
			delete(t.way, id) // overtaken
		}
	}
	n := t.note(call.NotePaused)
	n.On = interrupted(t.stage.Call.State)
	t.send(n)
}

// Toggle opens or closes the panel.
func (t *Talk) Toggle() {
	t.open = !t.open
	t.stage.panel.open = false
	if t.open {
		t.Talk = t.Read()
		t.showNewest()
		t.stage.screen.Then(func() { t.stage.host.Focus(TalkInput) })
	}
}

func (t *Talk) onToggle(app.Context, app.Event) { t.Toggle() }

func (t *Talk) onDraft(ctx app.Context, _ app.Event) { t.Draft = ui.Value(ctx) }

func (t *Talk) onSend(_ app.Context, e app.Event) {
	e.PreventDefault()
	t.Send()
}

// panel is the log and the field.
func (t *Talk) panel() app.UI {
	var lines []app.UI
	for _, l := range t.Lines {
		lines = append(lines, t.line(l))
	}
	return ui.Hide(app.Section().ID(TalkPanel).Class("panel panel-talk").Aria("label", words.TalkTitle.In(t.stage.screen.Lang)), !t.open).Body(
		app.H2().Class("panel-title").Text(words.TalkTitle.In(t.stage.screen.Lang)),
		ui.Hide(app.P().Class("fine"), len(lines) > 0).Text(words.TalkHint.In(t.stage.screen.Lang)),
		app.Div().ID(TalkLog).Class("talk-log").Role("log").Aria("label", words.TalkTitle.In(t.stage.screen.Lang)).TabIndex(0).Body(
			app.Ol().Class("talk").Body(lines...)),
		app.Form().Class("talk-form").OnSubmit(t.onSend).Body(
			app.Label().Class("visually-hidden").For(TalkInput).Text(words.TalkLabel.In(t.stage.screen.Lang)),
			app.Input().ID(TalkInput).Type("text").MaxLength(call.MaxText).AutoComplete(false).
				Placeholder(words.TalkLabel.In(t.stage.screen.Lang)).OnInput(t.onDraft),
			app.Button().ID(TalkSend).Type("submit").Class("button button-primary").Body(ui.Icon(ui.IconSend),
				app.Span().Class("visually-hidden").Text(words.RateSend.In(t.stage.screen.Lang))),
		),
	)
}

func (t *Talk) line(l call.Line) app.UI {
	name, state := words.You.In(t.stage.screen.Lang), ""
	if !l.Mine() {
		name = t.stage.NameOf(l.Identity)
	}
	switch {
	case !l.Mine():
	case l.Delivery == call.Sending:
		state = words.RateSending.In(t.stage.screen.Lang)
	case l.Delivery == call.Undelivered:
		state = words.TalkFailed.In(t.stage.screen.Lang)
	}
	id := l.ID
	return ui.With(app.Li().Class("talk-line"), l.Mine(), "talk-mine").Body(
		app.Span().Class("talk-name").Body(ui.Name(name)),
		app.Span().Class("talk-text").Dir("auto").Text(l.Text),
		ui.Hide(app.Span().Class("talk-state"), state == "").Text(state),
		ui.Hide(app.Button().Type("button").Class("button button-quiet").
			OnClick(func(app.Context, app.Event) { t.Again(id) }, id), l.Delivery != call.Undelivered).Text(words.TryAgain.In(t.stage.screen.Lang)),
	)
}

// control opens the panel, and says how much was not read.
func (t *Talk) control() app.UI {
	unread := ""
	if n := t.Unread; n > 0 {
		unread = strconv.Itoa(n)
	}
	return app.Button().ID(TalkButton).Type("button").Class("control").OnClick(t.onToggle).
		Aria("expanded", ui.OnOff(t.open)).Aria("controls", TalkPanel).DataSet("unread", ui.OnOff(unread != "")).Body(
		app.Span().Class("control-disc").Body(ui.Icon(ui.IconTalk),
			ui.Hide(app.Span().Class("badge"), unread == "").Body(app.Span().Text(unread),
				app.Span().Class("visually-hidden").Text(" "+words.Unread.In(t.stage.screen.Lang)))),
		app.Span().Class("control-text").Text(words.TalkTitle.In(t.stage.screen.Lang)),
	)
}
