package recording

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
	"github.com/pion/webrtc/v4/pkg/media/h264reader"
	"github.com/pion/webrtc/v4/pkg/media/ivfreader"
	"github.com/pion/webrtc/v4/pkg/media/oggreader"

	"escalate/server/localtwilio/sfu"
	"escalate/server/localtwilio/store"
)

const patience = 20 * time.Second

// stage is a Room with one Participant who publishes, and a recorder.
type stage struct {
	t      *testing.T
	store  *store.Store
	srv    *Server
	router *sfu.Router
	room   *Room
	info   store.Room
	who    store.Participant
	pc     *webrtc.PeerConnection
	peer   *sfu.Peer
	events chan told
}

// told is what the store says of a Recording.
type told struct {
	what string
	rec  store.Recording
}

// What may be told.
const (
	started   = "started"
	completed = "completed"
	failed    = "failed"
	deleted   = "deleted"
)

// track is what the Participant publishes.
type track struct {
	*webrtc.TrackLocalStaticSample
	sender *webrtc.RTPSender
	source Source
	kind   string
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("still missing after %s: %s", patience, what)
		}
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newStage(t *testing.T) *stage {
	t.Helper()
	if testing.Short() {
		t.Skip("opens UDP ports")
	}
	s := &stage{t: t, events: make(chan told, 100)}
	s.store = must(store.Open("", store.Options{}))(t)
	t.Cleanup(func() { _ = s.store.Close() })
	s.srv = must(Start(Config{Store: s.store, Dir: t.TempDir(), Log: slog.New(slog.NewTextHandler(t.Output(), nil))}))(t)
	t.Cleanup(func() { _ = s.srv.Close() })
	engine := must(sfu.Start(sfu.Config{}))(t)
	t.Cleanup(func() { _ = engine.Close() })
	s.router = engine.NewRouter(sfu.RouterConfig{})
	s.info = must(s.store.Rooms.Create(store.Room{}))(t)
	s.who = must(s.store.Participants.Add(s.info.SID, "ada"))(t)
	s.room = s.srv.Room(s.info.SID, s.router)
	t.Cleanup(s.store.Watch(func(e store.Event) {
		switch c := e.Change.(type) {
		case *store.RecordingStarted:
			s.events <- told{started, c.Recording}
		case *store.RecordingCompleted:
			s.events <- told{completed, c.Recording}
		case *store.RecordingFailed:
			s.events <- told{failed, c.Recording}
		case *store.RecordingDeleted:
			s.events <- told{deleted, c.Recording}
		}
	}))
	return s
}

// join publishes a Track for each of the MIME types.
func (s *stage) join(mimes ...string) []*track {
	t := s.t
	t.Helper()
	var m webrtc.MediaEngine
	if err := m.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	var set webrtc.SettingEngine
	set.SetIncludeLoopbackCandidate(true)
	set.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	// No interceptors: sender reports are the test's.
	api := webrtc.NewAPI(webrtc.WithMediaEngine(&m), webrtc.WithSettingEngine(set), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	s.pc = must(api.NewPeerConnection(webrtc.Configuration{}))(t)
	t.Cleanup(func() { _ = s.pc.GracefulClose() })
	var tracks []*track
	var list []sfu.Track
	for i, mime := range mimes {
		k := &track{kind: "video", source: Source{TrackSID: store.NewSID("MT"), ParticipantSID: s.who.SID, Name: "track" + strconv.Itoa(i)}}
		codec := webrtc.RTPCodecCapability{MimeType: mime, ClockRate: 90000}
		if mime == webrtc.MimeTypeOpus {
			k.kind, codec.ClockRate, codec.Channels = "audio", 48000, 2
		}
		k.TrackLocalStaticSample = must(webrtc.NewTrackLocalStaticSample(codec, "id"+strconv.Itoa(i), "-"))(t)
		k.sender = must(s.pc.AddTrack(k))(t)
		tracks = append(tracks, k)
		list = append(list, sfu.Track{SID: k.source.TrackSID, ID: k.ID(), Kind: k.kind, Enabled: true})
	}
	offer := must(s.pc.CreateOffer(nil))(t)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	peer, answer, err := s.router.Join(ctx, sfu.PeerConfig{ID: s.who.SID}, sfu.Description{Type: sfu.TypeOffer, Revision: 1, SDP: offer.SDP}, list)
	if err != nil {
		t.Fatal(err)
	}
	s.peer = peer
	if err := s.pc.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	if err := s.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer.SDP}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the connection", func() bool { return s.pc.ConnectionState() == webrtc.PeerConnectionStateConnected })
	return tracks
}

// tapped waits until a recorded Track's packets reach the recorder. What comes first tells
// the codec and is lost: it is sent here, and is no part of what is measured.
func (s *stage) tapped(k *track, first media.Sample) {
	s.t.Helper()
	eventually(s.t, "media at the recorder", func() bool {
		if err := k.WriteSample(first); err != nil {
			s.t.Fatal(err)
		}
		tap := s.router.Tap(k.source.TrackSID)
		defer tap.Close()
		select {
		case <-tap.Items():
			return true
		case <-time.After(10 * time.Millisecond):
			return false
		}
	})
}

// play sends frames faster than they are due; it is RTP time that counts.
func (s *stage) play(k *track, frames []media.Sample) {
	s.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for _, f := range frames {
		<-tick.C
		if err := k.WriteSample(f); err != nil {
			s.t.Fatal(err)
		}
	}
}

// report sends a sender report that ties an RTP time to a clock.
func (s *stage) report(k *track, rtp uint32, clock time.Time) {
	s.t.Helper()
	ntp := uint64(clock.Unix()+2_208_988_800)<<32 | uint64(clock.Nanosecond())<<32/1e9
	ssrc := uint32(k.sender.GetParameters().Encodings[0].SSRC)
	if err := s.pc.WriteRTCP([]rtcp.Packet{&rtcp.SenderReport{SSRC: ssrc, NTPTime: ntp, RTPTime: rtp}}); err != nil {
		s.t.Fatal(err)
	}
}

// next waits for an event of a Recording.
func (s *stage) next(what string) store.Recording {
	s.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case e := <-s.events:
			if e.what == what {
				return e.rec
			}
			s.t.Logf("%s: %s", e.rec.SID, e.what)
		case <-deadline:
			s.t.Fatalf("no recording %s after %s", what, patience)
		}
	}
}

// written waits until a Recording's file has so many bytes; the recorder flushes once a second.
func (s *stage) written(r store.Recording, bytes int64) {
	s.t.Helper()
	eventually(s.t, strconv.FormatInt(bytes, 10)+" bytes in the file", func() bool {
		info, err := os.Stat(s.srv.File(r))
		return err == nil && info.Size() >= bytes
	})
}

// needs skips a test without the tools of ffmpeg.
func needs(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"ffmpeg", "ffprobe"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed (apt-get install ffmpeg): what is in the files is not checked", tool)
		}
	}
}

func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, &errs)
	}
	return out
}

// video makes frames of a test picture with an encoder of ffmpeg.
func video(t *testing.T, mime, size string, frames int) (list []media.Sample) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "video")
	args := []string{"-v", "error", "-f", "lavfi", "-i", "testsrc=rate=30:size=" + size, "-frames:v", strconv.Itoa(frames), "-g", "30"}
	pace := time.Second / 30
	if mime == webrtc.MimeTypeH264 {
		run(t, "ffmpeg", append(args, "-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "baseline", "-pix_fmt", "yuv420p",
			"-x264-params", "slices=1:sliced-threads=0", "-f", "h264", file)...)
		f := must(os.Open(file))(t)
		defer f.Close()
		r := must(h264reader.NewReader(f))(t)
		for {
			n, err := r.NextNAL()
			if err == io.EOF {
				return list
			}
			if err != nil {
				t.Fatal(err)
			}
			// Parameter sets share the time of the picture that follows them.
			s := media.Sample{Data: n.Data}
			if n.UnitType <= h264reader.NalUnitTypeCodedSliceIdr {
				s.Duration = pace
			}
			list = append(list, s)
		}
	}
	run(t, "ffmpeg", append(args, "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "500k", "-f", "ivf", file)...)
	f := must(os.Open(file))(t)
	defer f.Close()
	r, _, err := ivfreader.NewWith(f)
	for err == nil {
		var b []byte
		if b, _, err = r.ParseNextFrame(); err == nil {
			list = append(list, media.Sample{Data: b, Duration: pace})
		}
	}
	return list
}

// tone makes frames of 20 ms of a sine wave.
func tone(t *testing.T, seconds int) (list []media.Sample) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tone.ogg")
	run(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration="+strconv.Itoa(seconds), "-ac", "2",
		"-c:a", "libopus", "-frame_duration", "20", "-page_duration", "20000", file)
	f := must(os.Open(file))(t)
	defer f.Close()
	r, _, err := oggreader.NewWith(f)
	if err != nil {
		t.Fatal(err)
	}
	for {
		b, _, err := r.ParseNextPage()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(b), "OpusTags") {
			list = append(list, media.Sample{Data: b, Duration: 20 * time.Millisecond})
		}
	}
}

// probed is what ffprobe says of a file.
type probed struct {
	Streams []struct {
		Codec   string `json:"codec_name"`
		Width   int    `json:"width"`
		Height  int    `json:"height"`
		Packets string `json:"nb_read_packets"`
	} `json:"streams"`
	Format struct {
		Duration string `json:"duration"`
	} `json:"format"`
	Packets []struct {
		Time string `json:"pts_time"`
	} `json:"packets"`
	Frames []struct {
		Width  int `json:"width"`
		Height int `json:"height"`
	} `json:"frames"`
}

func probe(t *testing.T, file string, more ...string) (p probed) {
	t.Helper()
	args := append([]string{"-v", "error", "-of", "json", "-count_packets", "-show_streams", "-show_format"}, more...)
	if err := json.Unmarshal(run(t, "ffprobe", append(args, file)...), &p); err != nil {
		t.Fatal(err)
	}
	if len(p.Streams) != 1 {
		t.Fatalf("%s has %d streams", file, len(p.Streams))
	}
	return p
}

func (p probed) seconds(t *testing.T) float64 {
	t.Helper()
	return must(strconv.ParseFloat(p.Format.Duration, 64))(t)
}

func (p probed) packets(t *testing.T) int {
	t.Helper()
	return must(strconv.Atoi(p.Streams[0].Packets))(t)
}

// within checks a figure to 2 %.
func within(t *testing.T, what string, got, want float64) {
	t.Helper()
	if d := got - want; d > want/50 || d < -want/50 {
		t.Errorf("%s is %.3f, want %.3f", what, got, want)
	}
}
