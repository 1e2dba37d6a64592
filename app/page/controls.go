package page

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/words"
)

// callView is the whole screen of a call: a bar with the title, the tiles, and
// the controls within the thumb's reach.
func (s *session) callView(title, alone words.Sentence, extra ...app.UI) []app.UI {
	return []app.UI{
		app.Div().Class("call-bar").Body(
			ui.HeadingOf(title),
			ui.Hide(app.Span().ID(RecordChip).Class("chip chip-record"), !s.state.Recording && !s.recorded).Text(words.Recording.In(s.lang)),
			s.fitButton(),
		),
		s.stage(alone),
		s.callNotices(),
		s.controls(extra...),
	}
}

// controls are the buttons of a call. Mute is pressed while muted, Camera and
// Share while they are on: the words stay, the state says the rest.
func (s *session) controls(extra ...app.UI) app.UI {
	mic, cam, sharing := s.microphoneOn(), s.cameraOn(), s.state.ScreenOn()
	bar := []app.UI{
		ui.Control(MuteButton, ui.Pick(mic, ui.IconMic, ui.IconMicOff), words.Mute.In(s.lang), s.onMute).
			Aria("pressed", ui.OnOff(!mic)).DataSet("off", ui.OnOff(!mic)).Aria("busy", ui.OnOff(s.busy[video.Audio])),
		ui.Control(CameraButton, ui.Pick(cam, ui.IconCam, ui.IconCamOff), words.Camera.In(s.lang), s.onCamera).
			Aria("pressed", ui.OnOff(cam)).DataSet("off", ui.OnOff(!cam)).Aria("busy", ui.OnOff(s.busy[video.Video])),
		ui.Hide(ui.Control(ShareButton, ui.Pick(sharing, ui.IconShareStop, ui.IconShare), words.Share.In(s.lang), s.onShare), !s.support.ScreenShare).
			Aria("pressed", ui.OnOff(sharing)).Aria("busy", ui.OnOff(s.busy[video.Screen])),
		ui.Hide(ui.Control(FlipButton, ui.IconFlip, words.Flip.In(s.lang), s.onFlip), !s.support.Mobile),
		s.talkControl(),
		ui.Control(MoreButton, ui.IconMore, words.More.In(s.lang), s.onMore).
			Aria("expanded", ui.OnOff(s.moreOpen)).Aria("controls", MorePanel),
		ui.Control(LeaveButton, ui.IconLeave, words.Leave.In(s.lang), s.onLeave).Class("control-leave"),
	}
	return app.Div().Class("controls").Body(
		ui.Hide(app.Div().ID(MorePanel).Class("panel").TabIndex(-1).Role("group").Aria("label", words.Settings.In(s.lang)), !s.moreOpen).Body(append(append([]app.UI{
			app.H2().Class("panel-title").Text(words.Settings.In(s.lang)),
		}, s.deviceSelects()...), append(extra,
			s.blurButton(),
			ui.Hide(ui.Button(MiniButton, "button-quiet", ui.IconMini, words.Mini.In(s.lang), s.onMini), !s.support.PiP).
				Aria("pressed", ui.OnOff(s.mini != nil)),
			ui.Hide(ui.Button(FullScreenButton, "button-quiet", ui.IconFull, words.FullScreen.In(s.lang), s.onFullScreen), s.noFull).
				Aria("pressed", ui.OnOff(s.full)), s.keyList())...)...),
		s.talkPanel(),
		app.Div().Class("toolbar").Role("group").Aria("label", words.Controls.In(s.lang)).Body(bar...),
	)
}

// deviceSelects choose microphone, camera and, where the browser can, speaker.
func (s *session) deviceSelects() []app.UI {
	return []app.UI{
		s.deviceSelect(MicSelect, audioInput, words.Microphone.In(s.lang), s.onMicSelect),
		s.deviceSelect(CameraSelect, videoInput, words.Camera.In(s.lang), s.onCameraSelect),
		ui.Hide(s.deviceSelect(SpeakerSelect, audioOutput, words.Speaker.In(s.lang), s.onSpeakerSelect), !s.support.Sink),
	}
}

func (s *session) deviceSelect(id, kind, label string, h app.EventHandler) app.HTMLDiv {
	var options []app.UI
	for _, d := range s.devices {
		if d.Kind != kind {
			continue
		}
		name := d.Label
		if name == "" {
			name = words.DefaultDevice.In(s.lang)
		}
		options = append(options, ui.Choose(app.Option().Value(d.ID), d.ID == s.inUseOf(kind)).Text(name))
	}
	return ui.Hide(app.Div().Class("field"), len(options) == 0).Body(
		app.Label().For(id).Text(label),
		app.Select().ID(id).OnChange(h).Body(options...),
	)
}

func (s *session) onMute(app.Context, app.Event)   { s.toggle(video.Audio) }
func (s *session) onCamera(app.Context, app.Event) { s.toggle(video.Video) }
func (s *session) onShare(app.Context, app.Event)  { s.share() }
func (s *session) onFlip(app.Context, app.Event)   { s.flip() }
func (s *session) onMore(app.Context, app.Event)   { s.openMore(!s.moreOpen) }

func (s *session) onLeave(app.Context, app.Event) { s.leave() }

func (s *session) onMicSelect(ctx app.Context, _ app.Event) { s.use(audioInput, chosen(ctx)) }
func (s *session) onCameraSelect(ctx app.Context, _ app.Event) {
	s.use(videoInput, chosen(ctx))
}
func (s *session) onSpeakerSelect(ctx app.Context, _ app.Event) {
	s.use(audioOutput, chosen(ctx))
}

// chosen is the value of the field that an event came from.
func chosen(ctx app.Context) string { return ctx.JSSrc().Get("value").String() }

func (s *session) onFullScreen(app.Context, app.Event) {
	on := !s.full
	act(s, func(ctx context.Context) error { return s.deps.Host.Fullscreen(ctx, ui.RootID, on) }, func(err error) {
		if err != nil {
			s.noFull = true // no such thing here: the button goes
		}
	})
}
