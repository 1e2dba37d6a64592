package sfu

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
)

func TestTimelineAlignsLayersByReports(t *testing.T) {
	const second = 1 << 32 // of NTP time
	at := time.Now()
	low, high := &layer{index: 0, arrived: at}, &layer{index: 1, arrived: at}
	low.last.Store(&rtcp.SenderReport{NTPTime: 100 * second, RTPTime: 5_000_000})
	high.last.Store(&rtcp.SenderReport{NTPTime: 101 * second, RTPTime: 900_000})
	c := timeline{rate: 90000}
	c.enter(low, 5_000_000)
	if got := c.translate(low, 5_000_000); got != 5_000_000 {
		t.Errorf("first is %d", got)
	}
	c.translate(low, 5_000_000+3*90000)
	high.arrived = at.Add(30 * time.Millisecond)
	c.enter(high, 900_000+2*90000+3000)
	if got, want := c.translate(high, 900_000+2*90000+3000), uint32(5_000_000+3*90000+3000); got != want {
		t.Errorf("after the change %d, want %d", got, want)
	}
	c.enter(high, 1) // a pause changes nothing
	if got, want := c.translate(high, 900_000+9*90000), uint32(5_000_000+10*90000); got != want {
		t.Errorf("after a pause %d, want %d", got, want)
	}
}

func TestTimelineGoesOnWithoutReports(t *testing.T) {
	at := time.Now()
	low, high := &layer{index: 0, arrived: at}, &layer{index: 1, arrived: at.Add(100 * time.Millisecond)}
	c := timeline{rate: 90000}
	c.enter(low, 1000)
	c.translate(low, 1000)
	c.enter(high, 77)
	if got := c.translate(high, 77); got != 1000+9000 {
		t.Errorf("got %d, want what passed on the wall clock", got)
	}
}

// Two layers of the same picture must not have one timestamp.
func TestTimelineNeverStandsStill(t *testing.T) {
	at := time.Now()
	low, high := &layer{index: 0, arrived: at}, &layer{index: 1, arrived: at}
	for _, l := range []*layer{low, high} {
		l.last.Store(&rtcp.SenderReport{NTPTime: 1 << 40, RTPTime: 1000})
	}
	c := timeline{rate: 90000}
	c.enter(low, 4000)
	c.translate(low, 4000)
	c.enter(high, 4000)
	if got := c.translate(high, 4000); got != 4001 {
		t.Errorf("got %d", got)
	}
}
