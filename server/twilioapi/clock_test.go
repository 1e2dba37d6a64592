package twilioapi

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The clock is wrong when the answer's Date cannot have been written while it was
// waited for, give or take the second that HTTP leaves out.
func TestClock(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 3, 1, 12, 0, 0, 500_000_000, time.UTC)
	for _, ca := range []struct {
		name string
		date string // after began, or whole
		took time.Duration
		off  time.Duration
	}{
		{"in time", "0s", time.Second, 0},
		{"in the same second", "-500ms", 10 * time.Millisecond, 0},
		{"a slow answer", "1s", 9 * time.Second, 0},
		{"a little behind Twilio", "31s", time.Second, -30 * time.Second},
		{"a minute ahead of Twilio", "-60s", time.Second, 60 * time.Second},
		{"far ahead of Twilio", "-1h", time.Second, time.Hour - time.Second},
		{"far behind Twilio", "1h", time.Second, -time.Hour + time.Second},
		{"no date", "", time.Second, 0},
		{"nonsense", "yesterday", time.Second, 0},
	} {
		var log bytes.Buffer
		now := began.Add(ca.took)
		c := newClock(func() time.Time { return now }, slog.New(slog.NewTextHandler(&log, nil)), nil)
		date := ca.date
		if d, err := time.ParseDuration(ca.date); err == nil {
			date = began.Add(d).Format(http.TimeFormat)
		}
		for range 3 {
			c.observe(http.Header{"Date": {date}}, began)
		}
		if off := c.off; (off-ca.off).Abs() > time.Second || ca.off == 0 && off != 0 {
			t.Errorf("%s: off by %v, want %v", ca.name, off, ca.off)
		}
		wrong := ca.off.Abs() > time.Minute
		if err := c.wrong(); (err != nil) != wrong {
			t.Errorf("%s: %v", ca.name, err)
		}
		if n := strings.Count(log.String(), "clock is wrong"); n != map[bool]int{true: 1, false: 0}[wrong] {
			t.Errorf("%s: logged %d times", ca.name, n)
		}
	}
}

// A machine whose clock is wrong can do its work, but says that it is degraded.
func TestClockIsPartOfReady(t *testing.T) {
	t.Parallel()
	a := answer{status: 200, body: `{"sid":"IS1"}`, header: http.Header{"Date": {time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)}}}
	api := newClient(t, &answers{list: []answer{a}})
	if err := api.Ready(t.Context()); err == nil || !strings.Contains(err.Error(), "clock") {
		t.Errorf("ready with a wrong clock: %v", err)
	}
}
