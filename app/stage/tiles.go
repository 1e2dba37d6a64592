package stage

import (
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/call"
	"escalate/app/device"
	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/words"
)

// The arrangements of the stage: the value of its data-layout.
const (
	layoutAlone  = "alone"  // nobody else is there yet
	layoutPair   = "pair"   // one other, large; self small
	layoutGroup  = "group"  // several others side by side
	layoutScreen = "screen" // a shared screen is large, everyone else small
)

// tiles are the places of a call. Tiles and their <video> elements keep their
// places for as long as the call lasts: see slot.
type tiles struct {
	stage *Stage
	slots []slot
	drawn map[string]string // Track SID -> element id
}

// slot is a place on the stage. A place is never given to another Participant
// and never closed during a call: go-app matches elements by position, and a
// <video> that changed hands would show the wrong person for a moment.
type slot struct {
	sid, identity string
	gone          bool
}

// clear empties the places; another call begins.
func (t *tiles) clear() { t.slots, t.drawn = nil, map[string]string{} }

// place gives newcomers a slot and marks who has gone.
func (t *tiles) place() {
	state := t.stage.Call.State
	for i := range t.slots {
		_, here := state.Participant(t.slots[i].sid)
		t.slots[i].gone = !here
	}
	for _, p := range state.Participants {
		if !slices.ContainsFunc(t.slots, func(sl slot) bool { return sl.sid == p.SID }) {
			t.slots = append(t.slots, slot{sid: p.SID, identity: p.Identity})
		}
	}
}

// attach draws every Track into its element, and our own picture before a call
// too. It is called after each rendering; what is drawn already costs nothing.
func (t *tiles) attach() {
	c := t.stage.Call
	if !c.Active() {
		t.stage.Kit.Attach(device.PreviewVideo)
		return
	}
	t.stage.Kit.Attach(SelfVideo)
	now := map[string]string{}
	for _, p := range c.State.Participants {
		for _, track := range p.Tracks {
			if id := elementFor(p.SID, track); id != "" {
				now[track.SID] = id
				_ = c.room.Attach(track.SID, id) // no element yet: the next rendering draws it
			}
		}
	}
	for sid := range t.drawn {
		if _, ok := now[sid]; !ok {
			c.room.Detach(sid)
		}
	}
	t.drawn = now
}

// elementFor is the element that a remote Track is drawn into, "" for none.
func elementFor(participantSID string, t video.Track) string {
	if !t.Subscribed {
		return ""
	}
	switch t.Kind {
	case video.Audio:
		return RemoteAudio(participantSID)
	case video.Video:
		return RemoteVideo(participantSID)
	case video.Screen:
		return RemoteScreen(participantSID)
	case video.Sound:
		return RemoteSound(participantSID)
	}
	return ""
}

// anyCamera says whether one of the others can be seen.
func (t *tiles) anyCamera() bool {
	return slices.ContainsFunc(t.stage.Call.State.Participants, func(p video.Participant) bool {
		_, on := call.Camera(p)
		return on
	})
}

// view is all of them; alone stands where nobody else is there yet.
func (t *tiles) view(alone words.Sentence) app.UI {
	state := t.stage.Call.State
	_, sharer, screen := state.ScreenTrack()
	layout := layoutPair
	switch n := len(state.Participants); {
	case screen:
		layout = layoutScreen
	case n == 0:
		layout = layoutAlone
	case n > 1:
		layout = layoutGroup
	}
	all := []app.UI{
		t.self(),
		ui.Hide(app.P().Class("stage-alone"), layout != layoutAlone).Body(ui.Sentence(alone)),
	}
	for _, sl := range t.slots {
		all = append(all, t.other(sl), t.shared(sl, screen && sharer.SID == sl.sid))
	}
	return app.Div().ID(CallStage).Class("stage").DataSet("layout", layout).DataSet("fit", t.stage.Fit()).Body(all...)
}

// other is one other Participant: camera, or an avatar while it is off.
func (t *tiles) other(sl slot) app.UI {
	state := t.stage.Call.State
	p, _ := state.Participant(sl.sid)
	name := t.stage.NameOf(sl.identity)
	_, camera := call.Camera(p)
	_, heard := call.Microphone(p)
	tile := app.Section().ID(RemoteTile(sl.sid)).Class("tile").Aria("label", name).
		DataSet("camera", ui.OnOff(camera)).DataSet("microphone", ui.OnOff(heard))
	tile = ui.With(tile, heard && !p.Reconnecting && state.Speaking(sl.sid), "speaking")
	tile = ui.With(tile, p.Reconnecting, "reconnecting")
	return ui.Hide(tile, sl.gone).Body(
		ui.Hide(app.Video().ID(RemoteVideo(sl.sid)).AutoPlay(true).Attr("playsinline", "playsinline"), !camera),
		app.Audio().ID(RemoteAudio(sl.sid)).AutoPlay(true),
		avatar(name, camera),
		t.caption(name, !heard && !p.Reconnecting, t.condition(p)),
	)
}

// shared is the place of a Participant's shared screen, mostly empty.
func (t *tiles) shared(sl slot, on bool) app.UI {
	l, name := t.stage.screen.Lang, t.stage.NameOf(sl.identity)
	return ui.Hide(app.Section().Class("tile tile-screen"), !on).
		Aria("label", words.Sharing.With(l, name)).Body(
		app.Video().ID(RemoteScreen(sl.sid)).AutoPlay(true).Attr("playsinline", "playsinline"),
		app.Audio().ID(RemoteSound(sl.sid)).AutoPlay(true),
		app.P().Class("caption").Body(ui.Icon(ui.IconShare), ui.Sentence(words.Sharing.About(l, name))),
	)
}

// self is what the others see of us, mirrored.
func (t *tiles) self() app.UI {
	state, kit, you := t.stage.Call.State, t.stage.Kit, words.You.In(t.stage.screen.Lang)
	mic, camera := kit.On(video.Audio), kit.On(video.Video)
	tile := app.Section().ID(SelfTile).Class("tile tile-self").Aria("label", you)
	return ui.With(tile, mic && state.Speaking(state.Local.SID), "speaking").
		DataSet("camera", ui.OnOff(camera)).DataSet("microphone", ui.OnOff(mic)).Body(
		ui.Hide(app.Video().ID(SelfVideo).Class("mirrored").AutoPlay(true).Muted(true).Attr("playsinline", "playsinline"), !camera),
		avatar(you, camera),
		t.caption(you, !mic, t.condition(state.Local)),
	)
}

func avatar(name string, hidden bool) app.UI {
	return ui.Hide(app.Div().Class("avatar").Aria("hidden", "true"), hidden).Body(
		app.Span().Class("avatar-disc").Text(initials(name)),
	)
}

// caption names a tile and says what is wrong with it, in words.
func (t *tiles) caption(name string, muted bool, condition string) app.UI {
	return app.P().Class("caption").Body(
		app.Span().Class("caption-name").Body(ui.Name(name)),
		ui.Hide(app.Span().Class("caption-mark"), !muted).Body(ui.Icon(ui.IconMicOff),
			app.Span().Class("visually-hidden").Text(words.Muted.In(t.stage.screen.Lang))),
		ui.Hide(app.Span().Class("caption-note"), condition == "").Text(condition),
	)
}

// condition is what is the matter with someone's connection or devices, "" for
// nothing.
func (t *tiles) condition(p video.Participant) string {
	state, l := t.stage.Call.State, t.stage.screen.Lang
	switch {
	case p.Reconnecting:
		return words.OtherReconnecting.In(l)
	case state.Paused(p.SID):
		return words.Paused.In(l)
	}
	return words.Quality(l, state.QualityOf(p.SID), state.CauseOf(p.SID), p.SID == state.Local.SID)
}

// initials are up to two letters for an avatar.
func initials(name string) string {
	var out []rune
	start := true
	for _, r := range name {
		switch {
		case r == ' ' || r == '-':
			start = true
		case start && len(out) < 2:
			out, start = append(out, r), false
		}
	}
	return string(out)
}
