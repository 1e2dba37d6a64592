package transcription

import (
	"math"
	"time"
)

const (
	// frame is how much sound is judged at a time.
	frame = 20 * time.Millisecond
	// onset is for how long sound has to be loud to be speech, so that a click is none.
	onset = 3 * frame
	// hangover is how long speech may pause before it is over: pauses between words are
	// shorter, those between sentences longer.
	hangover = 600 * time.Millisecond
	// Speech begins above loud and goes on above soft. Breathing and fans stay below
	// -50 dBFS, and who speaks into a microphone is above -45 with automatic gain.
	loud = -45.0 // dBFS
	soft = -50.0
)

// voice tells speech from its absence by loudness. The zero value is silent.
type voice struct {
	rest     []int16 // less than a frame
	heard    time.Duration
	run      time.Duration // loud without a pause
	quiet    time.Duration // since the last loud frame
	speaking bool
}

// push takes sound in and returns whether somebody speaks at its end.
func (v *voice) push(pcm []int16) bool {
	v.rest = append(v.rest, pcm...)
	n := samples(frame)
	for len(v.rest) >= n {
		v.judge(level(v.rest[:n]))
		v.rest = v.rest[n:]
	}
	return v.speaking
}

func (v *voice) judge(dB float64) {
	v.heard += frame
	switch {
	case v.speaking && dB > soft:
		v.quiet = 0
	case v.speaking:
		if v.quiet += frame; v.quiet >= hangover {
			v.speaking, v.run = false, 0
		}
	case dB > loud:
		if v.run += frame; v.run >= onset {
			v.speaking, v.quiet = true, 0
		}
	default:
		v.run = 0
	}
}

// level is how loud sound is, in dB of a full-scale square wave.
func level(pcm []int16) float64 {
	sum := 0.0
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return 10 * math.Log10(sum/float64(len(pcm))/(1<<30)+1e-12)
}
