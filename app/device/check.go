package device

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/words"
)

// Check is what people see of their devices before a call: their picture, how
// loud they are, what to do where something is wrong, and what to choose from.
type Check struct {
	Kit *Kit
	// Asking says that the browser's question is open.
	Asking bool
	// Ask asks for the devices and stays on the page.
	Ask app.EventHandler
}

func (c Check) in(t *words.Text) string { return t.In(c.Kit.screen.Lang) }

// Preview is the mirrored camera, or the button that asks for it.
func (c Check) Preview() app.UI {
	k := c.Kit
	on := k.On(video.Video)
	return app.Div().Class("preview").DataSet("camera", ui.OnOff(on)).Body(
		ui.Hide(app.Video().ID(PreviewVideo).Class("mirrored").AutoPlay(true).Muted(true).
			Attr("playsinline", "playsinline").Aria("label", c.in(&words.Preview)), !on),
		ui.Hide(app.Div().Class("preview-off"), on).Body(
			ui.Hide(app.Div().Class("preview-ask"), c.Asking || k.capture != nil).Body(
				ui.Button(CheckButton, "button-on-dark", ui.IconCam, c.in(&words.Check), c.Ask),
				app.P().Text(c.in(&words.CheckHint)),
			),
			ui.Hide(app.P().Class("preview-asking"), !c.Asking).Body(
				app.Span().Class("spinner").Aria("hidden", "true"), app.Span().Text(k.Prompt.Asking())),
			ui.Hide(app.P(), c.Asking || k.capture == nil).Body(ui.Icon(ui.IconCamOff), app.Span().Text(c.off())),
		),
		ui.Hide(app.Div().Class("preview-bar").Role("group").Aria("label", c.in(&words.Controls)), k.capture == nil).Body(
			c.toggle(MuteButton, video.Audio, ui.IconMic, ui.IconMicOff, c.in(&words.Mic), k.OnMute),
			c.toggle(CameraButton, video.Video, ui.IconCam, ui.IconCamOff, c.in(&words.Camera), k.OnCamera),
			ui.Hide(ui.Control(FlipButton, ui.IconFlip, c.in(&words.Flip), k.OnFlip), !k.Support.Mobile || !on),
		),
	)
}

func (c Check) toggle(id string, kind video.Kind, icon, iconOff, text string, h app.EventHandler) app.UI {
	on := c.Kit.On(kind)
	missing := c.Kit.capture == nil || !c.Kit.capture.Has(kind) && on
	return ui.Disable(ui.Control(id, ui.Pick(on, icon, iconOff), text, h), missing).
		DataSet("off", ui.OnOff(!on)).Aria("pressed", ui.OnOff(on))
}

// off is what stands in place of our picture.
func (c Check) off() string {
	if c.Kit.capture != nil && c.Kit.capture.Missing(video.Video) != nil {
		return c.in(&words.NoCamera)
	}
	return c.in(&words.PreviewOff)
}

// Levels is the microphone meter.
func (c Check) Levels() app.UI {
	k := c.Kit
	if !k.Has(video.Audio) {
		return app.Div().Hidden(true)
	}
	if !k.micOn {
		return app.Div().Class("levels").Body(ui.Icon(ui.IconMicOff), app.Span().Class("fine").Text(c.in(&words.MicOff)))
	}
	return app.Div().Class("levels").Body(ui.Icon(ui.IconMic),
		&meter{Source: k.capture, Label: c.in(&words.Microphone)},
		app.Span().Class("fine").Text(c.in(&words.MicLevel)))
}

// Fields are what can be chosen and tried.
func (c Check) Fields() app.UI {
	k := c.Kit
	return ui.Hide(app.Div().Class("fields"), k.capture == nil).Body(append(k.Selects(),
		app.Div().Class("chime").Body(k.BlurButton(),
			ui.Hide(app.P().Class("fine"), k.screen.Notice == words.Sentence{}).Body(ui.Sentence(k.screen.Notice))),
		k.Chime.button())...)
}

// Advice says what went wrong with camera or microphone, and what to do.
func (c Check) Advice() app.UI {
	k := c.Kit
	a := &words.Advice{}
	if k.Prompt.Err != nil {
		a = words.Media(k.Prompt.Err)
	}
	return ui.Hide(app.Div().ID("media-advice").Class("note note-trouble").Role("alert"), k.Prompt.Err == nil).Body(
		app.H2().Text(c.in(&a.Heading)),
		app.P().Text(c.in(&a.Text)),
		c.steps(),
		ui.Hide(ui.Button("try-again-button", "button-quiet", "", c.in(&words.TryAgain), c.Ask), k.capture != nil),
	)
}

// steps are what to press in this browser after a refusal.
func (c Check) steps() app.UI {
	err := c.Kit.Prompt.Err
	denied := err != nil && err.Reason == video.MediaDenied
	var steps []app.UI
	how := words.PermissionSteps(c.Kit.Support.Browser)
	for i := range how {
		steps = append(steps, app.Li().Text(c.in(&how[i])))
	}
	return ui.Hide(app.Div().ID(AdviceSteps).Class("advice-steps"), !denied).Body(
		app.H3().Text(c.in(&words.StepsTitle)), app.Ol().Body(steps...))
}
