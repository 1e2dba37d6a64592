package page

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/video"
	"escalate/app/words"
)

// callView is the whole screen of a call: a bar with the title, the tiles, and
// the controls within the thumb's reach.
func (s *session) callView(title, alone words.Sentence, extra ...app.UI) []app.UI {
	return []app.UI{
		app.Div().Class("call-bar").Body(
			headingOf(title),
			hide(app.Span().ID(RecordChip).Class("chip chip-record"), !s.state.Recording && !s.recorded).Text(words.Recording.In(s.lang)),
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
		control(MuteButton, pickIcon(mic, iconMic, iconMicOff), words.Mute.In(s.lang), s.onMute).
			Aria("pressed", onOff(!mic)).DataSet("off", onOff(!mic)).Aria("busy", onOff(s.busy[video.Audio])),
		control(CameraButton, pickIcon(cam, iconCam, iconCamOff), words.Camera.In(s.lang), s.onCamera).
			Aria("pressed", onOff(cam)).DataSet("off", onOff(!cam)).Aria("busy", onOff(s.busy[video.Video])),
		hide(control(ShareButton, pickIcon(sharing, iconShareStop, iconShare), words.Share.In(s.lang), s.onShare), !s.support.ScreenShare).
			Aria("pressed", onOff(sharing)).Aria("busy", onOff(s.busy[video.Screen])),
		hide(control(FlipButton, iconFlip, words.Flip.In(s.lang), s.onFlip), !s.support.Mobile),
		s.talkControl(),
		control(MoreButton, iconMore, words.More.In(s.lang), s.onMore).
			Aria("expanded", onOff(s.moreOpen)).Aria("controls", MorePanel),
		control(LeaveButton, iconLeave, words.Leave.In(s.lang), s.onLeave).Class("control-leave"),
	}
	return app.Div().Class("controls").Body(
		hide(app.Div().ID(MorePanel).Class("panel").TabIndex(-1).Role("group").Aria("label", words.Settings.In(s.lang)), !s.moreOpen).Body(append(append([]app.UI{
			app.H2().Class("panel-title").Text(words.Settings.In(s.lang)),
		}, s.deviceSelects()...), append(extra,
			s.blurButton(),
			hide(button(MiniButton, "button-quiet", iconMini, words.Mini.In(s.lang), s.onMini), !s.support.PiP).
				Aria("pressed", onOff(s.mini != nil)),
			hide(button(FullScreenButton, "button-quiet", iconFull, words.FullScreen.In(s.lang), s.onFullScreen), s.noFull).
				Aria("pressed", onOff(s.full)), s.keyList())...)...),
		s.talkPanel(),
		app.Div().Class("toolbar").Role("group").Aria("label", words.Controls.In(s.lang)).Body(bar...),
	)
}

func control(id, icon, text string, h app.EventHandler) app.HTMLButton {
	return app.Button().ID(id).Type("button").Class("control").OnClick(h).Body(
		app.Span().Class("control-disc").Body(svg(icon)),
		app.Span().Class("control-text").Text(text),
	)
}

func pickIcon(on bool, icon, otherwise string) string { return pick(on, icon, otherwise) }

// deviceSelects choose microphone, camera and, where the browser can, speaker.
func (s *session) deviceSelects() []app.UI {
	return []app.UI{
		s.deviceSelect(MicSelect, audioInput, words.Microphone.In(s.lang), s.onMicSelect),
		s.deviceSelect(CameraSelect, videoInput, words.Camera.In(s.lang), s.onCameraSelect),
		hide(s.deviceSelect(SpeakerSelect, audioOutput, words.Speaker.In(s.lang), s.onSpeakerSelect), !s.support.Sink),
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
		options = append(options, choose(app.Option().Value(d.ID), d.ID == s.inUseOf(kind)).Text(name))
	}
	return hide(app.Div().Class("field"), len(options) == 0).Body(
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
	act(s, func(ctx context.Context) error { return s.deps.Host.Fullscreen(ctx, RootID, on) }, func(err error) {
		if err != nil {
			s.noFull = true // no such thing here: the button goes
		}
	})
}
