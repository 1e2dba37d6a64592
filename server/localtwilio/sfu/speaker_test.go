package sfu

import (
	"math"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
)

// A sound is its level of each tick, from the first on, in dB above -127 dBov.
type sound func(tick int) float64

func still(int) float64 { return 20 }

// speech is never two ticks the same, and has gaps between words and between sentences.
func speech(loud float64) sound {
	words := []float64{0, -3, 2, -25, -1, 1, -9, -70, -2, 3, -4, 0, -30, -70, -1, 2}
	return func(tick int) float64 {
		if tick%60 > 52 { // a breath of 1.4 s
			return loud - 70
		}
		return loud + words[tick%len(words)]
	}
}

// noise is a fan's.
func noise(loud float64) sound {
	return func(tick int) float64 { return loud + []float64{0, 1.5, -1, 0.5, -1.5, 1}[tick%6] }
}

// beeps are those of Chromium's fake microphone: 20 ms, twice a second.
func beeps(shift int) sound {
	return func(tick int) float64 {
		if k := (tick + shift) % 5; k == 0 || k == 2 {
			return 99.6
		}
		return 0
	}
}

func TestSpeakerChoice(t *testing.T) {
	talk, loud := speech(95), speech(110)
	tone := sound(func(int) float64 { return 110 })
	type turn struct {
		alice, bob sound
		ticks      int
		want       string // after the last tick
		changes    int    // at most, meanwhile
	}
	tests := []struct {
		name  string
		turns []turn
	}{
		{"nobody", []turn{{still, still, 20, "", 0}}},
		{"first to speak", []turn{{still, talk, 6, "bob", 1}}},
		{"a click is no speech", []turn{{tone, still, 1, "", 0}, {still, still, 10, "", 0}}},
		{"a cough does not take over", []turn{{talk, still, 20, "alice", 1}, {talk, tone, 2, "alice", 0}, {talk, still, 10, "alice", 0}}},
		{"equal loudness does not take over", []turn{{talk, still, 20, "alice", 1}, {talk, talk, 100, "alice", 0}}},
		{"the answer takes over", []turn{{talk, still, 20, "alice", 1}, {still, talk, 8, "bob", 1}}},
		{"the louder takes over", []turn{{talk, still, 20, "alice", 1}, {talk, loud, 10, "bob", 1}}},
		{"a pause changes nothing", []turn{{talk, still, 20, "alice", 1}, {still, still, 20, "alice", 0}, {talk, still, 5, "alice", 0}}},
		{"long silence", []turn{{talk, still, 20, "alice", 1}, {still, still, 30, "", 1}}},
		{"leaving", []turn{{talk, speech(85), 20, "alice", 1}, {nil, speech(85), 4, "bob", 1}}},
		{"speech with pauses stays", []turn{{talk, still, 10, "alice", 1}, {talk, still, 300, "alice", 0}}},
		{"beeps are heard", []turn{{beeps(0), still, 10, "alice", 1}, {beeps(0), still, 100, "alice", 0}}},
		{"beeps take over", []turn{{talk, still, 20, "alice", 1}, {still, beeps(0), 12, "bob", 1}}},
		{"two who beep do not flicker", []turn{{beeps(0), beeps(0), 10, "alice", 1}, {beeps(0), beeps(3), 100, "alice", 0}}},
		{"a tone is heard where nobody speaks", []turn{{still, tone, 10, "bob", 1}, {still, tone, 100, "bob", 0}}},
		{"a noise does not keep speech out", []turn{{still, noise(105), 40, "bob", 1}, {talk, noise(105), 10, "alice", 1}, {talk, noise(105), 300, "alice", 0}}},
		{"a noise that begins gives way", []turn{{talk, still, 20, "alice", 1}, {talk, noise(105), 40, "alice", 2}, {talk, noise(105), 300, "alice", 0}}},
		{"a noise is back after a long silence", []turn{{talk, noise(105), 60, "alice", 2}, {still, noise(105), 30, "bob", 1}}},
		{"speech over a noise", []turn{{func(i int) float64 { return max(noise(80)(i), talk(i)) }, noise(90), 60, "alice", 2}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var s speakerChoice
			at := 0
			for i, turn := range tt.turns {
				got, changes := "", 0
				for range turn.ticks {
					levels := map[string]float64{"bob": turn.bob(at)}
					if turn.alice != nil {
						levels["alice"] = turn.alice(at)
					}
					at++
					was := s.current
					sid, changed := s.step(levels, speakerTick)
					if changed != (sid != was) {
						t.Errorf("turn %d: %q after %q, changed %t", i, sid, was, changed)
					}
					if changed {
						changes++
					}
					got = sid
				}
				if got != turn.want || changes > turn.changes {
					t.Fatalf("turn %d: %q after %d changes, want %q after at most %d", i, got, changes, turn.want, turn.changes)
				}
			}
		})
	}
}

func TestLevelMeter(t *testing.T) {
	var m levelMeter
	if got := m.take(); got != 0 {
		t.Errorf("silence is %v", got)
	}
	observe := func(levels ...uint8) {
		t.Helper()
		for _, level := range levels {
			b, err := rtp.AudioLevelExtension{Level: level, Voice: true}.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			m.observe(b)
		}
	}
	near := func(what string, want float64) {
		t.Helper()
		if got := m.take(); math.Abs(got-want) > 0.05 {
			t.Errorf("%s: %.2f dB, want %.2f", what, got, want)
		}
	}
	observe(27, 27, 27)
	m.observe(nil)
	near("the same level", 100)
	observe(27, 127)
	near("half of it silence", 97)
	// A beep of Chromium's fake microphone, in 200 ms; the mean of its levels would be 11.
	observe(17, 127, 127, 127, 127, 127, 127, 127, 127, 127)
	near("a beep", 100)
	observe(127, 127)
	near("digital silence", 0)
	observe(126)
	near("hardly anything", 1)
	near("taken twice", 0)
}

func TestDominantSpeaker(t *testing.T) {
	var mu sync.Mutex
	var said []string
	r := startEngine(t).NewRouter(RouterConfig{Speaker: func(sid string) {
		mu.Lock()
		defer mu.Unlock()
		said = append(said, sid)
	}})
	last := func() string {
		mu.Lock()
		defer mu.Unlock()
		if len(said) == 0 {
			return "none"
		}
		return said[len(said)-1]
	}
	alice, bob := newClient(t, "PA1"), newClient(t, "PA2")
	a := alice.publish("MT1a", KindAudio)
	alice.join(r)
	b := bob.publish("MT2a", KindAudio)
	bob.join(r)
	a.level.Store(20)
	b.level.Store(120)
	eventually(t, "alice speaks", func() bool { return last() == "PA1" })
	a.level.Store(120)
	b.level.Store(20)
	eventually(t, "bob speaks", func() bool { return last() == "PA2" })
	// A muted Track does not count, whatever it sends.
	tracks := append([]Track(nil), bob.tracks...)
	tracks[0].Enabled = false
	began := time.Now()
	bob.peer.SetTracks(tracks)
	eventually(t, "silence", func() bool { return last() == "" })
	if took := time.Since(began); took < speakerSilence-time.Second {
		t.Errorf("silent after %s", took)
	}
}
