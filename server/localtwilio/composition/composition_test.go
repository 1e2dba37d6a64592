package composition

import (
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// room is a Room with two Participants and an open store.
type room struct {
	t        *testing.T
	store    *store.Store
	dir      string
	info     store.Room
	ada, bob store.Participant
	settled  chan store.Composition // completed or failed
	start    time.Time
}

func newRoom(t *testing.T) *room {
	t.Helper()
	r := &room{t: t, store: must(store.Open("", store.Options{}))(t), dir: t.TempDir(), settled: make(chan store.Composition, 10), start: time.Now()}
	t.Cleanup(func() { _ = r.store.Close() })
	r.info = must(r.store.Rooms.Create(store.Room{}))(t)
	r.ada = must(r.store.Participants.Add(r.info.SID, "ada"))(t)
	r.bob = must(r.store.Participants.Add(r.info.SID, "bob"))(t)
	t.Cleanup(r.store.Watch(func(e store.Event) {
		c, ok := e.Change.(*store.CompositionChanged)
		if ok && (c.Composition.Status == store.CompositionCompletedStatus || c.Composition.Status == store.CompositionFailedStatus) {
			r.settled <- c.Composition
		}
	}))
	return r
}

// record enters a Recording whose file ffmpeg makes of a source.
func (r *room) record(who store.Participant, kind, source string, after, d time.Duration) store.Recording {
	r.t.Helper()
	rec := store.Recording{RoomSID: r.info.SID, ParticipantSID: who.SID, SourceSID: store.NewSID("MT"), Type: kind, Container: "mka", Began: r.start.Add(after)}
	codec := "libopus"
	if kind == "video" {
		rec.Container, codec = "mkv", "libvpx"
	}
	rec = must(r.store.Recordings.Start(rec))(r.t)
	if source != "" {
		args := []string{"-v", "error", "-f", "lavfi", "-i", source, "-t", strconv.FormatFloat(d.Seconds(), 'f', 3, 64), "-c", codec, "-deadline", "realtime"}
		if kind == "audio" {
			args = args[:len(args)-2]
		}
		run(r.t, "ffmpeg", append(args, filepath.Join(r.dir, rec.File()))...)
	}
	return must(r.store.Recordings.End(rec.SID, store.RecordingDone{Status: "completed", Size: 1, Duration: d, Began: rec.Began}))(r.t)
}

func (r *room) wait() store.Composition {
	r.t.Helper()
	select {
	case c := <-r.settled:
		return c
	case <-time.After(2 * time.Minute):
		r.t.Fatal("no composition after two minutes")
		return store.Composition{}
	}
}

func needs(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"ffmpeg", "ffprobe"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed (apt-get install ffmpeg): nothing is composed", tool)
		}
	}
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, &errs)
	}
	return string(out)
}

// pixel is the colour of a point of a file's picture at a time, as "r g b".
func pixel(t *testing.T, file string, at float64, x, y int) [3]byte {
	t.Helper()
	out := run(t, "ffmpeg", "-v", "error", "-i", file, "-ss", strconv.FormatFloat(at, 'f', 3, 64), "-frames:v", "1",
		"-vf", "format=rgb24,crop=2:2:"+strconv.Itoa(x)+":"+strconv.Itoa(y), "-f", "rawvideo", "-")
	if len(out) < 3 {
		t.Fatalf("no picture at %.1f s", at)
	}
	return [3]byte([]byte(out[:3]))
}

// TestRoomIsComposed plays red beside green, each for its time, and a tone that begins late.
func TestRoomIsComposed(t *testing.T) {
	needs(t)
	r := newRoom(t)
	r.record(r.ada, "video", "color=red:size=320x240:rate=15", 0, 4*time.Second)
	r.record(r.bob, "video", "color=lime:size=320x240:rate=15", 2*time.Second, 4*time.Second)
	r.record(r.bob, "audio", "sine=frequency=440:sample_rate=48000", 3*time.Second, 2*time.Second)
	s := Start(Config{Store: r.store, Dir: r.dir, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	defer s.Close()
	must(r.store.Rooms.Complete(r.info.SID))(t)
	c := r.wait()
	if c.Status != "completed" || c.Duration != 6*time.Second || c.Completed.IsZero() || c.RoomSID != r.info.SID {
		t.Fatalf("composition %+v", c)
	}
	file := filepath.Join(r.dir, c.File())
	if info := must(os.Stat(file))(t); info.Size() != c.Size {
		t.Errorf("size %d, the file has %d", c.Size, info.Size())
	}
	var p struct {
		Streams []struct {
			Type   string `json:"codec_type"`
			Codec  string `json:"codec_name"`
			Width  int    `json:"width"`
			Height int    `json:"height"`
			Rate   string `json:"avg_frame_rate"`
		} `json:"streams"`
		Format struct {
			Duration string `json:"duration"`
		} `json:"format"`
	}
	if err := json.Unmarshal([]byte(run(t, "ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_format", file)), &p); err != nil {
		t.Fatal(err)
	}
	if len(p.Streams) != 2 || p.Streams[0].Codec != "vp8" || p.Streams[0].Width != 1280 || p.Streams[0].Height != 720 || p.Streams[1].Codec != "opus" {
		t.Errorf("streams %+v", p.Streams)
	}
	if d := must(strconv.ParseFloat(p.Format.Duration, 64))(t); d < 5.88 || d > 6.12 {
		t.Errorf("the file has %.2f s, want 6", d)
	}
	red := func(c [3]byte) bool { return c[0] > 180 && c[1] < 80 }
	green := func(c [3]byte) bool { return c[1] > 180 && c[0] < 80 }
	black := func(c [3]byte) bool { return c[0] < 60 && c[1] < 60 && c[2] < 60 }
	for _, at := range []struct {
		seconds     float64
		left, right func([3]byte) bool
	}{{1, red, black}, {3, red, green}, {5, black, green}} {
		if l := pixel(t, file, at.seconds, 320, 360); !at.left(l) {
			t.Errorf("left at %.0f s is %v", at.seconds, l)
		}
		if x := pixel(t, file, at.seconds, 960, 360); !at.right(x) {
			t.Errorf("right at %.0f s is %v", at.seconds, x)
		}
	}
	// Sound is where it was: silence before the third second.
	quiet := run(t, "ffmpeg", "-v", "info", "-nostats", "-i", file, "-af", "silencedetect=noise=-50dB:d=0.5,ametadata=print:file=-", "-vn", "-f", "null", "-")
	if !strings.Contains(quiet, "lavfi.silence_start=0") || !strings.Contains(quiet, "lavfi.silence_end=2.9") && !strings.Contains(quiet, "lavfi.silence_end=3.0") {
		t.Errorf("silence is not from 0 to 3 s: %s", quiet)
	}
	if err := r.store.Compositions.Delete(c.SID); err != nil {
		t.Fatal(err)
	}
	deadline := time.After(15 * time.Second)
	for tick := time.NewTicker(5 * time.Millisecond); ; <-tick.C {
		if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
			break
		}
		select {
		case <-deadline:
			t.Fatal("the file of a deleted composition is still there after 15 s")
		default:
		}
	}
}

// Rooms without Recordings are left alone, and a Recording that is completed after its Room is
// waited for.
func TestHook(t *testing.T) {
	r := newRoom(t)
	s := Start(Config{Store: r.store, Dir: r.dir, FFmpeg: filepath.Join(r.dir, "missing")})
	defer s.Close()
	other := must(r.store.Rooms.Create(store.Room{}))(t)
	must(r.store.Rooms.Complete(other.SID))(t)
	late := must(r.store.Recordings.Start(store.Recording{RoomSID: r.info.SID, ParticipantSID: r.ada.SID, Type: "audio", Container: "mka", Began: r.start}))(t)
	r.record(r.bob, "audio", "", 0, time.Second)
	must(r.store.Rooms.Complete(r.info.SID))(t)
	must(r.store.Recordings.End(late.SID, store.RecordingDone{Status: "completed", Size: 1, Duration: time.Second, Began: r.start}))(t)
	// Without ffmpeg the Composition says so by failing.
	if c := r.wait(); c.Status != "failed" || c.RoomSID != r.info.SID {
		t.Errorf("composition %+v", c)
	}
	all := must(r.store.Compositions.List(store.CompositionFilter{}))(t)
	if len(all) != 1 {
		t.Errorf("%d compositions, want one", len(all))
	}
}

// TestHookFailsOnce: of a hook that can make nothing of a Room it is told once, though
// Recordings end after the Room and the process begins anew.
func TestHookFailsOnce(t *testing.T) {
	r := newRoom(t)
	hook := must(r.store.CompositionHooks.Create(store.CompositionHook{Enabled: true, Recipe: store.Recipe{Format: "webm", AudioSources: []string{"nobody"}}}))(t)
	end := make(chan store.CompositionHookFailed, 10)
	begin := func() *Server {
		return Start(Config{Store: r.store, Dir: r.dir, FFmpeg: filepath.Join(r.dir, "missing")})
	}
	s := begin()
	last := func() store.Recording {
		t.Helper()
		return must(r.store.Recordings.Start(store.Recording{RoomSID: r.info.SID, ParticipantSID: r.ada.SID, SourceSID: store.NewSID("MT"), Type: "audio", Container: "mka", Began: r.start}))(t)
	}
	finish := func(x store.Recording, status string) {
		t.Helper()
		must(r.store.Recordings.End(x.SID, store.RecordingDone{Status: status, Size: 1, Duration: time.Second, Began: r.start}))(t)
	}
	t.Cleanup(r.store.Watch(func(e store.Event) {
		if c, ok := e.Change.(*store.CompositionHookFailed); ok {
			end <- *c
		}
	}))
	a, b := last(), last()
	finish(a, "completed")
	finish(b, "completed")
	must(r.store.Rooms.Complete(r.info.SID))(t)
	if c := <-end; c.Hook.SID != hook.SID || c.RoomSID != r.info.SID {
		t.Errorf("failed %+v", c)
	}
	s.Close()
	s = begin()
	s.hook(r.info.SID) // as at the end of a Recording that the killed process left
	s.hook(r.info.SID)
	s.Close()
	// What is told is told in order: this one is the next.
	other := must(r.store.Rooms.Create(store.Room{}))(t)
	if err := r.store.CompositionHooks.Failed(hook, other.SID, ""); err != nil {
		t.Fatal(err)
	}
	if c := <-end; c.RoomSID != other.SID {
		t.Error("the hook's failure is told again")
	}
	if all := must(r.store.Compositions.List(store.CompositionFilter{}))(t); len(all) > 0 {
		t.Errorf("compositions %+v", all)
	}
}

func TestPlan(t *testing.T) {
	start := time.Now()
	rec := func(who, kind string, after, d int) store.Recording {
		return store.Recording{ParticipantSID: who, Type: kind, Began: start.Add(time.Duration(after) * time.Second), Duration: time.Duration(d) * time.Second}
	}
	c := store.Recipe{Width: 1280, Height: 720, Video: true, Format: "webm", Trim: true}
	p := must(planOf(c, store.Room{}, []store.Recording{rec("PA3", "video", 9, 1), rec("PA1", "video", 0, 5), rec("PA2", "video", 1, 5), rec("PA1", "video", 2, 3), rec("PA2", "audio", 1, 20)}))(t)
	if p.total != 21*time.Second || len(p.videos) != 4 || len(p.audios) != 1 {
		t.Fatalf("plan %+v", p)
	}
	want := [][5]int{{0, 0, 0, 640, 360}, {1, 640, 0, 640, 360}, {2, 0, 0, 640, 360}, {9, 0, 360, 640, 360}}
	for i, v := range p.videos {
		if got := [5]int{int(v.start.Seconds()), v.x, v.y, v.w, v.h}; got != want[i] {
			t.Errorf("picture %d is at %v, want %v", i, got, want[i])
		}
	}
	if _, err := planOf(c, store.Room{}, nil); !errors.Is(err, errNothing) {
		t.Errorf("nothing: %v", err)
	}
	c.Video = false
	if _, err := planOf(c, store.Room{}, []store.Recording{rec("PA1", "video", 0, 5)}); !errors.Is(err, errNothing) {
		t.Errorf("pictures in a composition of sound: %v", err)
	}
}

// A Recipe says who is seen where and who is heard, by names, SIDs and patterns.
func TestPlanOfSources(t *testing.T) {
	start := time.Now()
	rec := func(sid, who, name, kind string, after, d int) store.Recording {
		return store.Recording{SID: sid, ParticipantSID: who, SourceSID: "MT" + sid, TrackName: name, Type: kind, Began: start.Add(time.Duration(after) * time.Second), Duration: time.Duration(d) * time.Second}
	}
	all := []store.Recording{
		rec("RT1", "PA1", "student-ada", "video", 0, 5), rec("RT2", "PA2", "teacher", "video", 10, 5), rec("RT3", "PA2", "screen", "video", 12, 3),
		rec("RT4", "PA1", "student-ada", "audio", 0, 5), rec("RT5", "PA2", "teacher", "audio", 10, 5),
	}
	recipe := store.Recipe{
		Width: 400, Height: 300, Video: true, Trim: true, AudioSources: []string{"*"}, AudioSourcesExcluded: []string{"stu*a"},
		Layout: []store.Region{
			{Name: "pip", Sources: []string{"PA2"}, SourcesExcluded: []string{"MTRT3"}, X: 300, Y: 200, Z: 2, Width: 100, Height: 100},
			{Name: "main", Sources: []string{"student*", "RT3"}, X: 20, Width: 380},
		},
	}
	room := store.Room{RoomLife: store.RoomLife{Created: start.Add(-2 * time.Second), Ended: start.Add(20 * time.Second)}}
	p := must(planOf(recipe, room, all))(t)
	// The five seconds in which nothing was recorded are gone.
	type at struct {
		sid               string
		start, x, y, w, h int
	}
	var got []at
	for v := range p.all() {
		got = append(got, at{v.SID, int(v.start.Seconds()), v.x, v.y, v.w, v.h})
	}
	want := []at{{"RT1", 0, 20, 0, 190, 300}, {"RT3", 7, 210, 0, 190, 300}, {"RT2", 5, 300, 200, 100, 100}, {"RT5", 5, 0, 0, 0, 0}}
	if !slices.Equal(got, want) || p.total != 10*time.Second {
		t.Errorf("plan of %v: %v, want %v", p.total, got, want)
	}
	recipe.Trim = false
	p = must(planOf(recipe, room, all))(t)
	if p.total != 22*time.Second || p.videos[0].start != 2*time.Second || p.audios[0].start != 12*time.Second {
		t.Errorf("plan of everything from the Room's beginning to its end: %+v", p)
	}
	recipe.Video, recipe.AudioSources = false, []string{"nobody"}
	if _, err := planOf(recipe, room, all); !errors.Is(err, errNothing) {
		t.Errorf("nobody: %v", err)
	}
}

// TestComposingStepsBack has a script in ffmpeg's place that tells how nice it is.
func TestComposingStepsBack(t *testing.T) {
	for _, tool := range []string{"nice", "sh"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s here", tool)
		}
	}
	r := newRoom(t)
	script := filepath.Join(t.TempDir(), "ffmpeg")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nfor out; do :; done\nnice > \"$out\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	own := must(strconv.Atoi(strings.TrimSpace(run(t, "nice"))))(t)
	s := Start(Config{Store: r.store, Dir: r.dir, FFmpeg: script, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	t.Cleanup(s.Close)
	r.record(r.ada, "audio", "", 0, time.Second)
	must(r.store.Rooms.Complete(r.info.SID))(t)
	c := r.wait()
	text, err := os.ReadFile(filepath.Join(r.dir, c.File()))
	if err != nil {
		t.Fatalf("%s: %v", c.Status, err)
	}
	if got := must(strconv.Atoi(strings.TrimSpace(string(text))))(t); got != min(own+5, 19) {
		t.Errorf("composed with a niceness of %d, where this is %d", got, own)
	}
}
