package page

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/video"
	"escalate/app/wire"
	"escalate/app/words"
)

// greenRoom is where the customer sees who invites, whether it is recorded,
// and how they will look and sound.
func (j *Join) greenRoom() app.UI {
	asking := j.phase == PhaseAsking && !j.s.prompt.slow
	return app.Div().Class("card card-wide").Body(
		app.Div().Class("invite").Body(
			headingOf(words.InviteHeading.About(j.lang, j.agent())),
			app.P().Class("lead").Text(words.InviteLead.In(j.lang)),
			startNote(j.lang),
			note(TroubleNote, j.troubleNow()),
			j.mediaAdvice(), // above the rest: a small screen shows no more
			j.recordNotice(),
			j.lifetime(),
			app.Div().Class("actions").Body(
				disable(button(JoinButton, "button-primary button-large", iconCam, words.Join.In(j.lang), j.onJoin), asking),
				hide(disable(button(QuietJoinButton, "link-text", "", j.quietLabel(), j.onQuietJoin), asking),
					j.s.capture != nil && !j.s.capture.Has(video.Video)),
			),
		),
		app.Section().Class("check").Aria("label", words.Check.In(j.lang)).Body(
			j.preview(),
			j.levels(),
			j.deviceFields(),
			j.networkLine(),
		),
		hide(app.Div().Class("how"), j.s.capture != nil).Body(
			app.Ol().Class("steps").Body(
				app.Li().Text(words.Steps[0].In(j.lang)), app.Li().Text(words.Steps[1].In(j.lang)), app.Li().Text(words.Steps[2].In(j.lang)),
			),
		),
	)
}

// recordNotice says whether the call is recorded, and asks for consent if so.
func (j *Join) recordNotice() app.UI {
	if !j.state.Recording {
		return app.P().Class("fine").Text(words.NotRecorded.In(j.lang))
	}
	box := app.Input().ID(ConsentInput).Type("checkbox").OnChange(j.onConsent).Required(true)
	if j.consent {
		box = box.Checked(true)
	}
	if j.consentMissing {
		box = box.Aria("invalid", "true").Aria("describedby", ConsentError)
	}
	return app.Div().Class("consent").Body(
		app.P().Class("chip chip-record").Text(words.Recorded.In(j.lang)),
		app.Label().Class("tick").For(ConsentInput).Body(box, app.Span().Text(words.Consent.In(j.lang))),
		hide(app.P().ID(ConsentError).Class("field-error"), !j.consentMissing).Text(words.ConsentMissing.In(j.lang)),
		app.P().Class("fine").Text(words.ConsentRefuse.In(j.lang)),
	)
}

// preview is the mirrored camera, or the button that asks for it.
func (j *Join) preview() app.UI {
	on := j.s.cameraOn()
	asking := j.phase == PhaseAsking
	return app.Div().Class("preview").DataSet("camera", onOff(on)).Body(
		hide(app.Video().ID(PreviewVideo).Class("mirrored").AutoPlay(true).Muted(true).
			Attr("playsinline", "playsinline").Aria("label", words.Preview.In(j.lang)), !on),
		hide(app.Div().Class("preview-off"), on).Body(
			hide(app.Div().Class("preview-ask"), asking || j.s.capture != nil).Body(
				button(CheckButton, "button-on-dark", iconCam, words.Check.In(j.lang), j.onCheck),
				app.P().Text(words.CheckHint.In(j.lang)),
			),
			hide(app.P().Class("preview-asking"), !asking).Body(
				app.Span().Class("spinner").Aria("hidden", "true"), app.Span().Text(j.s.askingWords())),
			hide(app.P(), asking || j.s.capture == nil).Body(svg(iconCamOff), app.Span().Text(j.offLabel())),
		),
		hide(app.Div().Class("preview-bar").Role("group").Aria("label", words.Controls.In(j.lang)), j.s.capture == nil).Body(
			j.previewToggle(MuteButton, video.Audio, j.s.microphoneOn(), iconMic, iconMicOff, words.Mic.In(j.lang), j.s.onMute),
			j.previewToggle(CameraButton, video.Video, on, iconCam, iconCamOff, words.Camera.In(j.lang), j.s.onCamera),
			hide(control(FlipButton, iconFlip, words.Flip.In(j.lang), j.s.onFlip), !j.s.support.Mobile || !on),
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
		return words.NoCamera.In(j.lang)
	}
	return words.PreviewOff.In(j.lang)
}

// mediaAdvice says what went wrong with camera or microphone, and what to do.
func (j *Join) mediaAdvice() app.UI {
	a := &words.Advice{}
	if j.s.mediaErr != nil {
		a = words.Media(j.s.mediaErr)
	}
	return hide(app.Div().ID("media-advice").Class("note note-trouble").Role("alert"), j.s.mediaErr == nil).Body(
		app.H2().Text(a.Heading.In(j.lang)),
		app.P().Text(a.Text.In(j.lang)),
		j.adviceSteps(),
		hide(button("try-again-button", "button-quiet", "", words.TryAgain.In(j.lang), j.onCheck), j.s.capture != nil),
	)
}

// adviceSteps are what to press in this browser after a refusal.
func (j *Join) adviceSteps() app.UI {
	denied := j.s.mediaErr != nil && j.s.mediaErr.Reason == video.MediaDenied
	var steps []app.UI
	for i := range 3 {
		steps = append(steps, app.Li().Text(words.PermissionSteps(j.s.support.Browser)[i].In(j.lang)))
	}
	return hide(app.Div().ID(AdviceSteps).Class("advice-steps"), !denied).Body(
		app.H3().Text(words.StepsTitle.In(j.lang)), app.Ol().Body(steps...))
}

// levels is the microphone meter.
func (j *Join) levels() app.UI {
	if j.s.capture == nil || !j.s.capture.Has(video.Audio) {
		return app.Div().Hidden(true)
	}
	if !j.s.micOn {
		return app.Div().Class("levels").Body(svg(iconMicOff), app.Span().Class("fine").Text(words.MicOff.In(j.lang)))
	}
	return app.Div().Class("levels").Body(svg(iconMic),
		&meter{Source: j.s.capture, Label: words.Microphone.In(j.lang)},
		app.Span().Class("fine").Text(words.MicLevel.In(j.lang)))
}

func (j *Join) deviceFields() app.UI {
	return hide(app.Div().Class("fields"), j.s.capture == nil).Body(append(j.s.deviceSelects(),
		app.Div().Class("chime").Body(j.s.blurButton(),
			hide(app.P().Class("fine"), j.s.notice == words.Sentence{}).Body(sentence(j.s.notice))),
		j.s.chimeTest())...)
}

// quietLabel is what joining with less means now: without a camera, or without
// anything when there is nothing.
func (j *Join) quietLabel() string {
	if j.s.noDevice() || j.s.capture == nil && j.s.prompt.slow {
		return words.JoinNothing.In(j.lang)
	}
	return words.JoinQuiet.In(j.lang)
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
			headingOf(words.WaitHeading.About(j.lang, j.agent())),
			app.P().Class("lead").Body(sentence(words.WaitLead.About(j.lang, j.agent()))),
			app.Div().Class("actions").Body(button(CancelButton, "button-quiet", "", words.WaitCancel.In(j.lang), j.onCancel)),
		),
		hide(app.Section().Class("check").Aria("label", words.Preview.In(j.lang)), j.s.capture == nil).Body(
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
