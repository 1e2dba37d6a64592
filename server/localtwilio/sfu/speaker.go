package sfu

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
)

const (
	// speakerTick is how often loudness is compared. It spans ten Opus packets, so
	// that one lost packet does not count.
	speakerTick = 200 * time.Millisecond
	// speakerWindow is over how many ticks loudness is compared: 1.6 s. Shorter, and each
	// word decides anew who is louder; longer, and who has stopped counts for too long.
	speakerWindow = 8
	// speakerFirst and speakerTurn are in how many ticks of the window somebody must be heard
	// to become the speaker: where there is none, so that a click does not, and in place of
	// another, so that a cough does not. Chromium's fake microphone, which beeps for 20 ms
	// twice a second, is heard in three or four.
	speakerFirst, speakerTurn = 2, 3
	// speakerTakeover is for how long somebody must be the better one to replace the
	// speaker. Less, and the picture flickers between two who talk at once; more, and the
	// answer to a question is half over.
	speakerTakeover = 600 * time.Millisecond
	// speakerPause is after how long somebody who was heard is no longer: a speaker loses their
	// place to whoever can be, a rival takes none. Longer than the gaps between words, and
	// between Chromium's beeps.
	speakerPause = 600 * time.Millisecond
	// speakerSilence is how long a speaker who went quiet stays the speaker while nobody
	// else speaks.
	speakerSilence = 5 * time.Second
	// speakerFloor is the loudness that counts as speaking, in dB above the level
	// extension's minimum of -127 dBov. Breathing and fans stay below -50 dBov.
	speakerFloor = 77
	// speakerMargin is by how many dB somebody must be louder than the speaker.
	speakerMargin = 3
	// speakerSteady is how long a sound that never pauses is taken for speech. Nobody speaks so
	// long in one breath; an engine, a fan or a tone goes on and on.
	speakerSteady = 4 * time.Second
	// speakerDip is by how many dB a sound must fall for a pause. The noise of a fan
	// varies by less from tick to tick, speech by much more.
	speakerDip = 6
)

// levelUnit is the power of 0 dBov in a levelMeter's sum: a level of 126 is still more than
// nothing, and a thousand packets fit.
const levelUnit = 1 << 50

// levelPowers are the powers of the level extension's values. The last stands for digital silence.
var levelPowers = func() (p [128]uint64) {
	for level := range 127 {
		p[level] = uint64(levelUnit * math.Pow(10, -float64(level)/10))
	}
	return p
}()

// levelMeter sums up the audio levels of one Track. One goroutine adds, another takes.
type levelMeter struct {
	sum   atomic.Uint64 // of powers: in dB, silence would outweigh whatever is short
	count atomic.Uint64
}

// observe reads the extension of one packet, if there is one.
func (m *levelMeter) observe(extension []byte) {
	if len(extension) == 0 {
		return
	}
	var a rtp.AudioLevelExtension
	if err := a.Unmarshal(extension); err != nil {
		return
	}
	m.sum.Add(levelPowers[a.Level&127])
	m.count.Add(1)
}

// take returns the mean power since the last call in dB above -127 dBov, 0 when there was
// nothing: with discontinuous transmission silence is not sent at all.
func (m *levelMeter) take() float64 {
	n, sum := m.count.Swap(0), m.sum.Swap(0)
	if n == 0 || sum == 0 {
		return 0
	}
	return max(127+10*math.Log10(float64(sum)/float64(n)/levelUnit), 0)
}

// voice is what was heard of one Participant lately. The zero value was silent.
type voice struct {
	levels   [speakerWindow]float64 // in dB above -127 dBov, one of each tick
	next     int                    // place in levels
	unbroken time.Duration          // since the last pause
	idle     time.Duration          // since it was last above the floor
}

// hear takes the level of one tick.
func (v *voice) hear(level float64, tick time.Duration) {
	peak := 0.0
	for _, l := range v.levels {
		peak = max(peak, l)
	}
	v.levels[v.next] = level
	v.next = (v.next + 1) % len(v.levels)
	v.idle += tick
	if level >= speakerFloor {
		v.idle = 0
	}
	v.unbroken += tick
	if level < speakerFloor || level <= peak-speakerDip {
		v.unbroken = 0
	}
}

// heard returns in how many ticks of the window it was above the floor.
func (v *voice) heard() (n int) {
	for _, l := range v.levels {
		if l >= speakerFloor {
			n++
		}
	}
	return n
}

// loudness returns the mean power of the window, in dB.
func (v *voice) loudness() float64 {
	sum := 0.0
	for _, l := range v.levels {
		sum += math.Pow(10, l/10)
	}
	return 10 * math.Log10(sum/float64(len(v.levels)))
}

// steady reports whether it is a sound that goes on without a pause, and so no speech.
func (v *voice) steady() bool { return v.unbroken >= speakerSteady }

// beats reports whether v is to have the place of the speaker w: speech has that of a steady
// sound, anybody that of one who pauses, and otherwise the louder that of the other. A steady sound
// waits until the speaker has gone.
func (v *voice) beats(w *voice) bool {
	switch {
	case v.heard() < speakerTurn || v.idle >= speakerPause:
		return false
	case v.steady() != w.steady():
		return w.steady()
	case w.idle >= speakerPause:
		return true
	}
	return v.loudness() >= w.loudness()+speakerMargin
}

// speakerChoice decides who the dominant speaker is, with enough inertia that the picture
// does not flicker. The zero value has nobody.
type speakerChoice struct {
	current  string
	voices   map[string]*voice
	rival    string // beats current since rivalFor
	rivalFor time.Duration
}

// step takes the levels of all who have audio, measured over one tick, and returns who
// speaks and whether that is news.
func (s *speakerChoice) step(levels map[string]float64, tick time.Duration) (sid string, changed bool) {
	was := s.current
	voices := make(map[string]*voice, len(levels))
	for sid, l := range levels {
		v := s.voices[sid]
		if v == nil {
			v = &voice{}
		}
		v.hear(l, tick)
		voices[sid] = v
	}
	s.voices = voices
	if v := voices[s.current]; v == nil || v.idle >= speakerSilence {
		s.current = ""
	}
	if s.current == "" {
		s.current = s.best(func(v *voice) bool { return v.heard() >= speakerFirst })
		s.rival, s.rivalFor = "", 0
		return s.current, s.current != was
	}
	speaker := voices[s.current]
	best := s.best(func(v *voice) bool { return v != speaker && v.beats(speaker) })
	if best != s.rival {
		s.rival, s.rivalFor = best, 0
	}
	if s.rival != "" {
		if s.rivalFor += tick; s.rivalFor >= speakerTakeover {
			s.current, s.rival, s.rivalFor = s.rival, "", 0
		}
	}
	return s.current, s.current != was
}

// best returns the loudest of those who qualify, a steady sound only when there is no other, and ""
// when there is nobody.
func (s *speakerChoice) best(qualifies func(*voice) bool) (best string) {
	for sid, v := range s.voices {
		if !qualifies(v) {
			continue
		}
		b := s.voices[best]
		switch {
		case b == nil, v.steady() != b.steady() && b.steady():
			best = sid
		case v.steady() != b.steady():
		case v.loudness() > b.loudness() || v.loudness() == b.loudness() && sid < best:
			best = sid
		}
	}
	return best
}

// watchSpeaker runs until the Router is closed.
func (r *Router) watchSpeaker() {
	t := time.NewTicker(speakerTick)
	defer t.Stop()
	var choice speakerChoice
	for {
		select {
		case <-r.done:
			return
		case <-t.C:
		}
		levels := map[string]float64{}
		for _, pub := range r.audio() {
			l := pub.media.level.take()
			if !pub.enabled.Load() {
				l = 0
			}
			id := pub.owner.config.ID
			levels[id] = max(levels[id], l)
		}
		if sid, changed := choice.step(levels, speakerTick); changed {
			r.speaker.Store(sid)
			r.config.Speaker(sid)
		}
	}
}
