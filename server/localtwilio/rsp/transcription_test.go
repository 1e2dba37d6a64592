package rsp

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
	"github.com/pion/webrtc/v4/pkg/media/oggreader"

	"escalate/server/localtwilio/store"
	"escalate/server/localtwilio/transcription"
)

// sentence is the packets of "please call her tomorrow", of 20 ms each.
func sentence(t *testing.T) (packets [][]byte) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "transcription", "testdata", "sentence.ogg"))
	if err != nil {
		t.Fatal(err)
	}
	r, _, err := oggreader.NewWith(bytes.NewReader(raw))
	for err == nil {
		var page []byte
		if page, _, err = r.ParseNextPage(); err == nil && !bytes.HasPrefix(page, []byte("OpusTags")) {
			packets = append(packets, page)
		}
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return packets
}

func TestTranscriptionSignal(t *testing.T) {
	b := newBench(t)
	wants := `"media_signaling":{"extension_transcriptions":{}}`
	join := func(identity, body string) reply {
		w := b.dial()
		w.hello(body)
		return w.expect("connected")
	}
	ra := join("alice", connectWith("alice", "daily", wants, audio("mic", "mic")))
	rb := join("bob", connectBody("bob", "daily"))
	if ra.MediaSignaling[transcriptions].Transport != (transport{"data-channel", "label-extension_transcriptions"}) || len(ra.MediaSignaling) != 1 {
		t.Errorf("alice was granted %v", ra.MediaSignaling)
	}
	if _, granted := rb.MediaSignaling[transcriptions]; granted {
		t.Error("bob was granted what he has not asked for")
	}
	stability := 0.8
	line := transcription.Line{
		Source: transcription.Source{TrackSID: "MT1", ParticipantSID: ra.Participant.SID}, Text: `"so", she said`, Language: "en-US",
		Partial: true, Stability: &stability, Sequence: 3, At: time.Date(2026, 3, 1, 12, 0, 0, 5000, time.FixedZone("CET", 3600)),
	}
	b.openRoom(ra.SID).transcribed(line)
	media := b.media.last()
	want := `{"type":"extension_transcriptions","version":"1.0","participant":"` + ra.Participant.SID + `","track":"MT1","sequence_number":3,` +
		`"timestamp":"2026-03-01T11:00:00.000005000Z","language_code":"en-US","partial_results":true,"stability":0.8,"transcription":"\"so\", she said"}`
	if got := media.peer(ra.Participant.SID).lastSent(transcriptions); got != want {
		t.Errorf("alice got %s\nwant %s", got, want)
	}
	line.Partial, line.Stability = false, nil
	b.openRoom(ra.SID).transcribed(line)
	if got := media.peer(ra.Participant.SID).lastSent(transcriptions); !strings.Contains(got, `"partial_results":false,"transcription"`) {
		t.Errorf("alice got %s of a final result", got)
	}
	if got := media.peer(rb.Participant.SID).lastSent(transcriptions); got != "" {
		t.Errorf("bob got %s", got)
	}
}

// TestTranscription has a Participant speak, and everybody who asked for it be told what
// was said, the speaker too: media, engine and media signaling are real, a script stands
// in for what understands.
func TestTranscription(t *testing.T) {
	script := filepath.Join(t.TempDir(), "engine.sh")
	if err := os.WriteFile(script, []byte("head -c 32000 > /dev/null\necho '{\"text\": \"please call her\"}'\ncat > /dev/null\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	st, err := store.Open("", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	words := transcription.Start(transcription.Config{Store: st, Engine: "sh " + script})
	t.Cleanup(words.Close)
	b := newMediaBench(t, func(c *Config) {
		_ = c.Store.Close() // the bench's own
		c.Store, c.Transcriptions = st, words
	})
	info, err := st.Rooms.Create(store.Room{UniqueName: "daily"})
	if err != nil {
		t.Fatal(err)
	}

	type told struct {
		who     string
		message map[string]any
	}
	heard := make(chan told, 10)
	listen := func(identity string) (*caller, reply, *webrtc.TrackLocalStaticSample) {
		c := b.newCaller()
		c.pc.OnDataChannel(func(d *webrtc.DataChannel) {
			d.OnMessage(func(m webrtc.DataChannelMessage) {
				var message map[string]any
				if err := json.Unmarshal(m.Data, &message); err != nil {
					t.Errorf("%s: %v", m.Data, err)
				}
				heard <- told{identity, message}
			})
		})
		mic, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, "mic", "-")
		if err == nil {
			err = c.pc.GetSenders()[0].ReplaceTrack(mic)
		}
		if err != nil {
			t.Fatal(err)
		}
		c.identity, c.both = identity, make(chan struct{})
		channel, err := c.pc.CreateDataChannel("both", nil) // opens when both ends have DTLS
		if err != nil {
			t.Fatal(err)
		}
		channel.OnOpen(func() { close(c.both) })
		body := c.connectBody(identity, "daily", func(sdp string) string { return sdp })
		c.hello(strings.TrimSuffix(body, "}") + `,"media_signaling":{"extension_transcriptions":{}}}`)
		r := c.expect("connected")
		if err := c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: r.PeerConnections[0].Description.SDP}); err != nil {
			t.Fatal(err)
		}
		c.up()
		return c, r, mic
	}
	_, ra, mic := listen("alice")
	listen("bob")
	if _, err := st.Transcriptions.Create(info.SID, store.TranscriptionStartedStatus, nil); err != nil {
		t.Fatal(err)
	}
	said := sentence(t)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	got := map[string]map[string]any{}
	for n := 0; len(got) < 2; {
		select {
		case <-late:
			t.Fatalf("only %v heard what was said", got)
		case <-tick.C:
			if err := mic.WriteSample(media.Sample{Data: said[n%len(said)], Duration: 20 * time.Millisecond}); err != nil {
				t.Fatal(err)
			}
			n++
		case m := <-heard:
			got[m.who] = m.message
		}
	}
	for who, m := range got {
		track, _ := m["track"].(string)
		if _, err := time.Parse(time.RFC3339Nano, m["timestamp"].(string)); err != nil {
			t.Errorf("%s: %v", who, err)
		}
		delete(m, "timestamp")
		want := map[string]any{
			"type": "extension_transcriptions", "version": "1.0", "participant": ra.Participant.SID, "track": ra.Published.Tracks[0].SID,
			"sequence_number": 1.0, "language_code": "en-US", "partial_results": false, "transcription": "please call her",
		}
		for k, v := range want {
			if m[k] != v {
				t.Errorf("%s: %s is %v, want %v", who, k, m[k], v)
			}
		}
		if len(m) != len(want) || !strings.HasPrefix(track, "MT") {
			t.Errorf("%s got %v", who, m)
		}
	}
}
