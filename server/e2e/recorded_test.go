//go:build e2e

package e2e

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

// TestRecordedCall records a call: nothing before the customer has agreed, everybody's sound and
// picture afterwards, and files that are there when the call is over.
func TestRecordedCall(t *testing.T) {
	data := t.TempDir()
	p := newParty(t, map[string]string{"VIDEO_RECORD_BY_DEFAULT": "true", "DATA_DIR": data})
	kept := p.system.Local().Store()
	recordings := func(status string) []store.Recording {
		t.Helper()
		list, err := kept.Recordings.List(store.RecordingFilter{Status: status})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	p.agentIn()
	p.room.until("the agent's own picture", `[...d.querySelectorAll('video')].some(v => v.videoWidth > 0)`)
	c := p.customer(t)
	c.click("#join-button")
	c.see("#consent-error")
	if list := recordings(""); len(list) != 0 {
		t.Fatalf("%d recordings before anybody has agreed", len(list))
	}
	c.click("#consent-input")
	// The page moves up then, and a click would hit the button below.
	c.gone("the complaint is gone", "#consent-error")
	agreed := time.Now()
	c.click("#join-button")
	p.bothTalk(c)
	eventually(t, "four recordings in the making", func() bool { return len(recordings(store.RecordingProcessingStatus)) == 4 })
	p.room.see("#recording-chip")
	c.see("#recording-chip")
	for _, r := range recordings("") {
		if r.Began.Before(agreed) {
			t.Errorf("%s was recorded from %v on, before the customer agreed at %v", r.Type, r.Began, agreed)
		}
	}

	c.click("#leave-button")
	c.see("#rating-form")
	p.room.click("#leave-button")
	eventually(t, "four completed recordings", func() bool {
		return len(recordings(store.RecordingCompletedStatus)) == 4 && len(recordings("")) == 4
	})
	for _, r := range recordings("") {
		b, err := os.ReadFile(filepath.Join(data, "recordings", r.File()))
		if err != nil {
			t.Fatal(err)
		}
		// Every Matroska file begins so (RFC 8794 section 11.2.1).
		if int64(len(b)) != r.Size || r.Duration <= 0 || !bytes.HasPrefix(b, []byte{0x1a, 0x45, 0xdf, 0xa3}) {
			t.Errorf("recording %+v with %d bytes", r, len(b))
		}
	}
	// The Room ends by itself when it has been empty for long enough.
	if _, err := kept.Rooms.Complete(recordings("")[0].RoomSID); err != nil && !errors.Is(err, store.ErrRoomCompleted) {
		t.Fatal(err)
	}
	eventually(t, "the composition of the call, made or given up", func() bool {
		list, err := kept.Compositions.List(store.CompositionFilter{})
		return err == nil && len(list) == 1
	})
}
