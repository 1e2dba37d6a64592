package page

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

// resendEvery is how long a note waits for its acknowledgment. The first one
// of a call takes a second or two: both data Tracks have to be opened.
const resendEvery = 1500 * time.Millisecond

// maxSends is how often a note is sent before the writer is told.
const maxSends = 12

// talk is the text panel of a call, and the notes on their way.
type talk struct {
	call.Talk
	open   bool
	draft  string
	serial int
	// way are the notes without an acknowledgment, with how often each was sent.
	way map[string]*sent
}

type sent struct {
	note  call.Note
	times int
}

// write sends what is in the field.
func (s *session) write() {
	text := strings.TrimSpace(s.talk.draft)
	if text == "" {
		return
	}
	if r := []rune(text); len(r) > call.MaxText {
		text = string(r[:call.MaxText])
	}
	s.talk.draft = ""
	s.deps.Host.Fill(TalkInput, "")
	n := s.note(call.NoteText)
	n.Text = text
	s.talk.Talk = s.talk.Write(n.ID, text)
	s.send(n)
	s.ctx.Defer(func(app.Context) { s.deps.Host.ScrollDown(TalkLog) })
}

// note is a new note; its id is ours alone, through every rejoin.
func (s *session) note(kind string) call.Note {
	s.talk.serial++
	return call.Note{Type: kind, ID: s.identity + "/" + strconv.Itoa(s.talk.serial)}
}

// send sends a note until somebody has it.
func (s *session) send(n call.Note) {
	if s.talk.way == nil {
		s.talk.way = map[string]*sent{}
	}
	w := &sent{note: n}
	s.talk.way[n.ID] = w
	s.push(w)
}

func (s *session) push(w *sent) {
	n := w.note
	if s.talk.way[n.ID] != w {
		return // arrived, or sent anew
	}
	if w.times >= maxSends {
		delete(s.talk.way, n.ID)
		if n.Type == call.NoteText {
			s.talk.Talk = s.talk.Mark(n.ID, call.Undelivered)
			s.say(words.TalkFailed.In(s.lang))
		}
		return
	}
	// While nobody is there, or we are not, it waits.
	if room := s.room; room != nil && len(s.state.Participants) > 0 {
		w.times++
		act(s, func(ctx context.Context) error { return room.Send(ctx, n.Encode()) }, func(error) {
			// Without an acknowledgment it is sent again; an error says no more.
		})
	}
	s.later(resendEvery, func() { s.push(w) })
}

// again sends a line anew that was given up.
func (s *session) again(id string) {
	for _, l := range s.talk.Lines {
		if l.ID == id && l.Mine() && l.Delivery == call.Undelivered {
			s.talk.Talk = s.talk.Mark(id, call.Sending)
			s.send(call.Note{Type: call.NoteText, ID: id, Text: l.Text})
		}
	}
}

// heardNote takes in what came over a data Track.
func (s *session) heardNote(e video.DataReceived) {
	n, ok := call.ReadNote(e.Text)
	p, here := s.state.Participant(e.ParticipantSID)
	if !ok || !here {
		return
	}
	if n.Type == call.NoteAck {
		delete(s.talk.way, n.ID)
		s.talk.Talk = s.talk.Mark(n.ID, call.Arrived)
		return
	}
	if room := s.room; room != nil {
		ack := call.Note{Type: call.NoteAck, ID: n.ID}
		act(s, func(ctx context.Context) error { return room.Send(ctx, ack.Encode()) }, func(error) {
			// They will send it again, and we acknowledge it again.
		})
	}
	switch n.Type {
	case call.NotePaused:
		if s.state.Paused(p.SID) != n.On {
			s.state = s.state.PausedBy(p.SID, n.On)
			s.say(ui.Pick(n.On, &words.DidPause, &words.DidResume).With(s.lang, s.nameOf(p.Identity)))
		}
	case call.NoteText:
		var news bool
		if s.talk.Talk, news = s.talk.Hear(p.Identity, n, !s.talk.open); news && !s.talk.open {
			s.say(words.DidWrite.With(s.lang, s.nameOf(p.Identity)) + " " + n.Text)
		}
		s.ctx.Defer(func(app.Context) { s.deps.Host.ScrollDown(TalkLog) })
	}
}

// tellPaused says to the others whether a phone call or the like has taken our
// microphone or camera; without, they would wonder at a frozen picture.
func (s *session) tellPaused() {
	on := s.interrupted()
	for id, w := range s.talk.way {
		if w.note.Type == call.NotePaused {
			delete(s.talk.way, id) // overtaken
		}
	}
	n := s.note(call.NotePaused)
	n.On = on
	s.send(n)
}

func (s *session) interrupted() bool {
	return s.state.Interrupted[video.Audio] || s.state.Interrupted[video.Video]
}

func (s *session) onTalk(app.Context, app.Event) {
	s.talk.open = !s.talk.open
	s.moreOpen = false
	if s.talk.open {
		s.talk.Talk = s.talk.Read()
		s.ctx.Defer(func(app.Context) {
			s.deps.Host.ScrollDown(TalkLog)
			s.deps.Host.Focus(TalkInput)
		})
	}
}

func (s *session) onDraft(ctx app.Context, _ app.Event) { s.talk.draft = chosen(ctx) }

func (s *session) onWrite(_ app.Context, e app.Event) {
	e.PreventDefault()
	s.write()
}

// talkPanel is the log and the field.
func (s *session) talkPanel() app.UI {
	var lines []app.UI
	for _, l := range s.talk.Lines {
		lines = append(lines, s.talkLine(l))
	}
	return ui.Hide(app.Section().ID(TalkPanel).Class("panel panel-talk").Aria("label", words.TalkTitle.In(s.lang)), !s.talk.open).Body(
		app.H2().Class("panel-title").Text(words.TalkTitle.In(s.lang)),
		ui.Hide(app.P().Class("fine"), len(lines) > 0).Text(words.TalkHint.In(s.lang)),
		app.Div().ID(TalkLog).Class("talk-log").Role("log").Aria("label", words.TalkTitle.In(s.lang)).TabIndex(0).Body(
			app.Ol().Class("talk").Body(lines...)),
		app.Form().Class("talk-form").OnSubmit(s.onWrite).Body(
			app.Label().Class("visually-hidden").For(TalkInput).Text(words.TalkLabel.In(s.lang)),
			app.Input().ID(TalkInput).Type("text").MaxLength(call.MaxText).AutoComplete(false).
				Placeholder(words.TalkLabel.In(s.lang)).OnInput(s.onDraft),
			app.Button().ID(TalkSend).Type("submit").Class("button button-primary").Body(ui.Icon(ui.IconSend),
				app.Span().Class("visually-hidden").Text(words.RateSend.In(s.lang))),
		),
	)
}

func (s *session) talkLine(l call.Line) app.UI {
	name, state := words.You.In(s.lang), ""
	if !l.Mine() {
		name = s.nameOf(l.Identity)
	}
	switch {
	case !l.Mine():
	case l.Delivery == call.Sending:
		state = words.RateSending.In(s.lang)
	case l.Delivery == call.Undelivered:
		state = words.TalkFailed.In(s.lang)
	}
	id := l.ID
	return ui.With(app.Li().Class("talk-line"), l.Mine(), "talk-mine").Body(
		app.Span().Class("talk-name").Body(ui.Name(name)),
		app.Span().Class("talk-text").Dir("auto").Text(l.Text),
		ui.Hide(app.Span().Class("talk-state"), state == "").Text(state),
		ui.Hide(app.Button().Type("button").Class("button button-quiet").
			OnClick(func(app.Context, app.Event) { s.again(id) }, id), l.Delivery != call.Undelivered).Text(words.TryAgain.In(s.lang)),
	)
}

// talkControl opens the panel, and says how much was not read.
func (s *session) talkControl() app.UI {
	unread := ""
	if n := s.talk.Unread; n > 0 {
		unread = strconv.Itoa(n)
	}
	return app.Button().ID(TalkButton).Type("button").Class("control").OnClick(s.onTalk).
		Aria("expanded", ui.OnOff(s.talk.open)).Aria("controls", TalkPanel).DataSet("unread", ui.OnOff(unread != "")).Body(
		app.Span().Class("control-disc").Body(ui.Icon(ui.IconTalk),
			ui.Hide(app.Span().Class("badge"), unread == "").Body(app.Span().Text(unread),
				app.Span().Class("visually-hidden").Text(" "+words.Unread.In(s.lang)))),
		app.Span().Class("control-text").Text(words.TalkTitle.In(s.lang)),
	)
}
