package transcription

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
	"github.com/pion/webrtc/v4/pkg/media/oggreader"

	"escalate/server/localtwilio/sfu"
	"escalate/server/localtwilio/store"
)

const patience = 20 * time.Second

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

// sentence is the packets of "please call her tomorrow", spoken by espeak-ng; 20 ms each.
func sentence(t *testing.T) (packets [][]byte) {
	t.Helper()
	raw := must(os.ReadFile(filepath.Join("testdata", "sentence.ogg")))(t)
	r, _, err := oggreader.NewWith(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for {
		page, _, err := r.ParseNextPage()
		if err == io.EOF {
			return packets
		}
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(page, []byte("OpusTags")) {
			packets = append(packets, page)
		}
	}
}

// stage is a Room with one Participant who speaks.
type stage struct {
	t      *testing.T
	store  *store.Store
	srv    *Server
	router *sfu.Router
	room   *Room
	info   store.Room
	mic    *webrtc.TrackLocalStaticSample
	source Source

	mu    sync.Mutex
	lines []Line
}

// newStage prepares a Room whose Transcription is started.
func newStage(t *testing.T, engine string, configuration map[string]string) *stage {
	t.Helper()
	if testing.Short() {
		t.Skip("opens UDP ports")
	}
	s := &stage{t: t, source: Source{TrackSID: store.NewSID("MT")}}
	s.store = must(store.Open("", store.Options{}))(t)
	t.Cleanup(func() { _ = s.store.Close() })
	media := must(sfu.Start(sfu.Config{}))(t)
	t.Cleanup(func() { _ = media.Close() })
	s.srv = Start(Config{Store: s.store, Engine: engine, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	t.Cleanup(s.srv.Close)
	s.router = media.NewRouter(sfu.RouterConfig{})
	s.info = must(s.store.Rooms.Create(store.Room{}))(t)
	who := must(s.store.Participants.Add(s.info.SID, "ada"))(t)
	s.source.ParticipantSID = who.SID
	must(s.store.Transcriptions.Create(s.info.SID, store.TranscriptionStartedStatus, configuration))(t)
	s.room = s.srv.Room(s.info.SID, s.router, s.hear)
	s.join(who.SID)
	return s
}

func (s *stage) hear(l Line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, l)
}

// heard is what was said so far.
func (s *stage) heard() []Line {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Line(nil), s.lines...)
}

// line waits for the nth line, from 1.
func (s *stage) line(n int) Line {
	s.t.Helper()
	eventually(s.t, "a line that was said", func() bool { return len(s.heard()) >= n })
	return s.heard()[n-1]
}

// status waits for a status of the Transcription.
func (s *stage) status(want string) {
	s.t.Helper()
	eventually(s.t, "a Transcription that is "+want, func() bool {
		x, err := s.store.Transcriptions.Get(s.info.SID)
		return err == nil && x.Status == want
	})
}

func (s *stage) join(participantSID string) {
	t := s.t
	t.Helper()
	var set webrtc.SettingEngine
	set.SetIncludeLoopbackCandidate(true)
	set.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	pc := must(webrtc.NewAPI(webrtc.WithSettingEngine(set)).NewPeerConnection(webrtc.Configuration{}))(t)
	t.Cleanup(func() { _ = pc.GracefulClose() })
	codec := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}
	s.mic = must(webrtc.NewTrackLocalStaticSample(codec, "mic", "-"))(t)
	must(pc.AddTrack(s.mic))(t)
	offer := must(pc.CreateOffer(nil))(t)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, answer, err := s.router.Join(ctx, sfu.PeerConfig{ID: participantSID}, sfu.Description{Type: sfu.TypeOffer, Revision: 1, SDP: offer.SDP},
		[]sfu.Track{{SID: s.source.TrackSID, ID: "mic", Kind: sfu.KindAudio, Enabled: true}})
	if err != nil {
		t.Fatal(err)
	}
	if err := errorOf(pc.SetLocalDescription(offer), pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer.SDP})); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the connection", func() bool { return pc.ConnectionState() == webrtc.PeerConnectionStateConnected })
	// What comes first shows the Track's codec, and reaches nobody.
	eventually(t, "sound at the router", func() bool {
		s.write([]byte{0xf8, 0xff, 0xfe}) // silence
		tap := s.router.Tap(s.source.TrackSID)
		defer tap.Close()
		select {
		case <-tap.Items():
			return true
		case <-time.After(10 * time.Millisecond):
			return false
		}
	})
}

func errorOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) write(packet []byte) {
	s.t.Helper()
	if err := s.mic.WriteSample(media.Sample{Data: packet, Duration: frame}); err != nil {
		s.t.Fatal(err)
	}
}

// speak sends the sentence, faster than it is spoken.
func (s *stage) speak() {
	s.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for _, p := range sentence(s.t) {
		<-tick.C
		s.write(p)
	}
}

// script is an engine: a shell script, which finds a directory for what it leaves in $1.
func script(t *testing.T, lines ...string) (engine, dir string) {
	t.Helper()
	dir = t.TempDir()
	path := filepath.Join(dir, "engine.sh")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return "sh " + path + " " + dir, dir
}
