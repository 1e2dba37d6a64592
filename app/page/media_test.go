package page

import (
	"context"
	"testing"

	"escalate/app/video"
)

// TestClickWhileADeviceIsTaken mutes while the microphone is being taken back
// from a phone call: whoever does that relies on being muted.
func TestClickWhileADeviceIsTaken(t *testing.T) {
	for _, c := range []struct {
		name   string
		clicks int
		muted  bool
		err    error
	}{
		{"muted", 1, true, nil},
		{"muted, and the device cannot be had", 1, true, &video.Error{Reason: video.MediaInUse}},
		{"muted and changed their mind", 2, false, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, j := inCall(t)
			ready := make(chan struct{})
			r.do(func() {
				j.s.doing(video.Audio, func(context.Context) error { <-ready; return c.err }, func() {})
				for range c.clicks {
					j.s.onMute(nil, noEvent())
				}
			})
			if !j.s.microphoneOn() {
				t.Error("muted before its turn")
			}
			close(ready)
			r.until("its turn", func() bool { return len(j.s.busy) == 0 && len(j.s.wish) == 0 && j.s.microphoneOn() != c.muted })
			if got := r.connector.Room().Called("SetEnabled audio false"); got != c.muted {
				t.Errorf("switched off: %t", got)
			}
		})
	}
}
