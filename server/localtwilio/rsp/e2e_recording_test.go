//go:build e2e

package rsp

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

// frames waits until a page has decoded so many more frames of a Track than now.
func (p *page) frames(track string, more int) {
	p.s.t.Helper()
	p.str(`window.before = (await received())[` + jsString(track) + `] || 0`)
	p.until(fmt.Sprintf("%d frames of %s", more, track), `(await received())[`+jsString(track)+`] >= before + `+strconv.Itoa(more))
}

// captured is how many seconds of sound the page's microphone has given so far. On a busy
// machine that is less than what passed.
func (p *page) captured() float64 {
	p.s.t.Helper()
	text := p.str(`(async () => {
		for (const c of connections()) {
			for (const s of (await c._peerConnection._peerConnection.getStats()).values()) {
				if (s.type === 'media-source' && s.kind === 'audio') { return s.totalSamplesDuration; }
			}
		}
		return -1;
	})()`)
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || seconds < 0 {
		p.s.t.Fatalf("%s: no sound is captured: %s", p.name, text)
	}
	return seconds
}

// rules sets a Room's RecordingRules.
func (s *stage) rules(roomSID, rules string) {
	s.t.Helper()
	if _, err := s.store.Rooms.Update(roomSID, func(r *store.Room) error {
		r.RecordingRules = json.RawMessage(rules)
		return nil
	}); err != nil {
		s.t.Fatal(err)
	}
}

// TestRecordedCallInChromium records a call of two unmodified clients by rules that change in the middle.
func TestRecordedCallInChromium(t *testing.T) {
	if _, err := exec.LookPath("ffprobe"); err != nil {
		t.Skip("ffprobe is not installed (apt-get install ffmpeg): nobody can say what is in the files")
	}
	s := newStage(t)
	const room = "recorded"
	type moment struct {
		at  time.Time
		rec store.Recording
	}
	started, ended, changed := make(chan moment, 20), make(chan moment, 20), make(chan moment, 20)
	defer s.store.Watch(func(e store.Event) {
		switch c := e.Change.(type) {
		case *store.RecordingRulesChanged:
			changed <- moment{at: e.At}
		case *store.RecordingStarted:
			started <- moment{e.At, c.Recording}
		case *store.RecordingCompleted:
			ended <- moment{e.At, c.Recording}
		case *store.RecordingFailed:
			ended <- moment{e.At, c.Recording}
		}
	})()
	next := func(c chan moment, what string) moment {
		t.Helper()
		select {
		case m := <-c:
			return m
		case <-time.After(slowPatience):
			t.Fatalf("no recording %s", what)
			return moment{}
		}
	}

	alice, bob := s.open("alice"), s.open("bob")
	alice.join("alice", room)
	bob.join("bob", room)
	alice.grows("bob/camera", "bob/microphone")
	bob.grows("alice/camera", "alice/microphone")
	sid, bobSID := s.participant(room, "bob")

	s.rules(sid, `[{"type":"include","all":true}]`)
	alice.logs("recordingStarted")
	bob.logs("recordingStarted")
	for range 4 {
		next(started, "started")
	}
	heard := map[*page]float64{alice: -alice.captured(), bob: -bob.captured()}
	alice.frames("bob/camera", 60)
	heard[bob] += bob.captured()

	// One Track is left out from here on; the others go on.
	s.rules(sid, `[{"type":"include","all":true},{"type":"exclude","publisher":"bob","kind":"audio"}]`)
	first := next(ended, "completed")
	if first.rec.ParticipantSID != bobSID || first.rec.Type != "audio" {
		t.Errorf("completed %+v, want bob's microphone", first.rec)
	}
	alice.frames("bob/camera", 90)
	alice.is(`log.includes("recordingStopped")`, "false")
	late := s.open("carol")
	late.join("carol", room)
	late.is("room.isRecording", "true")
	for range 2 {
		next(started, "of carol's started")
	}
	late.str("room.disconnect()")
	for range 2 {
		next(ended, "of carol's completed")
	}
	heard[alice] += alice.captured()
	s.rules(sid, `[{"type":"exclude","all":true}]`)
	alice.logs("recordingStopped")
	bob.logs("recordingStopped")
	done := []moment{first, next(ended, "completed"), next(ended, "completed"), next(ended, "completed")}
	next(changed, "rules")
	stops := []time.Time{next(changed, "rules").at}
	stops = append(stops, next(changed, "rules").at)

	for i, m := range done {
		if m.rec.Status != store.RecordingCompletedStatus {
			t.Fatalf("recording %+v", m.rec)
		}
		codec, seconds, packets, gap := ffprobe(t, s.recordings.File(m.rec))
		// It ended between the change of the rules and the completion, which on an idle machine is
		// one moment.
		least := stops[min(i, 1)].Sub(m.rec.Began).Seconds()
		if m.rec.Type == "audio" {
			who := alice
			if m.rec.ParticipantSID == bobSID {
				who = bob
			}
			least = heard[who]
		}
		most := m.at.Sub(m.rec.Began).Seconds()
		t.Logf("%s %s: %.2f s in the file, %.2f to %.2f s by the clock, %d packets, %.1f a second, at most %.2f s apart",
			m.rec.Type, codec, seconds, least, most, packets, float64(packets)/seconds, gap)
		// The last frame may have come as long before the end as any two lie apart.
		if seconds < least*0.98-gap || seconds > most*1.02+gap {
			t.Errorf("%s has %.2f s, the clock says %.2f to %.2f", m.rec.Type, seconds, least, most)
		}
		rate := float64(packets) / seconds
		switch m.rec.Type {
		case "video":
			// The page asks for 15; a busy machine captures fewer.
			if codec != "vp8" || rate < 3 || rate > 16 {
				t.Errorf("%s with %.1f frames a second", codec, rate)
			}
		case "audio":
			// 50 while there is sound; silence takes a few only.
			if codec != "opus" || rate < 2 || rate > 51 {
				t.Errorf("%s with %.1f packets a second", codec, rate)
			}
		}
	}
}

func ffprobe(t *testing.T, file string) (codec string, seconds float64, packets int, gap float64) {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-of", "json", "-show_packets", "-show_streams", "-show_format", file).CombinedOutput()
	if err != nil {
		t.Fatalf("ffprobe: %v\n%s", err, out)
	}
	var p struct {
		Streams []struct {
			Codec string `json:"codec_name"`
		} `json:"streams"`
		Packets []struct {
			Time string `json:"pts_time"`
		} `json:"packets"`
		Format struct {
			Duration string `json:"duration"`
		} `json:"format"`
	}
	if err := json.Unmarshal(out, &p); err != nil || len(p.Streams) != 1 {
		t.Fatalf("ffprobe: %v\n%s", err, out)
	}
	if seconds, err = strconv.ParseFloat(p.Format.Duration, 64); err != nil {
		t.Fatal(err)
	}
	last := 0.0
	for _, x := range p.Packets {
		at, err := strconv.ParseFloat(x.Time, 64)
		if err != nil {
			t.Fatal(err)
		}
		gap, last = max(gap, at-last), at
	}
	return p.Streams[0].Codec, seconds, len(p.Packets), gap
}
