package stage

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/device"
	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/words"
)

// Element ids of the controls; browser tests use them too. Those of microphone and
// camera are device's, that of the chat is Talk's.
const (
	ShareButton = "share-button"
	FitButton   = "fit-button" // others' pictures whole, or filling their tiles
	MoreButton  = "more-button"
	LeaveButton = "leave-button"
)

// controls are the buttons of a call. Mute is pressed while muted, Camera and
// Share while they are on: the words stay, the state says the rest.
func (s *Stage) controls(extra ...app.UI) app.UI {
	k, l := s.Kit, s.screen.Lang
	mic, cam, sharing := k.On(video.Audio), k.On(video.Video), s.Call.State.ScreenOn()
	bar := []app.UI{
		ui.Control(device.MuteButton, ui.Pick(mic, ui.IconMic, ui.IconMicOff), words.Mute.In(l), k.OnMute).
			Aria("pressed", ui.OnOff(!mic)).DataSet("off", ui.OnOff(!mic)).Aria("busy", ui.OnOff(k.Busy(video.Audio))),
		ui.Control(device.CameraButton, ui.Pick(cam, ui.IconCam, ui.IconCamOff), words.Camera.In(l), k.OnCamera).
			Aria("pressed", ui.OnOff(cam)).DataSet("off", ui.OnOff(!cam)).Aria("busy", ui.OnOff(k.Busy(video.Video))),
		ui.Hide(ui.Control(ShareButton, ui.Pick(sharing, ui.IconShareStop, ui.IconShare), words.Share.In(l), s.onShare), !k.Support.ScreenShare).
			Aria("pressed", ui.OnOff(sharing)).Aria("busy", ui.OnOff(s.share.busy)),
		ui.Hide(ui.Control(device.FlipButton, ui.IconFlip, words.Flip.In(l), k.OnFlip), !k.Support.Mobile),
		s.Talk.control(),
		ui.Control(MoreButton, ui.IconMore, words.More.In(l), s.panel.onMore).
			Aria("expanded", ui.OnOff(s.panel.open)).Aria("controls", MorePanel),
		ui.Control(LeaveButton, ui.IconLeave, words.Leave.In(l), s.onLeave).Class("control-leave"),
	}
	return app.Div().Class("controls").Body(
		s.panel.view(extra),
		s.Talk.panel(),
		app.Div().Class("toolbar").Role("group").Aria("label", words.Controls.In(l)).Body(bar...),
	)
}

func (s *Stage) onLeave(app.Context, app.Event) { s.Call.Leave() }

// fitButton changes how others' pictures stand in their tiles. It stands in the
// bar above the stage: on the pictures, panels, notices and our own tile would
// come over it.
func (s *Stage) fitButton() app.UI {
	fill := words.Fill.In(s.screen.Lang)
	return ui.Hide(app.Button().ID(FitButton).Type("button").Class("fit").
		Aria("label", fill).Title(fill).Aria("pressed", ui.OnOff(s.fills())).OnClick(s.onFit), !s.tiles.anyCamera()).
		Body(ui.Icon(ui.Pick(s.fills(), ui.IconWhole, ui.IconFill)))
}

func (s *Stage) onFit(app.Context, app.Event) { s.ToggleFit() }
