package sfu

import (
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
)

func TestSpeakerChoice(t *testing.T) {
	const quiet, talk, loud = 20.0, 95.0, 110.0
	type turn struct {
		alice, bob float64
		ticks      int
		want       string // after the last tick
	}
	tests := []struct {
		name  string
		turns []turn
	}{
		{"nobody", []turn{{quiet, quiet, 20, ""}}},
		{"first to speak", []turn{{quiet, talk, 6, "bob"}}},
		{"a cough does not take over", []turn{{talk, quiet, 20, "alice"}, {talk, loud, 2, "alice"}, {talk, quiet, 10, "alice"}}},
		{"equal loudness does not take over", []turn{{talk, quiet, 20, "alice"}, {talk, talk, 30, "alice"}}},
		{"the answer takes over", []turn{{talk, quiet, 20, "alice"}, {quiet, talk, 8, "bob"}}},
		{"the louder takes over", []turn{{talk, quiet, 20, "alice"}, {talk, loud, 10, "bob"}}},
		{"a pause changes nothing", []turn{{talk, quiet, 20, "alice"}, {quiet, quiet, 20, "alice"}, {talk, quiet, 5, "alice"}}},
		{"long silence", []turn{{talk, quiet, 20, "alice"}, {quiet, quiet, 30, ""}}},
		{"leaving", []turn{{talk, talk - 10, 20, "alice"}, {-1, talk - 10, 1, "bob"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var s speakerChoice
			for i, turn := range tt.turns {
				levels := map[string]float64{"bob": turn.bob}
				if turn.alice >= 0 {
					levels["alice"] = turn.alice
				}
				got := ""
				for range turn.ticks {
					was := s.current
					sid, changed := s.step(levels, speakerTick)
					if changed != (sid != was) {
						t.Errorf("turn %d: %q after %q, changed %t", i, sid, was, changed)
					}
					got = sid
				}
				if got != turn.want {
					t.Fatalf("turn %d: %q, want %q", i, got, turn.want)
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
	for _, level := range []uint8{27, 37} {
		b, err := rtp.AudioLevelExtension{Level: level, Voice: true}.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		m.observe(b)
	}
	m.observe(nil)
	if got := m.take(); got != 95 {
		t.Errorf("mean is %v", got)
	}
	if got := m.take(); got != 0 {
		t.Errorf("taken twice: %v", got)
	}
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
