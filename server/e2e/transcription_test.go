//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/twilio/twilio-go"
	"github.com/twilio/twilio-go/client"
	video "github.com/twilio/twilio-go/rest/video/v1"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/transcription"
	"escalate/server/token"
)

// TestTranscriptions has Twilio's two SDKs, as they are, make and hear the transcriptions of a Room:
// twilio-go makes the Room, stops, configures and starts; in the pages of twilio-video.js people speak,
// one of whom comes later, and one does not want to be told.
func TestTranscriptions(t *testing.T) {
	w := newWords(t, transcription.Placeholder)
	room, err := w.rest.VideoV1.CreateRoom(new(video.CreateRoomParams).SetUniqueName("words").SetTranscribeParticipantsOnConnect(true).
		SetTranscriptionsConfiguration(map[string]any{"languageCode": "en-GB", "partialResults": true}))
	if err != nil {
		t.Fatal(err)
	}
	p := newBrowser(t).open(t, "words", w.page(t), 640, 480)
	p.click("#begin") // a page is silent before somebody has touched it
	w.join(p, "bob", "[]", true)
	w.join(p, "ada", "[voice('ada')]", true)
	w.join(p, "eve", "[]", false)
	ada := w.speaker(p, "ada")
	number := 0 // of the last line of ada's

	w.say(p, "ada", 2.4)
	line := w.heard(p, ada, number+3, "ada", "bob")
	for i, about := range []string{"1.0", "2.0", "2.4"} {
		number++
		w.check(line[i], ada, number, i < 2, about)
	}

	list, err := w.rest.VideoV1.ListRoomTranscriptions(*room.Sid, nil)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d transcriptions of the Room: %v", len(list), err)
	}
	update := func(status string, configuration map[string]any) {
		t.Helper()
		change := new(video.UpdateRoomTranscriptionsParams)
		if status != "" {
			change.SetStatus(status)
		}
		if configuration != nil {
			change.SetConfiguration(configuration)
		}
		if _, err := w.rest.VideoV1.UpdateRoomTranscriptions(*room.Sid, *list[0].Ttid, change); err != nil {
			t.Fatal(err)
		}
	}
	update("stopped", nil)
	w.say(p, "ada", 1.2) // said to nobody: the next line has the next number
	update("started", nil)
	w.say(p, "ada", 0.7)
	line = w.heard(p, ada, number+1, "ada", "bob")
	number++
	w.check(line[number-1], ada, number, false, "0.7")

	update("", map[string]any{"partialResults": false})
	w.say(p, "ada", 2.4)
	line = w.heard(p, ada, number+1, "ada", "bob")
	number++
	w.check(line[number-1], ada, number, false, "2.4")

	w.join(p, "carol", "[voice('carol')]", true)
	carol := w.speaker(p, "carol")
	w.say(p, "carol", 0.7)
	line = w.heard(p, carol, 1, "ada", "bob", "carol")
	w.check(line[0], carol, 1, false, "0.7")
	w.say(p, "ada", 0.7)
	line = w.heard(p, ada, number+1, "ada", "bob")
	w.check(line[number], ada, number+1, false, "0.7")
	if late := w.heard(p, ada, 1, "carol"); !reflect.DeepEqual(late, line[number:]) {
		t.Errorf("carol heard %v, who came before %v", late, line[number:])
	}
	if all := w.lines(p, "eve"); len(all) > 0 {
		t.Errorf("eve did not ask for %v", all)
	}
	p.quiet()
}

// theSentence is one of espeak-ng's that pocketsphinx understands, whose model of English was made of
// people's voices: of most of what a machine says it understands little. Of this one it had every word, 12
// times in a row, with these pauses; one of the words may come out otherwise with others.
const theSentence = "do you want to go tomorrow"

// TestSpokenSentence has a machine's voice come through Chromium's microphone as words: espeak-ng, echo
// cancellation and noise suppression, Opus, SFU, pocketsphinx, and back to the page.
func TestSpokenSentence(t *testing.T) {
	for _, program := range []string{"espeak-ng", "pocketsphinx_continuous"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed (apt-get install espeak-ng pocketsphinx pocketsphinx-en-us): whether what is said becomes words is not tested", program)
		}
	}
	file := filepath.Join(t.TempDir(), "sentence.wav")
	speech := `<speak><break time="200ms"/>` + theSentence + `<break time="1300ms"/></speak>`
	if out, err := exec.CommandContext(t.Context(), "espeak-ng", "-m", "-v", "en-us", "-s", "120", "-w", file, speech).CombinedOutput(); err != nil {
		t.Fatalf("espeak-ng: %v: %s", err, out)
	}
	w := newWords(t, transcription.Pocketsphinx)
	room, err := w.rest.VideoV1.CreateRoom(new(video.CreateRoomParams).SetUniqueName("words"))
	if err != nil {
		t.Fatal(err)
	}
	p := newBrowser(t, chromedp.Flag("use-file-for-fake-audio-capture", file)).open(t, "words", w.page(t), 640, 480)
	w.join(p, "ada", "[await Twilio.Video.createLocalAudioTrack()]", true)
	if _, err := w.rest.VideoV1.CreateRoomTranscriptions(*room.Sid, nil); err != nil {
		t.Fatal(err)
	}
	// It is said again and again, first perhaps from its middle.
	var all []string
	want := strings.Fields(theSentence)
	p.until("most words of "+theSentence, fmt.Sprintf(`w.events.ada?.some(e => { const said = e.transcription.split(' '); return %s.filter(x => said.includes(x)).length * 2 > %d })`, quoted(want), len(want)))
	for _, e := range w.lines(p, "ada") {
		all = append(all, fmt.Sprint(e["transcription"]))
	}
	t.Logf("%q was understood as %q", theSentence, all)
	p.quiet()
}

// words is a local Twilio whose Rooms are transcribed, and Twilio's SDK for it.
type words struct {
	t     *testing.T
	local *localtwilio.Server
	rest  *twilio.RestClient
}

func newWords(t *testing.T, engine string) *words {
	t.Helper()
	s, err := localtwilio.Start(context.Background(), localtwilio.Config{Addr: "127.0.0.1:0", Transcriber: engine})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	a := s.Account()
	c := &client.Client{Credentials: client.NewCredentials(a.KeySID, a.KeySecret), HTTPClient: &http.Client{Transport: s.Transport()}}
	c.SetAccountSid(a.SID)
	return &words{t: t, local: s, rest: twilio.NewRestClientWithParams(twilio.ClientParams{Client: c})}
}

// page serves a page in which several can join, and returns its URL. voice makes a microphone's Track
// that is silent until somebody says something, which is a tone.
func (w *words) page(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/sdk.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join("..", "..", "static", "node_modules", "twilio-video", "dist", "twilio-video.min.js"))
	})
	mux.HandleFunc("/{$}", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(rw, `<!doctype html><title>Words</title><script src="/sdk.js"></script><button id="begin">Begin</button><script>
const rooms = {}, events = {}, gains = {}, sound = new AudioContext();
document.getElementById('begin').onclick = () => sound.resume();
async function join(identity, token, tracks, receiveTranscriptions) {
	rooms[identity] = await Twilio.Video.connect(token, { tracks, receiveTranscriptions, wsServer: %q, insights: false });
	events[identity] = [];
	rooms[identity].on('transcription', e => events[identity].push(e));
	return true;
}
function voice(identity) {
	const tone = new OscillatorNode(sound, { frequency: 440 }), out = new MediaStreamAudioDestinationNode(sound);
	gains[identity] = new GainNode(sound, { gain: 0 });
	tone.connect(gains[identity]).connect(out);
	tone.start();
	return new Twilio.Video.LocalAudioTrack(out.stream.getAudioTracks()[0], { name: identity });
}
// Says something for so many seconds, and is silent for one more.
async function say(identity, seconds) {
	const { gain } = gains[identity], end = sound.currentTime + 0.1 + seconds;
	gain.setValueAtTime(0.3, end - seconds);
	gain.setValueAtTime(0, end);
	const pause = new ConstantSourceNode(sound, { offset: 0 });
	pause.connect(sound.destination);
	pause.start();
	pause.stop(end + 1);
	await new Promise(resolve => { pause.onended = resolve; });
	return true;
}
Object.assign(window, { rooms, events, voice, join, say });
</script>`, w.local.SignalingURL())
	})
	web := httptest.NewServer(mux)
	t.Cleanup(web.Close)
	return web.URL
}

// join has somebody join the Room; tracks is JavaScript.
func (w *words) join(p *tab, identity, tracks string, receive bool) {
	w.t.Helper()
	a := w.local.Account()
	raw, err := token.Mint(token.Key{AccountSID: a.SID, KeySID: a.KeySID, Secret: a.KeySecret}, token.Video{Identity: identity, Room: "words"}, time.Now(), time.Hour)
	if err != nil {
		w.t.Fatal(err)
	}
	var joined bool
	if err := p.eval(&joined, fmt.Sprintf(`const { Twilio, voice } = w; return w.join(%q, %q, %s, %v)`, identity, raw, tracks, receive)); err != nil {
		w.t.Fatalf("%s joins: %v", identity, err)
	}
}

// speaking is who speaks, on which Track.
type speaking struct{ Participant, Track string }

// speaker waits until somebody's Track is published.
func (w *words) speaker(p *tab, identity string) (s speaking) {
	w.t.Helper()
	publication := fmt.Sprintf(`[...w.rooms[%q].localParticipant.audioTracks.values()][0]`, identity)
	p.until(identity+"'s Track is published", publication)
	if err := p.eval(&s, fmt.Sprintf(`return {Participant: w.rooms[%q].localParticipant.sid, Track: %s.trackSid}`, identity, publication)); err != nil {
		w.t.Fatal(err)
	}
	return s
}

// say has somebody speak for so many seconds.
func (w *words) say(p *tab, identity string, seconds float64) {
	w.t.Helper()
	var said bool
	if err := p.eval(&said, fmt.Sprintf(`return w.say(%q, %v)`, identity, seconds)); err != nil {
		w.t.Fatalf("%s speaks: %v", identity, err)
	}
}

// lines is all that somebody was told.
func (w *words) lines(p *tab, identity string) (all []map[string]any) {
	w.t.Helper()
	if err := p.eval(&all, fmt.Sprintf(`return w.events[%q]`, identity)); err != nil {
		w.t.Fatal(err)
	}
	return all
}

// heard waits until somebody's nth line, and no more, has come to everybody who is named, and returns what
// that somebody said.
func (w *words) heard(p *tab, of speaking, n int, who ...string) (said []map[string]any) {
	w.t.Helper()
	for i, identity := range who {
		p.until(fmt.Sprintf("%s is told %d lines", identity, n), fmt.Sprintf(`w.events[%q].filter(e => e.track === %q).length >= %d`, identity, of.Track, n))
		all := slices.DeleteFunc(w.lines(p, identity), func(e map[string]any) bool { return e["track"] != of.Track })
		if len(all) != n {
			w.t.Errorf("%s was told %d lines, want %d: %v", identity, len(all), n, all)
		}
		if i > 0 && !reflect.DeepEqual(all, said) {
			w.t.Errorf("%s was told %v, others %v", identity, all, said)
		}
		said = all
	}
	return said
}

// check compares a line with what Twilio documents of it; about is how long was spoken, in seconds.
func (w *words) check(e map[string]any, of speaking, number int, partial bool, about string) {
	w.t.Helper()
	if at, err := time.Parse("2006-01-02T15:04:05.000000000Z", fmt.Sprint(e["timestamp"])); err != nil || time.Since(at).Abs() > time.Minute {
		w.t.Errorf("its time is %v: %v", e["timestamp"], err)
	}
	var spoken, wanted float64
	text := fmt.Sprint(e["transcription"])
	if !regexp.MustCompile(`^\[speech \d\.\d s\]$`).MatchString(text) {
		w.t.Errorf("it says %q", text)
	} else if _, err := fmt.Sscanf(text, "[speech %f s]", &spoken); err != nil {
		w.t.Error(err)
	} else if _, err := fmt.Sscan(about, &wanted); err != nil || spoken < wanted-0.25 || spoken > wanted+0.25 {
		w.t.Errorf("it says %q of %s s", text, about)
	}
	want := map[string]any{
		"type": "extension_transcriptions", "version": "1.0", "participant": of.Participant, "track": of.Track, "sequence_number": float64(number),
		"timestamp": e["timestamp"], "language_code": "en-GB", "partial_results": partial, "transcription": text,
	}
	if partial {
		want["stability"] = 0.5
	}
	if !reflect.DeepEqual(e, want) {
		w.t.Errorf("a line is %v\nwant %v", e, want)
	}
}

// quoted is a list in JavaScript.
func quoted(list []string) string {
	b, _ := json.Marshal(list) // of strings
	return string(b)
}
