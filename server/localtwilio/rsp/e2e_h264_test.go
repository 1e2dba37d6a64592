//go:build e2e

package rsp

import (
	"fmt"
	"os/exec"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

// codec answers the codecs of the video that goes one way ("outbound-rtp", "inbound-rtp").
func codec(way string) string {
	return fmt.Sprintf(`(await native().getStats()
		.then(r => Array.from(new Set(Array.from(r.values()).filter(s => s.type === %s && s.kind === "video" && (s.packetsSent || s.packetsReceived) && s.codecId)
		.map(s => r.get(s.codecId).mimeType))).join()))`, jsString(way))
}

// TestH264InChromium calls with H.264, by the client's wish and by the Room's rule: pictures are
// decoded, by one who comes later too, and recorded.
func TestH264InChromium(t *testing.T) {
	s := newStage(t)
	alice, bob := s.open("alice"), s.open("bob")
	if alice.str(`RTCRtpSender.getCapabilities("video").codecs.some(c => c.mimeType === "video/H264")`) != "true" {
		t.Skip("this browser has no H.264 encoder")
	}
	if _, err := s.store.Rooms.Create(store.Room{UniqueName: "only", VideoCodecs: []string{"H264"}}); err != nil {
		t.Fatal(err)
	}
	// Both ways to come by H.264.
	for room, options := range map[string]string{"wished": `{ preferredVideoCodecs: ["H264"] }`, "only": "{}"} {
		t.Run(room, func(t *testing.T) {
			defer func(outer *testing.T) { s.t = outer }(s.t)
			s.t = t
			completed := make(chan store.Recording, 20)
			defer s.store.Watch(func(e store.Event) {
				switch c := e.Change.(type) {
				case *store.RecordingCompleted:
					completed <- c.Recording
				case *store.RecordingFailed:
					completed <- c.Recording
				}
			})()
			alice.joinWith("alice", room, options)
			bob.joinWith("bob", room, options)
			alice.frames("bob/camera", 10)
			bob.frames("alice/camera", 10)
			alice.is(codec("outbound-rtp"), "video/H264")
			bob.is(codec("outbound-rtp"), "video/H264")
			bob.is(codec("inbound-rtp"), "video/H264")

			sid, _ := s.participant(room, "alice")
			s.rules(sid, `[{"type":"include","publisher":"alice","kind":"video"}]`)
			carol := s.open("carol")
			carol.joinWith("carol", room, options) // in the middle of the others' pictures
			carol.frames("alice/camera", 20)
			carol.frames("bob/camera", 20)
			carol.is(codec("inbound-rtp"), "video/H264")
			s.rules(sid, `[{"type":"exclude","all":true}]`)
			select {
			case rec := <-completed:
				if rec.Status != store.RecordingCompletedStatus {
					t.Fatalf("recording %+v", rec)
				}
				if _, err := exec.LookPath("ffprobe"); err == nil {
					name, seconds, packets, _ := ffprobe(t, s.recordings.File(rec))
					t.Logf("recorded %s: %d pictures in %.1f s", name, packets, seconds)
					if name != "h264" || packets < 10 {
						t.Errorf("%d pictures of %s are recorded", packets, name)
					}
				}
			case <-time.After(slowPatience):
				t.Error("nothing was recorded")
			}
			carol.str("room.disconnect()")
			carol.close()
			alice.str("room.disconnect()")
			bob.str("room.disconnect()")
			alice.reload()
			bob.reload()
		})
	}
}
