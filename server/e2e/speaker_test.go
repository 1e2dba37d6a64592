//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"escalate/server/localtwilio"
	"escalate/server/token"
)

// TestDominantSpeaker has two with microphones in a Room, of whom one is muted at a time, and a
// third who is told who speaks: with the beeps of 20 ms of Chromium's own fake microphone, and with speech
// that has pauses, through the client's usual echo cancellation and noise suppression.
func TestDominantSpeaker(t *testing.T) {
	for _, c := range []struct {
		name  string
		flags []chromedp.ExecAllocatorOption
	}{
		{"beeps", nil},
		{"speech", []chromedp.ExecAllocatorOption{chromedp.Flag("use-file-for-fake-audio-capture", speechFile(t))}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBrowser(t, append(c.flags, chromedp.Flag("autoplay-policy", "no-user-gesture-required"))...)
			p := b.open(t, "room", speakersPage(t), 640, 480)
			p.until("all three are in the Room", `await w.ready`)
			p.until("ada speaks", `w.speaker() === 'ada'`)
			var turns int
			if err := p.eval(&turns, `w.before = await w.heard(); w.turns = 0; return w.turns`); err != nil {
				t.Fatal(err)
			}
			p.until("a round of the speech with all its pauses is heard", `await w.heard() - w.before > `+fmt.Sprint(speechSeconds))
			if err := p.eval(&turns, `return w.turns`); err != nil || turns != 0 {
				t.Errorf("the dominant speaker changed %d times while one spoke, %v", turns, err)
			}
			p.until("the other is unmuted", `w.mute('ada', true), w.mute('bob', false), true`)
			p.until("bob speaks", `w.speaker() === 'bob'`)
			p.quiet()
		})
	}
}

// speakersPage serves a page that joins ada and bob, who is muted, and carol, who listens, to a
// Room of a local Twilio of its own, and returns its URL.
func speakersPage(t *testing.T) string {
	t.Helper()
	s, err := localtwilio.Start(context.Background(), localtwilio.Config{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	tokens := map[string]string{}
	a := s.Account()
	for _, identity := range []string{"ada", "bob", "carol"} {
		tokens[identity], err = token.Mint(token.Key{AccountSID: a.SID, KeySID: a.KeySID, Secret: a.KeySecret},
			token.Video{Identity: identity, Room: "speakers"}, time.Now(), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/sdk.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join("..", "..", "static", "node_modules", "twilio-video", "dist", "twilio-video.min.js"))
	})
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><title>Who speaks</title><script src="/sdk.js"></script><script>
const rooms = {}, microphones = {};
async function join(identity, token, tracks) {
	rooms[identity] = await Twilio.Video.connect(token, { tracks, wsServer: %q, insights: false, dominantSpeaker: true });
}
window.ready = (async () => {
	for (const identity of ['ada', 'bob']) microphones[identity] = await Twilio.Video.createLocalAudioTrack();
	microphones.bob.disable();
	await join('carol', %q, []);
	rooms.carol.on('dominantSpeakerChanged', () => window.turns++);
	await join('bob', %q, [microphones.bob]);
	await join('ada', %q, [microphones.ada]);
	return true;
})();
window.turns = 0;
window.speaker = () => rooms.carol.dominantSpeaker?.identity;
window.mute = (identity, off) => microphones[identity][off ? 'disable' : 'enable']();
window.heard = async () => { // seconds of ada's Track; bob's, who is muted, is sent as well
	const ada = Array.from(rooms.carol.participants.values()).find((p) => p.identity === 'ada');
	for (const report of await rooms.carol.getStats())
		for (const track of report.remoteAudioTrackStats) if (ada.audioTracks.has(track.trackSid)) return track.packetsReceived * 0.02;
	return 0;
};
</script>`, s.SignalingURL(), tokens["carol"], tokens["bob"], tokens["ada"])
	})
	web := httptest.NewServer(mux)
	t.Cleanup(web.Close)
	return web.URL
}

// speechSeconds is how long speechFile lasts; Chromium plays it again and again.
const speechSeconds = 5

// speechFile writes a WAV file of something that has the rhythm of speech: voiced syllables of
// 180 ms with their overtones, words of one to four of them with gaps between, and a breath of 1.2 s.
func speechFile(t *testing.T) string {
	t.Helper()
	const rate, pitch = 48000, 130.0
	samples := make([]int16, speechSeconds*rate)
	at := 0
	for word := 0; at < (speechSeconds*1000-1200)*rate/1000; word++ {
		for range 1 + word*7%4 {
			length := rate * 180 / 1000
			for i := 0; i < length && at+i < len(samples); i++ {
				x := float64(i) / rate
				sum := 0.0
				for overtone := 1.0; overtone <= 20; overtone++ {
					sum += math.Sin(2*math.Pi*pitch*overtone*x*(1+0.02*math.Sin(30*x))) / overtone
				}
				loud := math.Sin(math.Pi * float64(i) / float64(length)) // swells and falls
				samples[at+i] = int16(9000 * loud * sum)
			}
			at += length
		}
		at += rate * 160 / 1000
	}
	var b bytes.Buffer
	b.WriteString("RIFF")
	header := []any{
		uint32(36 + 2*len(samples)), []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(rate), uint32(2 * rate), uint16(2), uint16(16),
		[]byte("data"), uint32(2 * len(samples)), samples,
	}
	for _, x := range header {
		if err := binary.Write(&b, binary.LittleEndian, x); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(t.TempDir(), "speech.wav")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
