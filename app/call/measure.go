package call

import (
	"maps"
	"math"

	"escalate/app/video"
)

// Cause is why a connection is weak.
type Cause string

// The causes, as far as they can be told. Up and Down are of the Participant
// whose connection it is.
const (
	CauseUnknown Cause = ""
	CauseUp      Cause = "up"      // what they send
	CauseDown    Cause = "down"    // what they receive
	CauseLossUp  Cause = "loss_up" // what we send gets lost
	CauseLoss    Cause = "loss"    // what we are sent gets lost
	CauseDelay   Cause = "delay"   // it takes long
	CauseUneven  Cause = "uneven"  // it comes in bursts
	CauseDevice  Cause = "slow"    // this device cannot keep up
)

// Bounds beyond which a measurement is the reason for a weak connection: ITU-T
// G.114 calls 400 ms one way the limit, and Opus conceals a few percent.
const (
	slowRTT    = 0.4  // seconds, there and back
	heavyLoss  = 0.04 // of the packets
	roughShift = 0.06 // seconds of jitter
)

// speakingLevel is the loudness (root mean square, 0 to 1) of speech at arm's
// length, some 12 dB under an ordinary voice; rooms and fans stay below.
const speakingLevel = 0.008

// speakingTicks is how many quiet measurements end speaking: as long as the
// pause between two words.
const speakingTicks = 2

// Measured is the State after a measurement of the media; before is the one
// that was taken last, zero at first.
func (s State) Measured(before, now video.Stats) State {
	loud := map[string]int{}
	for sid, h := range now.Heard {
		b := before.Heard[sid]
		seconds, energy := h.Seconds-b.Seconds, h.Energy-b.Energy
		switch {
		case seconds > 0 && math.Sqrt(max(0, energy)/seconds) > speakingLevel:
			loud[sid] = speakingTicks
		case s.loud[sid] > 1:
			loud[sid] = s.loud[sid] - 1
		}
	}
	s.loud = loud
	// Less is none either: browsers forget what they counted of a Track that ends, and Chromium what it
	// counted of video when ICE is interrupted.
	if (before.Received > 0 || s.still > 0) && now.Received <= before.Received {
		s.still++
	} else {
		s.still = 0
	}
	s.measured = cause(before, now)
	return s
}

// cause is what a measurement finds wrong, the worst for a talk first.
func cause(before, now video.Stats) Cause {
	share := func(lost, ok int64) float64 {
		if lost <= 0 || ok < 0 {
			return 0
		}
		return float64(lost) / float64(lost+ok)
	}
	up := share(now.LostOut-before.LostOut, now.Sent-before.Sent)
	down := share(now.LostIn-before.LostIn, now.Received-before.Received)
	switch {
	case up > heavyLoss && up >= down:
		return CauseLossUp
	case down > heavyLoss:
		return CauseLoss
	case now.RTT > slowRTT:
		return CauseDelay
	case now.Jitter > roughShift:
		return CauseUneven
	case now.Busy:
		return CauseDevice
	}
	return CauseUnknown
}

// stallTicks is how many measurements without a packet are a broken line. Even
// silence sends some (Opus with DTX 2.5 a second), and Twilio notices only after
// ten seconds or more.
const stallTicks = 6

// Stalled says that nothing arrives any more although somebody is to be heard
// or seen.
func (s State) Stalled() bool {
	if s.still < stallTicks {
		return false
	}
	for _, p := range s.Participants {
		_, heard := Microphone(p)
		_, seen := Camera(p)
		if (heard || seen) && !p.Reconnecting {
			return true
		}
	}
	return false
}

// Speaking says whether someone can be heard right now.
func (s State) Speaking(sid string) bool { return sid != "" && (s.loud[sid] > 0 || s.Dominant == sid) }

// CauseOf is why a Participant's connection is weak. Ours is measured here;
// of the others the server only tells the direction.
func (s State) CauseOf(sid string) Cause {
	if sid == s.Local.SID && s.measured != CauseUnknown {
		return s.measured
	}
	return s.causes[sid]
}

// direction keeps which way a Participant's connection is worse.
func (s State) direction(e video.NetworkQuality) State {
	c := CauseUnknown
	switch {
	case !e.Detailed || e.Send == e.Recv:
	case e.Send < e.Recv:
		c = CauseUp
	default:
		c = CauseDown
	}
	if s.causes[e.SID] == c {
		return s
	}
	s.causes = maps.Clone(s.causes)
	if s.causes == nil {
		s.causes = map[string]Cause{}
	}
	s.causes[e.SID] = c
	return s
}

// PausedBy says that someone's phone has taken their microphone or camera, or
// that they have it back.
func (s State) PausedBy(sid string, on bool) State {
	if s.paused[sid] == on {
		return s
	}
	s.paused = maps.Clone(s.paused)
	if s.paused == nil {
		s.paused = map[string]bool{}
	}
	s.paused[sid] = on
	return s
}

// Paused says whether someone has told that they are interrupted.
func (s State) Paused(sid string) bool { return s.paused[sid] }
