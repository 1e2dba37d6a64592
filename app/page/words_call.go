package page

import "escalate/app/call"

// callWords are the sentences of a call beyond its controls.
type callWords struct {
	Text, TalkHint, TalkLabel, TalkFailed, Unread string
	DidWrite, DidPause, DidResume                 string // name
	Paused, MicTaken, CameraTaken, Stalled        string
	MicGone, CameraGone, NowUsing                 string // device
	ShareReplaced, SharingOver                    string // name
	ScreenStopped                                 string
	Mini, NoMini                                  string
	Fill, Filled, Whole                           string // how a picture stands in its tile
	Blur, BlurOn, BlurOff, NoBlur, BareCamera     string
	ElsewhereHeading, ElsewhereLead               string

	// Why a connection is weak: it follows "Weak connection:". Their is of the
	// other Participant.
	WhyUp, WhyDown, WhyLossUp, WhyLoss, WhyDelay, WhyUneven, WhyDevice string
	WhyTheirUp, WhyTheirDown                                           string
}

// quality is a connection in words, "" when there is nothing to worry about:
// how it is and, where that is known, why.
func (w *words) quality(level int, c call.Cause, own bool) string {
	how := ""
	switch call.QualityWords(level) {
	case "fair":
		how = w.QualityFair
	case "weak":
		how = w.QualityWeak
	case "bad", "broken":
		how = w.QualityBad
	default:
		return ""
	}
	if why := w.why(c, own); why != "" {
		return how + ": " + why
	}
	return how
}

func (w *words) why(c call.Cause, own bool) string {
	switch c {
	case call.CauseUp:
		return pick(own, w.WhyUp, w.WhyTheirUp)
	case call.CauseDown:
		return pick(own, w.WhyDown, w.WhyTheirDown)
	case call.CauseLossUp:
		return w.WhyLossUp
	case call.CauseLoss:
		return w.WhyLoss
	case call.CauseDelay:
		return w.WhyDelay
	case call.CauseUneven:
		return w.WhyUneven
	case call.CauseDevice:
		return w.WhyDevice
	}
	return ""
}
