package sfu

import (
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
)

const (
	// speakerTick is how often loudness is compared. It spans ten Opus packets, so
	// that one lost packet does not count.
	speakerTick = 200 * time.Millisecond
	// speakerTakeover is how long somebody must be louder than the speaker to replace
	// them. Less, and a cough switches the picture; more, and the answer to a question is
	// half over.
	speakerTakeover = 600 * time.Millisecond
	// speakerSilence is how long a speaker who went quiet stays the speaker while nobody
	// else speaks.
	speakerSilence = 5 * time.Second
	// speakerFloor is the loudness that counts as speaking, in dB above the level
	// extension's minimum of -127 dBov. Breathing and fans stay below -50 dBov.
	speakerFloor = 77
	// speakerMargin is by how many dB somebody must be louder than the speaker.
	speakerMargin = 3
)

// levelMeter sums up the audio levels of one Track. One goroutine adds, another takes.
type levelMeter struct {
	sum   atomic.Int64 // dB above -127 dBov, summed over packets
	count atomic.Int64
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
	m.sum.Add(127 - int64(a.Level))
	m.count.Add(1)
}

// take returns the mean since the last call, 0 when there was nothing: with
// discontinuous transmission silence is not sent at all.
func (m *levelMeter) take() float64 {
	n, sum := m.count.Swap(0), m.sum.Swap(0)
	if n == 0 {
		return 0
	}
	return float64(sum) / float64(n)
}

// speakerChoice decides who the dominant speaker is, with enough inertia that the picture
// does not flicker. The zero value has nobody.
type speakerChoice struct {
	current   string
	loudness  map[string]float64 // smoothed
	rival     string             // louder than current since rivalSince
	rivalFor  time.Duration
	silentFor time.Duration // since current was last above the floor
}

// step takes the levels of all who have audio, measured over one tick, and returns who
// speaks and whether that is news.
func (s *speakerChoice) step(levels map[string]float64, tick time.Duration) (sid string, changed bool) {
	was := s.current
	loudness := make(map[string]float64, len(levels))
	for sid, l := range levels {
		// Smoothing bridges the pauses between words.
		loudness[sid] = 0.6*s.loudness[sid] + 0.4*l
	}
	s.loudness = loudness
	if _, here := levels[s.current]; !here {
		s.current = ""
	}
	best := ""
	for sid, l := range loudness {
		if l >= speakerFloor && (best == "" || l > loudness[best] || l == loudness[best] && sid < best) {
			best = sid
		}
	}
	switch {
	case s.current == "":
		s.rival, s.rivalFor = best, 0
		s.current, s.silentFor = best, 0
	case best == "" || best == s.current:
		s.rival, s.rivalFor = "", 0
	case loudness[best] < loudness[s.current]+speakerMargin:
		s.rival, s.rivalFor = "", 0
	case best != s.rival:
		s.rival, s.rivalFor = best, tick
	default:
		s.rivalFor += tick
	}
	if s.rival != "" && s.rivalFor >= speakerTakeover {
		s.current, s.silentFor = s.rival, 0
		s.rival, s.rivalFor = "", 0
	}
	if s.current != "" {
		if s.loudness[s.current] >= speakerFloor {
			s.silentFor = 0
		} else if s.silentFor += tick; s.silentFor >= speakerSilence {
			s.current = ""
		}
	}
	return s.current, s.current != was
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
