package page

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/device"
	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/wire"
	"escalate/app/words"
)

// greenRoom is where the customer sees who invites, whether it is recorded,
// and how they will look and sound.
func (j *Join) greenRoom() app.UI {
	l, kit := j.screen.Lang, j.stage.Kit
	asking := j.attempt.phase == PhaseAsking
	check := device.Check{Kit: kit, Asking: asking, Ask: j.onCheck}
	trouble := kit.Prompt.Unanswered()
	if trouble == "" {
		trouble = ui.Pick(j.attempt.trouble != "", j.attempt.trouble, j.screen.Trouble)
	}
	// What joining with less means now: without a camera, or without anything when
	// there is nothing.
	quiet := ui.Pick(kit.None() || kit.Capture() == nil && kit.Prompt.Slow, &words.JoinNothing, &words.JoinQuiet)
	wait := asking && !kit.Prompt.Slow
	return app.Div().Class("card card-wide").Body(
		app.Div().Class("invite").Body(
			ui.HeadingOf(words.InviteHeading.About(l, j.agent())),
			app.P().Class("lead").Text(words.InviteLead.In(l)),
			ui.StartNote(l),
			ui.Note(ui.TroubleID, trouble),
			check.Advice(), // above the rest: a small screen shows no more
			j.consent.notice(j.state.Recording),
			lifetime(l, j.source.host, j.state),
			app.Div().Class("actions").Body(
				ui.Disable(ui.Button(JoinButton, "button-primary button-large", ui.IconCam, words.Join.In(l), j.onJoin), wait),
				ui.Hide(ui.Disable(ui.Button(QuietJoinButton, "link-text", "", quiet.In(l), j.onQuietJoin), wait),
					kit.Capture() != nil && !kit.Has(video.Video)),
			),
		),
		app.Section().Class("check").Aria("label", words.Check.In(l)).Body(
			check.Preview(),
			check.Levels(),
			check.Fields(),
			j.network.line(),
		),
		ui.Hide(app.Div().Class("how"), kit.Capture() != nil).Body(
			app.Ol().Class("steps").Body(
				app.Li().Text(words.Steps[0].In(l)), app.Li().Text(words.Steps[1].In(l)), app.Li().Text(words.Steps[2].In(l)),
			),
		),
	)
}

// lifetime says how long the link works. Once the agent is in, it works for as
// long as the call, and there is nothing to say. The server does not know the
// reader's time zone and names a duration; start.js, and then this program, make
// a time of day of it.
func lifetime(l words.Language, h Host, st wire.State) app.UI {
	until := st.ValidUntil
	left := time.Until(until)
	if st.Status != wire.StatusInvited || left <= 0 {
		return app.P().Hidden(true)
	}
	text := words.Lasts(l, left)
	if clock := h.Clock(until); clock != "" {
		text = words.LinkUntil.With(l, clock)
	}
	return app.P().ID(LinkLife).Class("fine").Body(
		app.Time().DateTime(until.UTC().Format(time.RFC3339)).DataSet("words", words.LinkUntil.In(l)).Text(text))
}

func (j *Join) onJoin(app.Context, app.Event) {
	j.join(video.Want{Audio: true, Video: true})
}

// onQuietJoin joins without a camera; where even the microphone could not be
// had, without anything, which still lets the customer see and hear.
func (j *Join) onQuietJoin(app.Context, app.Event) {
	kit := j.stage.Kit
	if kit.Prompt.Slow {
		kit.Prompt.End()
		j.attempt.to(PhaseGreenRoom)
		j.join(video.Want{}) // another question might get no answer either
		return
	}
	if kit.None() {
		j.join(video.Want{})
		return
	}
	kit.Intent.Of(j.code)
	kit.Intent.Want(video.Video, false)
	if kit.Capture() == nil || !kit.On(video.Video) {
		j.join(video.Want{Audio: true})
		return
	}
	kit.CameraOff(func() { j.join(video.Want{Audio: true}) })
}

// onCheck asks for the devices and stays here.
func (j *Join) onCheck(app.Context, app.Event) {
	j.attempt.ask(video.Want{Audio: true, Video: true}, func() {
		j.attempt.to(PhaseGreenRoom)
		j.report.progress(wire.PhaseReady, "")
	})
}

// consent is the customer's to being recorded.
type consent struct {
	screen  *ui.Screen
	given   bool
	missing bool // Join was pressed without
}

// ask says that it is missing.
func (c *consent) ask(h Host) {
	c.missing = true
	c.screen.Say(words.ConsentMissing.In(c.screen.Lang))
	c.screen.Then(func() { h.Focus(ConsentInput) })
}

// notice says whether the call is recorded, and asks for consent if so.
func (c *consent) notice(recording bool) app.UI {
	l := c.screen.Lang
	if !recording {
		return app.P().Class("fine").Text(words.NotRecorded.In(l))
	}
	box := app.Input().ID(ConsentInput).Type("checkbox").OnChange(c.onTick).Required(true)
	if c.given {
		box = box.Checked(true)
	}
	if c.missing {
		box = box.Aria("invalid", "true").Aria("describedby", ConsentError)
	}
	return app.Div().Class("consent").Body(
		app.P().Class("chip chip-record").Text(words.Recorded.In(l)),
		app.Label().Class("tick").For(ConsentInput).Body(box, app.Span().Text(words.Consent.In(l))),
		ui.Hide(app.P().ID(ConsentError).Class("field-error"), !c.missing).Text(words.ConsentMissing.In(l)),
		app.P().Class("fine").Text(words.ConsentRefuse.In(l)),
	)
}

func (c *consent) onTick(ctx app.Context, _ app.Event) { c.agree(ui.Ticked(ctx)) }

func (c *consent) agree(yes bool) {
	c.given = yes
	if yes {
		c.missing = false
	}
}

// network is the advisory look at the connection. It keeps nobody from joining: it
// may be wrong, and the call may still get through.
type network struct {
	screen *ui.Screen
	host   Host
	found  reach
}

// reach is how far a call would get: the value of data-network.
type reach string

const (
	netUnknown  reach = "" // not looked at
	netChecking reach = "checking"
	netGood     reach = "good"
	netNoUDP    reach = "no_udp" // media will have to go round
	netNone     reach = "none"   // the signalling server is out of reach
)

// check looks, in the background, whether a call would get through to n.
func (n *network) check(at *wire.Network, done func()) {
	if at == nil || n.found != netUnknown {
		return
	}
	n.found = netChecking
	n.screen.Go(func(ctx context.Context) func() {
		found := netGood
		switch open, udp := n.host.Probe(ctx, at.Signaling, at.STUN); {
		case !open:
			found = netNone
		case !udp:
			found = netNoUDP
		}
		return func() {
			n.found = found
			if found != netGood {
				done()
			}
		}
	})
}

func (n *network) words() string {
	l := n.screen.Lang
	switch n.found {
	case netChecking:
		return words.NetChecking.In(l)
	case netGood:
		return words.NetGood.In(l)
	case netNoUDP:
		return words.NetNoUDP.In(l)
	case netNone:
		return words.NetNone.In(l)
	}
	return ""
}

// line says what was found; live regions say it, so this is silent.
func (n *network) line() app.UI {
	icon := ui.IconSignal
	switch n.found {
	case netGood:
		icon = ui.IconCheck
	case netNoUDP, netNone:
		icon = ui.IconWarn
	}
	return ui.Hide(app.P().ID(NetworkLine).Class("network").DataSet("network", string(n.found)), n.found == netUnknown).
		Body(ui.Icon(icon), app.Span().Text(n.words()))
}

// checkNetwork looks whether a call would get through, and tells of trouble.
func (j *Join) checkNetwork() {
	j.network.check(j.page.Network, func() {
		switch j.attempt.phase {
		case PhaseGreenRoom:
			j.screen.Say(j.network.words())
			j.report.progress(wire.PhaseTrouble, wire.TroubleNetwork)
		case PhaseWaiting:
			j.screen.Say(j.network.words())
		}
	})
}
