package page

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/wire"
	"escalate/app/words"
)

// network is how the advisory look at the connection stands. It keeps nobody
// from joining: it may be wrong, and the call may still get through.
type network string

const (
	netUnknown  network = "" // not looked at
	netChecking network = "checking"
	netGood     network = "good"
	netNoUDP    network = "no_udp" // media will have to go round
	netNone     network = "none"   // the signalling server is out of reach
)

// checkNetwork looks, in the background, whether a call would get through.
func (j *Join) checkNetwork() {
	n := j.page.Network
	if n == nil || j.network != netUnknown {
		return
	}
	j.network = netChecking
	async(&j.s, func(ctx context.Context) (network, error) {
		switch open, udp := j.s.deps.Host.Probe(ctx, n.Signaling, n.STUN); {
		case !open:
			return netNone, nil
		case !udp:
			return netNoUDP, nil
		}
		return netGood, nil
	}, func(found network, _ error) {
		j.network = found
		if found == netGood || j.phase != PhaseGreenRoom && j.phase != PhaseWaiting {
			return
		}
		j.s.say(j.networkWords())
		if j.phase == PhaseGreenRoom {
			j.progress(wire.PhaseTrouble, wire.TroubleNetwork)
		}
	})
}

func (j *Join) networkWords() string {
	switch j.network {
	case netChecking:
		return words.NetChecking.In(j.lang)
	case netGood:
		return words.NetGood.In(j.lang)
	case netNoUDP:
		return words.NetNoUDP.In(j.lang)
	case netNone:
		return words.NetNone.In(j.lang)
	}
	return ""
}

// networkLine says what was found; live regions say it, so this is silent.
func (j *Join) networkLine() app.UI {
	icon := ui.IconSignal
	switch j.network {
	case netGood:
		icon = ui.IconCheck
	case netNoUDP, netNone:
		icon = ui.IconWarn
	}
	return ui.Hide(app.P().ID(NetworkLine).Class("network").DataSet("network", string(j.network)), j.network == netUnknown).
		Body(ui.Icon(icon), app.Span().Text(j.networkWords()))
}

// chimeTest is the button that plays a sound through the chosen speaker.
func (s *session) chimeTest() app.UI {
	return app.Div().Class("chime").Body(
		ui.Button(ChimeButton, "button-quiet", ui.IconSound, words.ChimeButton.In(s.lang), s.onChime).Aria("busy", ui.OnOff(s.chiming)),
		ui.Hide(app.Span().ID(ChimeNote).Class("fine").Role("status"), s.chime == "").Text(s.chime),
	)
}

func (s *session) onChime(app.Context, app.Event) {
	if s.chiming {
		return
	}
	s.chiming, s.chime = true, words.ChimePlaying.In(s.lang)
	speaker := s.chosen[audioOutput]
	act(s, func(ctx context.Context) error { return s.deps.Host.Chime(ctx, speaker) }, func(err error) {
		s.chiming = false
		if err != nil {
			s.chime = words.ChimeFailed.In(s.lang)
		}
	})
}

// plugged looks at the devices anew. In a call the Room tells which are gone;
// before it we have to look.
func (s *session) plugged() {
	if s.capture != nil && !s.inRoom() {
		for k, kind := range deviceKinds {
			if !s.capture.Has(k) && s.capture.Missing(k) == nil && (k == video.Audio || s.camOn) {
				s.gone[k], _ = s.device(kind, s.using[k])
			}
		}
		if len(s.gone) == 0 {
			s.say(words.DeviceNew.In(s.lang))
		}
	}
	s.listDevices()
}
