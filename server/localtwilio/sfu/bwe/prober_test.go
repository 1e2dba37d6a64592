package bwe

import (
	"testing"
	"testing/synctest"
	"time"
)

// Probes that find nothing become rarer, and the first that found something brings the next soon.
func TestProberRests(t *testing.T) {
	t.Parallel()
	const needed, margin = 3e6, 1.2
	var p Prober
	now := time.Unix(1_700_000_000, 0)
	for i, step := range []struct {
		after    time.Duration // of the step before
		estimate int
		target   float64 // 0 for none
	}{
		{0, 1_000_000, 2e6},
		{probePatience - 1, 1_000_000, 0},
		{1, 1_000_000, 2e6}, // the first one found nothing
		{2*probePatience - 1, 1_000_000, 0},
		{1, 1_000_000, 2e6},
		{4 * probePatience, 2_000_000, 3.6e6}, // no more than is wanted
		{probePatience - 1, 2_000_000, 0},
		{1, 3_600_000, 0}, // there is enough
	} {
		now = now.Add(step.after)
		target, due := p.Due(step.estimate, needed, margin, now)
		if due != (step.target != 0) || target != step.target {
			t.Errorf("step %d: probe %.0f, %t; want %.0f", i, target, due, step.target)
		}
		if due {
			p.Began(step.estimate, now)
		}
	}
}

// Padding brings what is sent to the target, on top of what is sent anyway.
func TestProbeFillsUp(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		media int // bytes in each step
		want  int // packets of padding
	}{{"nothing else is sent", 0, 160}, {"half is media", 1250, 80}, {"all is media", 2500, 0}} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var e Estimator
				done := make(chan struct{})
				go func() {
					tick := time.NewTicker(probeStep)
					defer tick.Stop()
					for {
						select {
						case <-done:
							return
						case now := <-tick.C:
							e.Sent(tt.media, now)
						}
					}
				}()
				time.Sleep(probeStep / 2) // between two of its packets
				padding := 0
				e.Probe(2e6, func() bool {
					padding++
					e.Sent(PaddingSize+headerSize, time.Now())
					return true
				}, nil)
				close(done)
				if d := padding - tt.want; d < -2 || d > 2 {
					t.Errorf("%d packets of padding, want %d", padding, tt.want)
				}
			})
		})
	}
}

func TestProbeEndsWithItsOwner(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var e Estimator
		done := make(chan struct{})
		time.AfterFunc(5*probeStep+1, func() { close(done) })
		began := time.Now()
		e.Probe(1e6, func() bool { return false }, done)
		if took := time.Since(began); took != 5*probeStep+1 {
			t.Errorf("it took %s", took)
		}
	})
}

func TestRateMeter(t *testing.T) {
	t.Parallel()
	var r RateMeter
	now := time.Unix(1_700_000_000, 0)
	for i, step := range []struct {
		after time.Duration
		count int64
		rate  int
		live  bool
	}{
		{0, 1000, 0, true},
		{rateWindow / 2, 9000, 0, true}, // too short
		{rateWindow / 2, 51_000, 1_000_000, true},
		{rateWindow, 151_000, 1_500_000, true}, // smoothed
		{rateSilence + 1, 151_000, 750_000, false},
		{rateWindow, 152_000, 385_000, true},
	} {
		now = now.Add(step.after)
		r.Sample(step.count, now)
		if rate, live := r.Read(); rate != step.rate || live != step.live {
			t.Errorf("step %d: %d, %t; want %d, %t", i, rate, live, step.rate, step.live)
		}
	}
}
