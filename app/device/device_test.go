package device

import (
	"testing"

	"escalate/app/video"
)

func TestMeterShowsQuietSpeech(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		level float64
		want  int
	}{{0, 0}, {0.004, 0}, {0.01, 1}, {0.25, 5}, {1, 10}, {2, 10}} {
		if got := barsOf(c.level); got != c.want {
			t.Errorf("a level of %v shows %d bars, want %d", c.level, got, c.want)
		}
	}
}

// The newest click counts, also while the last one is being carried out.
func TestSwitchesKeepTheNewestWish(t *testing.T) {
	t.Parallel()
	s := newSwitches(nil, nil, nil)
	if to, changes := s.toggled(video.Audio, true); to || changes {
		t.Errorf("from on it goes to %v, changing an aim: %v", to, changes)
	}
	s.aim[video.Audio] = false
	if to, changes := s.toggled(video.Audio, true); !to || !changes || !s.aim[video.Audio] {
		t.Errorf("while it is switched off a click aims at %v, changing an aim: %v", to, changes)
	}
	delete(s.aim, video.Audio)
	s.wish[video.Audio] = false
	if to, changes := s.toggled(video.Audio, true); !to || changes {
		t.Errorf("after a wish for off a click goes to %v, changing an aim: %v", to, changes)
	}
}
