package recording

import (
	"testing"
	"time"
)

func TestTimeline(t *testing.T) {
	type frame struct {
		rtp uint32
		at  time.Duration // arrival, since the first
		due time.Duration
	}
	ms := time.Millisecond
	tests := []struct {
		name   string
		rate   int64
		frames []frame
	}{
		{"arrival does not matter", 90000, []frame{{1000, 0, 0}, {1000 + 3000, 90 * ms, 33333333}, {1000 + 9000, 91 * ms, 100 * ms}}},
		{"the count wraps", 48000, []frame{{0xffffff00, 0, 0}, {960 - 0x100, 20 * ms, 20 * ms}, {3*960 - 0x100, 60 * ms, 60 * ms}}},
		{"a gap stays a gap", 48000, []frame{{0, 0, 0}, {10 * 48000, 10_050 * ms, 10_000 * ms}, {10*48000 + 960, 10_070 * ms, 10_020 * ms}}},
		{"a new count goes by arrival", 90000, []frame{{5, 0, 0}, {3005, 33 * ms, 33333333}, {4_000_000_000, 66 * ms, 66333333}, {4_000_003_000, 99 * ms, 99666666}}},
		{"never backwards", 90000, []frame{{9000, 0, 0}, {18000, 100 * ms, 100 * ms}, {17000, 101 * ms, 100 * ms}}},
	}
	start := time.Unix(1_700_000_000, 0)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := timeline{rate: tt.rate}
			for i, f := range tt.frames {
				if got := l.place(f.rtp, start.Add(f.at)); got.Round(10*time.Microsecond) != f.due.Round(10*time.Microsecond) {
					t.Errorf("frame %d is due at %v, want %v", i, got, f.due)
				}
			}
		})
	}
}

// A sound card that runs 0.02 % fast must not leave sound 720 ms ahead of the picture after
// an hour.
func TestTimelineFollowsTheClock(t *testing.T) {
	l := timeline{rate: 48000}
	start := time.Unix(1_700_000_000, 0)
	var due time.Duration
	for s := range 3601 {
		now := start.Add(time.Duration(s) * time.Second)
		ticks := uint32(float64(s) * 48000 * 1.0002)
		due = l.place(ticks, now)
		l.reported(now, ticks, now)
	}
	if off := due - time.Hour; off > 5*time.Millisecond || off < -5*time.Millisecond {
		t.Errorf("after an hour frames are due %v off", off)
	}
	if began, ok := l.began(); !ok || began.Sub(start).Abs() > time.Millisecond {
		t.Errorf("began %v, want %v", began, start)
	}
}

// A publisher's clock that is set by an hour in the middle of a call moves nothing.
func TestTimelineOutlivesASetClock(t *testing.T) {
	l := timeline{rate: 90000}
	start := time.Unix(1_700_000_000, 0)
	var due time.Duration
	for s := range 61 {
		now, clock := start.Add(time.Duration(s)*time.Second), start.Add(time.Duration(s)*time.Second)
		if s > 30 {
			clock = clock.Add(time.Hour)
		}
		due = l.place(uint32(s*90000), now)
		l.reported(clock, uint32(s*90000), now)
	}
	if off := due - time.Minute; off.Abs() > 50*time.Millisecond {
		t.Errorf("after a minute frames are due %v off", off)
	}
}

// A sound card that was starved for 700 ms does not leave sound late for the rest of the call.
func TestTimelineMendsAGlitch(t *testing.T) {
	l := timeline{rate: 48000}
	start := time.Unix(1_700_000_000, 0)
	var due time.Duration
	for s := range 21 {
		now := start.Add(time.Duration(s) * time.Second)
		ticks := uint32(s * 48000)
		if s > 10 {
			ticks -= 700 * 48
		}
		due = l.place(ticks, now)
		l.reported(now, ticks, now)
	}
	if off := due - 20*time.Second; off.Abs() > 10*time.Millisecond {
		t.Errorf("frames are due %v off", off)
	}
}

func TestNTPTime(t *testing.T) {
	// RFC 5905 figure 4: the first day of UNIX.
	if got := ntpTime(2_208_988_800<<32 | 1<<31); !got.Equal(time.Unix(0, 5e8)) {
		t.Errorf("%v", got)
	}
}
