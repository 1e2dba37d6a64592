package page

import (
	"testing"

	"escalate/app/device"
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
				r.devices.Newest().Hold(ready)
				if c.err != nil {
					r.devices.Newest().SetFail(c.err)
				}
				j.stage.Kit.Use(device.AudioInput, "mic1")
				for range c.clicks {
					j.stage.Kit.OnMute(nil, noEvent())
				}
			})
			if !j.stage.Kit.On(video.Audio) {
				t.Error("muted before its turn")
			}
			close(ready)
			r.until("its turn", func() bool { return idle(j.stage) && j.stage.Kit.On(video.Audio) != c.muted })
			if got := r.connector.Room().Called("SetEnabled audio false"); got != c.muted {
				t.Errorf("switched off: %t", got)
			}
		})
	}
}
