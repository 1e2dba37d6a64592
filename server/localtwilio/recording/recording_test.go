package recording

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"

	"escalate/server/localtwilio/store"
)

// record plays frames while they are recorded, and answers the completed Recording.
func (s *stage) record(k *track, frames []media.Sample) store.Recording {
	s.t.Helper()
	// Not parameter sets alone: they wait for a picture.
	s.tapped(k, frames[slices.IndexFunc(frames, func(f media.Sample) bool { return f.Duration > 0 })])
	s.room.Set([]Source{k.source})
	s.play(k, frames)
	s.settled(k)
	s.room.Set(nil)
	return s.next(completed)
}

// settled waits until the SFU has passed on all that was sent.
func (s *stage) settled(k *track) {
	s.t.Helper()
	tap := s.router.Tap(k.source.TrackSID)
	defer tap.Close()
	for {
		select {
		case <-tap.Items():
		case <-time.After(300 * time.Millisecond):
			return
		}
	}
}

func TestFiles(t *testing.T) {
	needs(t)
	opusFrames := tone(t, 6)
	tests := []struct {
		name, mime, codec, container, probed string
		frames                               []media.Sample
		count                                int
		seconds                              float64
		width, height                        int
	}{
		{"Opus", webrtc.MimeTypeOpus, "OPUS", "mka", "opus", opusFrames, len(opusFrames), 6, 0, 0},
		{"VP8", webrtc.MimeTypeVP8, "VP8", "mkv", "vp8", video(t, webrtc.MimeTypeVP8, "320x240", 180), 180, 6, 320, 240},
		{"H264", webrtc.MimeTypeH264, "H264", "mkv", "h264", video(t, webrtc.MimeTypeH264, "320x180", 180), 180, 6, 320, 180},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t)
			k := s.join(tt.mime)[0]
			r := s.record(k, tt.frames)
			if r.Codec != tt.codec || r.Container != tt.container || r.Type != k.kind || r.Status != "completed" || r.SourceSID != k.source.TrackSID ||
				r.TrackName != k.source.Name || r.ParticipantSID != s.who.SID || r.RoomSID != s.info.SID {
				t.Errorf("recording %+v", r)
			}
			info := must(os.Stat(s.srv.File(r)))(t)
			if r.Size != info.Size() {
				t.Errorf("size %d, the file has %d", r.Size, info.Size())
			}
			p := probe(t, s.srv.File(r))
			if x := p.Streams[0]; x.Codec != tt.probed || x.Width != tt.width || x.Height != tt.height {
				t.Errorf("stream %+v", x)
			}
			within(t, "duration of the file", p.seconds(t), tt.seconds)
			within(t, "duration of the Recording", r.Duration.Seconds(), tt.seconds)
			within(t, "count of frames", float64(p.packets(t)), float64(tt.count))
			// Every picture and every sound can be decoded.
			run(t, "ffmpeg", "-v", "error", "-xerror", "-i", s.srv.File(r), "-f", "null", "-")
		})
	}
}

// What is muted is silent, or not there, for as long as it was muted.
func TestMuteStaysAGap(t *testing.T) {
	needs(t)
	s := newStage(t)
	k := s.join(webrtc.MimeTypeOpus)[0]
	frames := tone(t, 4)
	half := len(frames) / 2
	frames[half-1].Duration += 2500 * time.Millisecond // of which nothing is sent
	r := s.record(k, frames)
	p := probe(t, s.srv.File(r), "-show_packets")
	within(t, "duration", p.seconds(t), 6.5)
	var gaps int
	last := 0.0
	for _, x := range p.Packets {
		at := must(strconv.ParseFloat(x.Time, 64))(t)
		if at-last > 1 {
			gaps++
			within(t, "gap", at-last, 2.52)
		}
		last = at
	}
	if gaps != 1 {
		t.Errorf("%d gaps, want 1", gaps)
	}
}

func TestResolutionChange(t *testing.T) {
	needs(t)
	s := newStage(t)
	k := s.join(webrtc.MimeTypeVP8)[0]
	frames := append(video(t, webrtc.MimeTypeVP8, "320x240", 60), video(t, webrtc.MimeTypeVP8, "640x480", 60)...)
	r := s.record(k, frames)
	p := probe(t, s.srv.File(r), "-show_frames")
	within(t, "duration", p.seconds(t), 4)
	sizes := map[int]int{}
	for _, f := range p.Frames {
		sizes[f.Width]++
	}
	if math.Abs(float64(sizes[320]-60)) > 2 || math.Abs(float64(sizes[640]-60)) > 2 {
		t.Errorf("frames by width: %v", sizes)
	}
}

// Sound and picture that were captured together say so by their offsets, whatever the network
// did to each.
func TestOffsetsAlign(t *testing.T) {
	needs(t)
	s := newStage(t)
	tracks := s.join(webrtc.MimeTypeOpus, webrtc.MimeTypeVP8)
	sound, picture := tracks[0], tracks[1]
	beep, film := tone(t, 1), video(t, webrtc.MimeTypeVP8, "320x240", 30)
	s.tapped(sound, beep[0])
	s.tapped(picture, film[0])
	s.room.Set([]Source{sound.source, picture.source})

	// The first frame of each is found by a Tap, for its RTP time.
	first := func(k *track, frames []media.Sample) uint32 {
		tap := s.router.Tap(k.source.TrackSID)
		defer tap.Close()
		s.play(k, frames)
		return (<-tap.Items()).Packet.Timestamp
	}
	rtpSound := first(sound, beep)
	rtpPicture := first(picture, film) // sent later than the sound
	// By the publisher's clock, which is a day slow, the picture began 80 ms before the sound.
	clock := time.Now().Add(-24 * time.Hour)
	s.report(sound, rtpSound, clock)
	s.report(picture, rtpPicture, clock.Add(-80*time.Millisecond))
	s.settled(picture)
	s.settled(sound)
	s.room.Set(nil)
	offsets := map[string]time.Time{}
	for range 2 {
		r := s.next(completed)
		offsets[r.Type] = r.Began
	}
	if d := offsets["audio"].Sub(offsets["video"]); (d - 80*time.Millisecond).Abs() > 2*time.Millisecond {
		t.Errorf("sound begins %v after the picture, want 80 ms", d)
	}
	if since := time.Since(offsets["audio"]); since < 0 || since > time.Minute {
		t.Errorf("sound began %v ago by our clock", since)
	}
}

// Recording again makes another Recording, which begins with a key frame.
func TestAgain(t *testing.T) {
	needs(t)
	s := newStage(t)
	k := s.join(webrtc.MimeTypeVP8)[0]
	frames := video(t, webrtc.MimeTypeVP8, "320x240", 45)
	a := s.record(k, frames)
	b := s.record(k, frames[15:]) // the first key frame of it is the 16th
	if a.SID == b.SID {
		t.Fatal("one Recording for two")
	}
	run(t, "ffmpeg", "-v", "error", "-xerror", "-i", s.srv.File(b), "-f", "null", "-")
	if n := probe(t, s.srv.File(b)).packets(t); n > 16 {
		t.Errorf("%d frames, of which only 15 follow a key frame", n)
	}
}

// A killed process leaves a file that can be played up to the last second, and the next run
// completes the Recording.
func TestKilled(t *testing.T) {
	needs(t)
	s := newStage(t)
	k := s.join(webrtc.MimeTypeOpus)[0]
	frames := tone(t, 4)
	s.tapped(k, frames[0])
	s.room.Set([]Source{k.source})
	s.play(k, frames)
	s.settled(k)
	r := s.next(started)
	var whole int64
	for _, f := range frames {
		whole += int64(len(f.Data))
	}
	s.written(r, whole)
	// As a kill leaves it: the file as it is, cut in the middle of a block.
	dir := t.TempDir()
	b := must(os.ReadFile(s.srv.File(r)))(t)
	if err := os.WriteFile(filepath.Join(dir, r.File()), b[:len(b)-7], 0o600); err != nil {
		t.Fatal(err)
	}
	again := must(Start(Config{Store: s.store, Dir: dir}))(t)
	defer again.Close()
	done := must(s.store.Recordings.Get(r.SID))(t)
	if done.Status != "completed" || done.Size != int64(len(b)-7) {
		t.Errorf("recording %+v", done)
	}
	within(t, "duration", done.Duration.Seconds(), 4)
	within(t, "duration of the file", probe(t, again.File(done)).seconds(t), 4)
	// The first run finds its Recording ended, and takes its own file away.
	s.room.Set(nil)
	eventually(t, "no file", func() bool { _, err := os.Stat(s.srv.File(r)); return os.IsNotExist(err) })
}

func TestDeleteAndPrune(t *testing.T) {
	var later atomic.Int64 // the pruning reads the clock too
	now := time.Now()
	st := must(store.Open("", store.Options{Now: func() time.Time { return now.Add(time.Duration(later.Load())) }}))(t)
	defer st.Close()
	s := must(Start(Config{Store: st}))(t)
	defer s.Close()
	info := must(st.Rooms.Create(store.Room{}))(t)
	who := must(st.Participants.Add(info.SID, "ada"))(t)
	var all []store.Recording
	for range 4 {
		r := must(st.Recordings.Start(store.Recording{RoomSID: info.SID, ParticipantSID: who.SID, Container: "mka"}))(t)
		if err := os.WriteFile(s.File(r), make([]byte, 1000), 0o600); err != nil {
			t.Fatal(err)
		}
		all = append(all, must(st.Recordings.End(r.SID, store.RecordingDone{Status: "completed", Size: 1000, Duration: time.Second}))(t))
		later.Add(int64(time.Hour))
	}
	left := func(want ...bool) {
		t.Helper()
		for i, r := range all {
			r = must(st.Recordings.Get(r.SID))(t)
			if (r.Status == "completed") != want[i] {
				t.Errorf("recording %d is %s", i, r.Status)
			}
			eventually(t, "the file as the status says", func() bool { _, err := os.Stat(s.File(r)); return (err == nil) == want[i] })
		}
	}
	if err := s.pruneOnce(KeepFor, KeepBytes); err != nil {
		t.Fatal(err)
	}
	left(true, true, true, true)
	if err := s.pruneOnce(3*time.Hour+time.Minute, KeepBytes); err != nil {
		t.Fatal(err)
	}
	left(false, true, true, true)
	if err := s.pruneOnce(KeepFor, 2500); err != nil {
		t.Fatal(err)
	}
	left(false, false, true, true)
	if err := st.Recordings.Delete(all[3].SID); err != nil {
		t.Fatal(err)
	}
	left(false, false, true, false)
}
