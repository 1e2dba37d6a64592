package stage

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/call"
	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/words"
)

// notices are the bars over the stage, worst first.
func (s *Stage) notices() app.UI {
	l, state := s.screen.Lang, s.Call.State
	taken := s.taken()
	what := ""
	if taken != nil {
		what = taken.In(l)
	}
	weak := s.tiles.condition(state.Local)
	return app.Div().Class("notices").Body(
		ui.Hide(app.P().Class("bar bar-warn"), state.Phase != call.Reconnecting).Body(
			app.Span().Class("spinner").Aria("hidden", "true"), app.Span().Text(words.Reconnecting.In(l))),
		ui.Hide(app.P().Class("bar bar-warn").DataSet("stalled", "true"), state.Phase != call.InCall || !state.Stalled()).Body(
			app.Span().Class("spinner").Aria("hidden", "true"), app.Span().Text(words.Stalled.In(l))),
		ui.Hide(ui.Button(ResumeButton, "bar-button", ui.IconSound, words.Resume.In(l), s.onResume), !state.PlaybackBlocked),
		ui.Hide(ui.Button(RefreshButton, "bar-button", ui.IconWarn, what, s.onRefresh), taken == nil),
		ui.Hide(app.P().ID(QualityNote).Class("bar"), weak == "" || state.Phase != call.InCall).Body(ui.Icon(ui.IconSignal), app.Span().Text(weak)),
		ui.Hide(app.P().ID(CallNotice).Class("bar"), s.screen.Notice == words.Sentence{}).Body(ui.Sentence(s.screen.Notice)),
		ui.Hide(app.P().ID(ShareNote).Class("bar"), !state.ScreenOn()).Body(ui.Icon(ui.IconShare), app.Span().Text(words.SelfSharing.In(l))),
		ui.Note(ui.TroubleID, s.screen.Trouble),
	)
}

// taken returns which of our devices a phone call or the like has taken, nil for
// none. What is unplugged cannot be taken back.
func (s *Stage) taken() *words.Text {
	is := func(k video.Kind) bool { return s.Call.State.Interrupted[k] && !s.Kit.Plugs.Gone(k) }
	switch mic, cam := is(video.Audio), is(video.Video); {
	case mic && cam:
		return &words.PhonePaused
	case mic:
		return &words.MicTaken
	case cam:
		return &words.CameraTaken
	}
	return nil
}

func (s *Stage) onResume(app.Context, app.Event)  { s.Call.Resume() }
func (s *Stage) onRefresh(app.Context, app.Event) { s.Kit.Restore() }
