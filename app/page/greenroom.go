package page

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
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
			ui.HeadingOf(words.InviteHeading.About(j.lang, j.agent())),
			app.P().Class("lead").Text(words.InviteLead.In(j.lang)),
			ui.StartNote(j.lang),
			ui.Note(ui.TroubleID, j.troubleNow()),
			j.mediaAdvice(), // above the rest: a small screen shows no more
			j.recordNotice(),
			j.lifetime(),
			app.Div().Class("actions").Body(
				ui.Disable(ui.Button(JoinButton, "button-primary button-large", ui.IconCam, words.Join.In(j.lang), j.onJoin), asking),
				ui.Hide(ui.Disable(ui.Button(QuietJoinButton, "link-text", "", j.quietLabel(), j.onQuietJoin), asking),
					j.s.capture != nil && !j.s.capture.Has(video.Video)),
			),
		),
		app.Section().Class("check").Aria("label", words.Check.In(j.lang)).Body(
			j.preview(),
			j.levels(),
			j.deviceFields(),
			j.networkLine(),
		),
		ui.Hide(app.Div().Class("how"), j.s.capture != nil).Body(
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
		ui.Hide(app.P().ID(ConsentError).Class("field-error"), !j.consentMissing).Text(words.ConsentMissing.In(j.lang)),
		app.P().Class("fine").Text(words.ConsentRefuse.In(j.lang)),
	)
}

// preview is the mirrored camera, or the button that asks for it.
func (j *Join) preview() app.UI {
	on := j.s.cameraOn()
	asking := j.phase == PhaseAsking
	return app.Div().Class("preview").DataSet("camera", ui.OnOff(on)).Body(
		ui.Hide(app.Video().ID(PreviewVideo).Class("mirrored").AutoPlay(true).Muted(true).
			Attr("playsinline", "playsinline").Aria("label", words.Preview.In(j.lang)), !on),
		ui.Hide(app.Div().Class("preview-off"), on).Body(
			ui.Hide(app.Div().Class("preview-ask"), asking || j.s.capture != nil).Body(
				ui.Button(CheckButton, "button-on-dark", ui.IconCam, words.Check.In(j.lang), j.onCheck),
				app.P().Text(words.CheckHint.In(j.lang)),
			),
			ui.Hide(app.P().Class("preview-asking"), !asking).Body(
				app.Span().Class("spinner").Aria("hidden", "true"), app.Span().Text(j.s.askingWords())),
			ui.Hide(app.P(), asking || j.s.capture == nil).Body(ui.Icon(ui.IconCamOff), app.Span().Text(j.offLabel())),
		),
		ui.Hide(app.Div().Class("preview-bar").Role("group").Aria("label", words.Controls.In(j.lang)), j.s.capture == nil).Body(
			j.previewToggle(MuteButton, video.Audio, j.s.microphoneOn(), ui.IconMic, ui.IconMicOff, words.Mic.In(j.lang), j.s.onMute),
			j.previewToggle(CameraButton, video.Video, on, ui.IconCam, ui.IconCamOff, words.Camera.In(j.lang), j.s.onCamera),
			ui.Hide(ui.Control(FlipButton, ui.IconFlip, words.Flip.In(j.lang), j.s.onFlip), !j.s.support.Mobile || !on),
		),
	)
}

func (j *Join) previewToggle(id string, k video.Kind, on bool, icon, iconOff, text string, h app.EventHandler) app.UI {
	missing := j.s.capture == nil || !j.s.capture.Has(k) && on
	return ui.Disable(ui.Control(id, ui.Pick(on, icon, iconOff), text, h), missing).
		DataSet("off", ui.OnOff(!on)).Aria("pressed", ui.OnOff(on))
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
	return ui.Hide(app.Div().ID("media-advice").Class("note note-trouble").Role("alert"), j.s.mediaErr == nil).Body(
		app.H2().Text(a.Heading.In(j.lang)),
		app.P().Text(a.Text.In(j.lang)),
		j.adviceSteps(),
		ui.Hide(ui.Button("try-again-button", "button-quiet", "", words.TryAgain.In(j.lang), j.onCheck), j.s.capture != nil),
	)
}

// adviceSteps are what to press in this browser after a refusal.
func (j *Join) adviceSteps() app.UI {
	denied := j.s.mediaErr != nil && j.s.mediaErr.Reason == video.MediaDenied
	var steps []app.UI
	for i := range 3 {
		steps = append(steps, app.Li().Text(words.PermissionSteps(j.s.support.Browser)[i].In(j.lang)))
	}
	return ui.Hide(app.Div().ID(AdviceSteps).Class("advice-steps"), !denied).Body(
		app.H3().Text(words.StepsTitle.In(j.lang)), app.Ol().Body(steps...))
}

// levels is the microphone meter.
func (j *Join) levels() app.UI {
	if j.s.capture == nil || !j.s.capture.Has(video.Audio) {
		return app.Div().Hidden(true)
	}
	if !j.s.micOn {
		return app.Div().Class("levels").Body(ui.Icon(ui.IconMicOff), app.Span().Class("fine").Text(words.MicOff.In(j.lang)))
	}
	return app.Div().Class("levels").Body(ui.Icon(ui.IconMic),
		&meter{Source: j.s.capture, Label: words.Microphone.In(j.lang)},
		app.Span().Class("fine").Text(words.MicLevel.In(j.lang)))
}

func (j *Join) deviceFields() app.UI {
	return ui.Hide(app.Div().Class("fields"), j.s.capture == nil).Body(append(j.s.deviceSelects(),
		app.Div().Class("chime").Body(j.s.blurButton(),
			ui.Hide(app.P().Class("fine"), j.s.notice == words.Sentence{}).Body(ui.Sentence(j.s.notice))),
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
			app.Div().Class("pulse").Aria("hidden", "true").Body(ui.Icon(ui.IconUser)),
			ui.HeadingOf(words.WaitHeading.About(j.lang, j.agent())),
			app.P().Class("lead").Body(ui.Sentence(words.WaitLead.About(j.lang, j.agent()))),
			app.Div().Class("actions").Body(ui.Button(CancelButton, "button-quiet", "", words.WaitCancel.In(j.lang), j.onCancel)),
		),
		ui.Hide(app.Section().Class("check").Aria("label", words.Preview.In(j.lang)), j.s.capture == nil).Body(
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
		ui.Heading(title),
		ui.Hide(app.P().Class("lead"), lead == "").Text(lead),
		ui.Hide(app.Div().Class("actions"), cancel == "").Body(
			ui.Button(CancelButton, "button-quiet", "", cancel, j.onCancel)),
	)
}
