package page

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/video"
	"escalate/app/wire"
)

// greenRoom is where the customer sees who invites, whether it is recorded,
// and how they will look and sound.
func (j *Join) greenRoom() app.UI {
	asking := j.phase == PhaseAsking && !j.s.prompt.slow
	return app.Div().Class("card card-wide").Body(
		app.Div().Class("invite").Body(
			headingOf(about(j.w.InviteHeading, j.agent())),
			app.P().Class("lead").Text(j.w.InviteLead),
			startNote(j.w),
			note(TroubleNote, j.troubleNow()),
			j.mediaAdvice(), // above the rest: a small screen shows no more
			j.recordNotice(),
			j.lifetime(),
			app.Div().Class("actions").Body(
				disable(button(JoinButton, "button-primary button-large", iconCam, j.w.Join, j.onJoin), asking),
				hide(disable(button(QuietJoinButton, "link-text", "", j.quietLabel(), j.onQuietJoin), asking),
					j.s.capture != nil && !j.s.capture.Has(video.Video)),
			),
		),
		app.Section().Class("check").Aria("label", j.w.Check).Body(
			j.preview(),
			j.levels(),
			j.deviceFields(),
			j.networkLine(),
		),
		hide(app.Div().Class("how"), j.s.capture != nil).Body(
			app.Ol().Class("steps").Body(
				app.Li().Text(j.w.Steps[0]), app.Li().Text(j.w.Steps[1]), app.Li().Text(j.w.Steps[2]),
			),
		),
	)
}

// recordNotice says whether the call is recorded, and asks for consent if so.
func (j *Join) recordNotice() app.UI {
	if !j.state.Recording {
		return app.P().Class("fine").Text(j.w.NotRecorded)
	}
	box := app.Input().ID(ConsentInput).Type("checkbox").OnChange(j.onConsent).Required(true)
	if j.consent {
		box = box.Checked(true)
	}
	if j.consentMissing {
		box = box.Aria("invalid", "true").Aria("describedby", ConsentError)
	}
	return app.Div().Class("consent").Body(
		app.P().Class("chip chip-record").Text(j.w.Recorded),
		app.Label().Class("tick").For(ConsentInput).Body(box, app.Span().Text(j.w.Consent)),
		hide(app.P().ID(ConsentError).Class("field-error"), !j.consentMissing).Text(j.w.ConsentMissing),
		app.P().Class("fine").Text(j.w.ConsentRefuse),
	)
}

// preview is the mirrored camera, or the button that asks for it.
func (j *Join) preview() app.UI {
	on := j.s.cameraOn()
	asking := j.phase == PhaseAsking
	return app.Div().Class("preview").DataSet("camera", onOff(on)).Body(
		hide(app.Video().ID(PreviewVideo).Class("mirrored").AutoPlay(true).Muted(true).
			Attr("playsinline", "playsinline").Aria("label", j.w.Preview), !on),
		hide(app.Div().Class("preview-off"), on).Body(
			hide(app.Div().Class("preview-ask"), asking || j.s.capture != nil).Body(
				button(CheckButton, "button-on-dark", iconCam, j.w.Check, j.onCheck),
				app.P().Text(j.w.CheckHint),
			),
			hide(app.P().Class("preview-asking"), !asking).Body(
				app.Span().Class("spinner").Aria("hidden", "true"), app.Span().Text(j.s.askingWords())),
			hide(app.P(), asking || j.s.capture == nil).Body(svg(iconCamOff), app.Span().Text(j.offLabel())),
		),
		hide(app.Div().Class("preview-bar").Role("group").Aria("label", j.w.Controls), j.s.capture == nil).Body(
			j.previewToggle(MuteButton, video.Audio, j.s.microphoneOn(), iconMic, iconMicOff, j.w.Mic, j.s.onMute),
			j.previewToggle(CameraButton, video.Video, on, iconCam, iconCamOff, j.w.Camera, j.s.onCamera),
			hide(control(FlipButton, iconFlip, j.w.Flip, j.s.onFlip), !j.s.support.Mobile || !on),
		),
	)
}

func (j *Join) previewToggle(id string, k video.Kind, on bool, icon, iconOff, text string, h app.EventHandler) app.UI {
	missing := j.s.capture == nil || !j.s.capture.Has(k) && on
	return disable(control(id, pick(on, icon, iconOff), text, h), missing).
		DataSet("off", onOff(!on)).Aria("pressed", onOff(on))
}

func (j *Join) offLabel() string {
	if j.s.capture != nil && j.s.capture.Missing(video.Video) != nil {
		return j.w.NoCamera
	}
	return j.w.PreviewOff
}

// mediaAdvice says what went wrong with camera or microphone, and what to do.
func (j *Join) mediaAdvice() app.UI {
	var a advice
	if j.s.mediaErr != nil {
		a = j.w.media(j.s.mediaErr)
	}
	return hide(app.Div().ID("media-advice").Class("note note-trouble").Role("alert"), j.s.mediaErr == nil).Body(
		app.H2().Text(a.Heading),
		app.P().Text(a.Text),
		j.adviceSteps(),
		hide(button("try-again-button", "button-quiet", "", j.w.TryAgain, j.onCheck), j.s.capture != nil),
	)
}

// adviceSteps are what to press in this browser after a refusal.
func (j *Join) adviceSteps() app.UI {
	denied := j.s.mediaErr != nil && j.s.mediaErr.Reason == video.MediaDenied
	var steps []app.UI
	for _, step := range j.w.permissionSteps(j.s.support.Browser) {
		steps = append(steps, app.Li().Text(step))
	}
	return hide(app.Div().ID(AdviceSteps).Class("advice-steps"), !denied).Body(
		app.H3().Text(j.w.StepsTitle), app.Ol().Body(steps...))
}

// levels is the microphone meter.
func (j *Join) levels() app.UI {
	if j.s.capture == nil || !j.s.capture.Has(video.Audio) {
		return app.Div().Hidden(true)
	}
	if !j.s.micOn {
		return app.Div().Class("levels").Body(svg(iconMicOff), app.Span().Class("fine").Text(j.w.MicOff))
	}
	return app.Div().Class("levels").Body(svg(iconMic),
		&meter{Source: j.s.capture, Label: j.w.Microphone},
		app.Span().Class("fine").Text(j.w.MicLevel))
}

func (j *Join) deviceFields() app.UI {
	return hide(app.Div().Class("fields"), j.s.capture == nil).Body(append(j.s.deviceSelects(),
		app.Div().Class("chime").Body(j.s.blurButton(),
			hide(app.P().Class("fine"), j.s.notice == sentence{}).Body(j.s.notice.node())),
		j.s.chimeTest())...)
}

// quietLabel is what joining with less means now: without a camera, or without
// anything when there is nothing.
func (j *Join) quietLabel() string {
	if j.s.noDevice() || j.s.capture == nil && j.s.prompt.slow {
		return j.w.JoinNothing
	}
	return j.w.JoinQuiet
}

// troubleNow is what is in the way, in a sentence.
func (j *Join) troubleNow() string {
	switch {
	case j.s.prompt.slow:
		return j.s.unansweredWords()
	case j.trouble != "":
		return j.trouble
	}
	return j.s.trouble
}

func (j *Join) onJoin(app.Context, app.Event) {
	j.join(video.Want{Audio: true, Video: true})
}

// onQuietJoin joins without a camera; where even the microphone could not be
// had, without anything, which still lets the customer see and hear.
func (j *Join) onQuietJoin(app.Context, app.Event) {
	if j.s.prompt.slow {
		j.s.prompt.end()
		j.to(PhaseGreenRoom)
		j.join(video.Want{}) // another question might get no answer either
		return
	}
	if j.s.noDevice() {
		j.join(video.Want{})
		return
	}
	j.s.intent.of(j.code)
	j.s.intent.want(video.Video, false)
	if j.s.capture == nil || !j.s.cameraOn() {
		j.join(video.Want{Audio: true})
		return
	}
	c := j.s.capture
	j.s.doing(video.Video, func(ctx context.Context) error { return c.SetEnabled(ctx, video.Video, false) }, func() {
		j.s.camOn = false
		j.join(video.Want{Audio: true})
	})
}

// onCheck asks for the devices and stays here.
func (j *Join) onCheck(app.Context, app.Event) {
	j.askFirst(video.Want{Audio: true, Video: true}, func() {
		j.to(PhaseGreenRoom)
		j.progress(wire.PhaseReady, "")
	})
}

func (j *Join) onConsent(ctx app.Context, _ app.Event) {
	j.agree(ctx.JSSrc().Get("checked").Bool())
}

func (j *Join) agree(yes bool) {
	j.consent = yes
	if yes {
		j.consentMissing = false
	}
}

// waiting is shown until the agent is in the Room; the call then starts by itself.
func (j *Join) waiting() app.UI {
	return app.Div().Class("card card-wide").Body(
		app.Div().Class("invite").Body(
			app.Div().Class("pulse").Aria("hidden", "true").Body(svg(iconUser)),
			headingOf(about(j.w.WaitHeading, j.agent())),
			app.P().Class("lead").Body(about(j.w.WaitLead, j.agent()).node()),
			app.Div().Class("actions").Body(button(CancelButton, "button-quiet", "", j.w.WaitCancel, j.onCancel)),
		),
		hide(app.Section().Class("check").Aria("label", j.w.Preview), j.s.capture == nil).Body(
			j.preview(), j.levels(), j.deviceFields(),
		),
	)
}

// onCancel goes back to the green room with whatever is on there; who was in a
// call has left it.
func (j *Join) onCancel(app.Context, app.Event) {
	j.attempt.end()
	j.entering = false
	j.s.giveUp(j.code)
	if j.phase == PhaseRejoining {
		j.goodbye()
		return
	}
	j.to(PhaseGreenRoom)
}

// busyCard says that something is going on that needs no help. cancel is the
// button that ends it, if it can be ended.
func (j *Join) busyCard(title, lead, cancel string) app.UI {
	return app.Div().Class("card card-center").Body(
		app.Span().Class("spinner spinner-large").Aria("hidden", "true"),
		heading(title),
		hide(app.P().Class("lead"), lead == "").Text(lead),
		hide(app.Div().Class("actions"), cancel == "").Body(
			button(CancelButton, "button-quiet", "", cancel, j.onCancel)),
	)
}
