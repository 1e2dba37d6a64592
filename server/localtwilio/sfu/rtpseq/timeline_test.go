package rtpseq

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
)

func TestTimelineAlignsSourcesByReports(t *testing.T) {
	t.Parallel()
	const second = 1 << 32 // of NTP time
	at := time.Unix(1_700_000_000, 0)
	var low, high Clock
	low.Set(&rtcp.SenderReport{NTPTime: 100 * second, RTPTime: 5_000_000})
	high.Set(&rtcp.SenderReport{NTPTime: 101 * second, RTPTime: 900_000})
	c := NewTimeline(90000)
	c.Enter(&low, 5_000_000, at)
	if got := c.Translate(5_000_000, at); got != 5_000_000 {
		t.Errorf("first is %d", got)
	}
	c.Translate(5_000_000+3*90000, at)
	at = at.Add(30 * time.Millisecond)
	c.Enter(&high, 900_000+2*90000+3000, at)
	if got, want := c.Translate(900_000+2*90000+3000, at), uint32(5_000_000+3*90000+3000); got != want {
		t.Errorf("after the change %d, want %d", got, want)
	}
	c.Enter(&high, 1, at) // a pause changes nothing
	if got, want := c.Translate(900_000+9*90000, at), uint32(5_000_000+10*90000); got != want {
		t.Errorf("after a pause %d, want %d", got, want)
	}
}

func TestTimelineGoesOnWithoutReports(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_700_000_000, 0)
	var low, high Clock
	c := NewTimeline(90000)
	c.Enter(&low, 1000, at)
	c.Translate(1000, at)
	at = at.Add(100 * time.Millisecond)
	c.Enter(&high, 77, at)
	if got := c.Translate(77, at); got != 1000+9000 {
		t.Errorf("got %d, want what passed on the wall clock", got)
	}
}

// Two layers of the same picture must not have one timestamp.
func TestTimelineNeverStandsStill(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_700_000_000, 0)
	var low, high Clock
	for _, c := range []*Clock{&low, &high} {
		c.Set(&rtcp.SenderReport{NTPTime: 1 << 40, RTPTime: 1000})
	}
	c := NewTimeline(90000)
	c.Enter(&low, 4000, at)
	c.Translate(4000, at)
	c.Enter(&high, 4000, at)
	if got := c.Translate(4000, at); got != 4001 {
		t.Errorf("got %d", got)
	}
}
