package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/call"
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

// stage is the tiles of a call. Tiles and their <video> elements keep their
// places for as long as the call lasts: see slot.
func (s *session) stage(alone words.Sentence) app.UI {
	_, sharer, screen := s.state.ScreenTrack()
	layout := layoutPair
	switch n := len(s.state.Participants); {
	case screen:
		layout = layoutScreen
	case n == 0:
		layout = layoutAlone
	case n > 1:
		layout = layoutGroup
	}
	tiles := []app.UI{
		s.selfTile(),
		ui.Hide(app.P().Class("stage-alone"), layout != layoutAlone).Body(ui.Sentence(alone)),
	}
	for _, sl := range s.slots {
		tiles = append(tiles, s.tile(sl), s.screenTile(sl, screen && sharer.SID == sl.sid))
	}
	return app.Div().ID(CallStage).Class("stage").DataSet("layout", layout).DataSet("fit", s.fit.name()).Body(tiles...)
}

// tile is one other Participant: camera, or an avatar while it is off.
func (s *session) tile(sl slot) app.UI {
	p, _ := s.state.Participant(sl.sid)
	name := s.nameOf(sl.identity)
	_, camera := call.Camera(p)
	_, heard := call.Microphone(p)
	t := app.Section().ID(RemoteTile(sl.sid)).Class("tile").Aria("label", name).
		DataSet("camera", ui.OnOff(camera)).DataSet("microphone", ui.OnOff(heard))
	t = ui.With(t, heard && !p.Reconnecting && s.state.Speaking(sl.sid), "speaking")
	t = ui.With(t, p.Reconnecting, "reconnecting")
	return ui.Hide(t, sl.gone).Body(
		ui.Hide(app.Video().ID(RemoteVideo(sl.sid)).AutoPlay(true).Attr("playsinline", "playsinline"), !camera),
		app.Audio().ID(RemoteAudio(sl.sid)).AutoPlay(true),
		avatar(name, camera),
		s.caption(name, !heard && !p.Reconnecting, s.condition(p)),
	)
}

// screenTile is the place of a Participant's shared screen, mostly empty.
func (s *session) screenTile(sl slot, on bool) app.UI {
	return ui.Hide(app.Section().Class("tile tile-screen"), !on).
		Aria("label", words.Sharing.With(s.lang, s.nameOf(sl.identity))).Body(
		app.Video().ID(RemoteScreen(sl.sid)).AutoPlay(true).Attr("playsinline", "playsinline"),
		app.Audio().ID(RemoteSound(sl.sid)).AutoPlay(true),
		app.P().Class("caption").Body(ui.Icon(ui.IconShare), ui.Sentence(words.Sharing.About(s.lang, s.nameOf(sl.identity)))),
	)
}

// selfTile is what the others see of us, mirrored.
func (s *session) selfTile() app.UI {
	camera := s.cameraOn()
	tile := app.Section().ID(SelfTile).Class("tile tile-self").Aria("label", words.You.In(s.lang))
	return ui.With(tile, s.microphoneOn() && s.state.Speaking(s.state.Local.SID), "speaking").
		DataSet("camera", ui.OnOff(camera)).DataSet("microphone", ui.OnOff(s.microphoneOn())).Body(
		ui.Hide(app.Video().ID(SelfVideo).Class("mirrored").AutoPlay(true).Muted(true).Attr("playsinline", "playsinline"), !camera),
		avatar(words.You.In(s.lang), camera),
		s.caption(words.You.In(s.lang), !s.microphoneOn(), s.condition(s.state.Local)),
	)
}

func avatar(name string, hidden bool) app.UI {
	return ui.Hide(app.Div().Class("avatar").Aria("hidden", "true"), hidden).Body(
		app.Span().Class("avatar-disc").Text(initials(name)),
	)
}

// caption names a tile and says what is wrong with it, in words.
func (s *session) caption(name string, muted bool, condition string) app.UI {
	return app.P().Class("caption").Body(
		app.Span().Class("caption-name").Body(ui.Name(name)),
		ui.Hide(app.Span().Class("caption-mark"), !muted).Body(ui.Icon(ui.IconMicOff), app.Span().Class("visually-hidden").Text(words.Muted.In(s.lang))),
		ui.Hide(app.Span().Class("caption-note"), condition == "").Text(condition),
	)
}

// condition is what is the matter with someone's connection or devices, "" for
// nothing.
func (s *session) condition(p video.Participant) string {
	switch {
	case p.Reconnecting:
		return words.OtherReconnecting.In(s.lang)
	case s.state.Paused(p.SID):
		return words.Paused.In(s.lang)
	}
	return words.Quality(s.lang, s.state.QualityOf(p.SID), s.state.CauseOf(p.SID), p.SID == s.state.Local.SID)
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

// callNotices are the bars over the stage, worst first.
func (s *session) callNotices() app.UI {
	taken, what := s.taken()
	weak := s.condition(s.state.Local)
	return app.Div().Class("notices").Body(
		ui.Hide(app.P().Class("bar bar-warn"), s.state.Phase != call.Reconnecting).Body(
			app.Span().Class("spinner").Aria("hidden", "true"), app.Span().Text(words.Reconnecting.In(s.lang))),
		ui.Hide(app.P().Class("bar bar-warn").DataSet("stalled", "true"), s.state.Phase != call.InCall || !s.state.Stalled()).Body(
			app.Span().Class("spinner").Aria("hidden", "true"), app.Span().Text(words.Stalled.In(s.lang))),
		ui.Hide(ui.Button(ResumeButton, "bar-button", ui.IconSound, words.Resume.In(s.lang), s.onResume), !s.state.PlaybackBlocked),
		ui.Hide(ui.Button(RefreshButton, "bar-button", ui.IconWarn, what, s.onRefresh), !taken),
		ui.Hide(app.P().ID(QualityNote).Class("bar"), weak == "" || s.state.Phase != call.InCall).Body(ui.Icon(ui.IconSignal), app.Span().Text(weak)),
		ui.Hide(app.P().ID(CallNotice).Class("bar"), s.notice == words.Sentence{}).Body(ui.Sentence(s.notice)),
		ui.Hide(app.P().ID(ShareNote).Class("bar"), !s.state.ScreenOn()).Body(ui.Icon(ui.IconShare), app.Span().Text(words.SelfSharing.In(s.lang))),
		ui.Note(ui.TroubleID, s.trouble),
	)
}

func (s *session) onResume(app.Context, app.Event) {
	if s.room != nil {
		s.room.Resume()
	}
}

// taken says which of our devices a phone call or the like has taken. What is
// unplugged cannot be taken back.
func (s *session) taken() (any bool, what string) {
	is := func(k video.Kind) bool {
		_, gone := s.gone[k]
		return s.state.Interrupted[k] && !gone
	}
	switch mic, cam := is(video.Audio), is(video.Video); {
	case mic && cam:
		return true, words.PhonePaused.In(s.lang)
	case mic:
		return true, words.MicTaken.In(s.lang)
	case cam:
		return true, words.CameraTaken.In(s.lang)
	}
	return false, ""
}

func (s *session) onRefresh(app.Context, app.Event) { s.restore() }
