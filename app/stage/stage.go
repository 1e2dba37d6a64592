// Package stage is a call as people see it: the others and themselves on tiles,
// the controls, the panel behind More, the text beside the call, the small
// window, and what is said about what happens. A new control is a button in
// controls.go, its words in package words, and where it needs one an icon in
// package ui.
package stage

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/call"
	"escalate/app/device"
	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/words"
)

// Host is the browser around the page.
type Host interface {
	device.Host
	// Focus moves the keyboard focus to the element with the id.
	Focus(id string)
	// Fill puts text into the field with the id.
	Fill(id, text string)
	// ScrollDown shows the end of the element with the id.
	ScrollDown(id string)
	// Mini shows the <video>s with the ids in a small window on top of all
	// others, with a copy of the buttons; where a browser can only show one
	// video, it is the first. closed is told when the window is gone. Begin it
	// in a click.
	Mini(ctx context.Context, title string, videos, buttons []string, closed func()) (stop func(), err error)
	// Fullscreen shows the element with the id on the whole screen, or ends that.
	Fullscreen(ctx context.Context, id string, on bool) error
	// OnFullscreen tells when the whole screen is entered or left.
	OnFullscreen(f func(on bool)) (stop func())
	// KeepAwake asks that the screen stays on until stop.
	KeepAwake() (stop func())
	// AskBeforeLeaving has the browser ask whether the page is really to be
	// reloaded, closed or left, until stop.
	AskBeforeLeaving() (stop func())
	// OnKeys calls f with each of the named key combinations, such as "mod+d",
	// that is pressed in the page.
	OnKeys(names []string, f func(name string)) (stop func())
	// OnVisibility calls f when the page comes into view or leaves it, and at
	// once for a page that is out of view already.
	OnVisibility(f func(visible bool)) (stop func())
}

// Stage is the call of one page, with the devices that people bring to it. It
// belongs to the UI goroutine.
type Stage struct {
	Call *Call
	Kit  *device.Kit
	Talk *Talk

	// NameOf is what to call a Participant, by identity.
	NameOf func(identity string) string
	// Fills says that pictures fill their tiles unless the person wants them whole.
	Fills bool
	// Recorded says that the call is known to be recorded, whatever the Room tells.
	Recorded bool
	// Now is the time.
	Now func() time.Time

	screen *ui.Screen
	host   Host
	tiles  tiles
	panel  panel
	share  share
	stops  []func()
}

// New returns the Stage of a page. What is wanted on is kept in the browser under
// intentKey.
func New(screen *ui.Screen, host Host, devices video.Devices, connector video.Connector, intentKey string) *Stage {
	s := &Stage{screen: screen, host: host, Now: time.Now}
	s.Call = newCall(screen, host, connector, s)
	s.Kit = device.New(screen, host, devices, s.Call, intentKey)
	s.Call.kit = s.Kit
	s.Talk = newTalk(s)
	s.tiles = tiles{stage: s, drawn: map[string]string{}}
	s.panel = panel{stage: s}
	s.share = share{stage: s}
	return s
}

// Begin starts what lasts as long as the page.
func (s *Stage) Begin(ctx app.Context) {
	s.screen.Begin(ctx, s.tiles.attach)
	s.stops = append(s.stops,
		s.Kit.Begin(),
		s.listenToKeys(),
		s.host.OnFullscreen(func(on bool) { s.screen.Do(func() { s.panel.full = on }) }),
		s.host.OnVisibility(func(visible bool) { s.screen.Do(func() { s.Kit.Seen(visible) }) }),
	)
}

// Close gives back everything; the page is going away.
func (s *Stage) Close() {
	for _, stop := range s.stops {
		stop()
	}
	s.stops = nil
	s.Call.close()
	s.Kit.Release()
}

// begun is told that a Room is being joined.
func (s *Stage) begun() {
	s.Kit.Joining()
	s.tiles.clear()
	s.share.busy = false
	s.screen.Trouble, s.screen.Notice = "", words.Sentence{}
}

// heard is told of an event of the Room, and how the call was before.
func (s *Stage) heard(before call.State, ev video.Event) {
	s.tiles.place()
	s.sayEvent(before, ev)
	s.react(before, ev)
}

// measured is told what a measurement changed.
func (s *Stage) measured(before, now call.State) {
	if now.Stalled() && !before.Stalled() {
		s.screen.Say(words.Stalled.In(s.screen.Lang))
	}
}

// over is told that the call is over, or given up.
func (s *Stage) over() { s.panel.closeMini() }

// react does what an event asks for, beyond showing it.
func (s *Stage) react(before call.State, ev video.Event) {
	switch e := ev.(type) {
	case video.DataReceived:
		s.Talk.heard(e)
	case video.LocalTrackStopped:
		s.Kit.Plugs.Stopped(e.Kind)
	case video.ParticipantConnected:
		if interrupted(s.Call.State) {
			s.Talk.tellPaused() // they could not hear it before
		}
	case video.TrackSubscribed:
		if e.Track.Kind == video.Screen {
			s.share.theirs(e.ParticipantSID)
		}
	case video.LocalTrackPublished:
		if e.Track.Kind == video.Screen {
			s.share.ours()
		}
	}
	if interrupted(before) != interrupted(s.Call.State) && s.Call.Active() {
		s.Talk.tellPaused()
	}
}

// interrupted says whether a phone call or the like has taken our microphone or
// camera.
func interrupted(c call.State) bool { return c.Interrupted[video.Audio] || c.Interrupted[video.Video] }

// View is the whole screen of a call: a bar with the title, the tiles, and
// the controls within the thumb's reach. alone stands where nobody else is there;
// extra is what the page has to add to the panel.
func (s *Stage) View(title, alone words.Sentence, extra ...app.UI) []app.UI {
	return []app.UI{
		app.Div().Class("call-bar").Body(
			ui.HeadingOf(title),
			ui.Hide(app.Span().ID(RecordChip).Class("chip chip-record"), !s.Call.State.Recording && !s.Recorded).Text(words.Recording.In(s.screen.Lang)),
			s.fitButton(),
		),
		s.tiles.view(alone),
		s.notices(),
		s.controls(extra...),
	}
}
