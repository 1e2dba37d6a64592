package transcription

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

func TestPlaceholder(t *testing.T) {
	s := newStage(t, Placeholder, map[string]string{"languageCode": "EN-gb"})
	s.room.Set([]Source{s.source})
	for n := 1; n <= 2; n++ {
		s.speak()
		// That somebody has stopped speaking shows by the silence that follows.
		l := s.line(n)
		form := regexp.MustCompile(`^\[speech (\d\.\d) s\]$`).FindStringSubmatch(l.Text)
		if form == nil {
			t.Fatalf("line %+v", l)
		}
		if seconds, _ := strconv.ParseFloat(form[1], 64); seconds < 1 || seconds > 2 {
			t.Errorf("%s of a sentence of 1.6 s", l.Text)
		}
		if l.Source != s.source || l.Language != "en-GB" || l.Partial || l.Stability != nil || l.Sequence != n || l.At.IsZero() {
			t.Errorf("line %+v", l)
		}
	}
}

func TestPartialResults(t *testing.T) {
	s := newStage(t, Placeholder, map[string]string{"partialResults": "true"})
	s.room.Set([]Source{s.source})
	s.speak()
	first, last := s.line(1), s.line(2)
	if !first.Partial || first.Text != "[speech 1.0 s]" || first.Stability == nil || *first.Stability != 0.5 || first.Sequence != 1 {
		t.Errorf("first line %+v", first)
	}
	if last.Partial || last.Stability != nil || last.Sequence != 2 {
		t.Errorf("last line %+v", last)
	}
}

// TestEngine plays a whole sentence to a program, and looks at both ends of it.
func TestEngine(t *testing.T) {
	engine, dir := script(t,
		`echo '{"text": "too early", "partial": true}'`,
		`env > "$1/env"`,
		`cat > "$1/pcm"`,
		`echo`,
		`echo '{"text": "please", "partial": true, "stability": 0.25}'`,
		`echo '{"text": "bitte ruf sie morgen an", "language": "de-DE", "start": 0.5, "end": 1.9}'`,
		`echo '{"text": "the end"}'`)
	t.Setenv("TWILIO_AUTH_TOKEN", "secret")
	s := newStage(t, engine, map[string]string{"partialResults": "true", "hints": "call, tomorrow"})
	s.room.Set([]Source{s.source})
	s.speak()
	s.line(1)
	s.room.Set(nil) // the Track ends, and so does the input
	second, third, fourth := s.line(2), s.line(3), s.line(4)
	if second.Text != "please" || !second.Partial || *second.Stability != 0.25 || second.Language != "en-US" || second.Sequence != 2 {
		t.Errorf("second line %+v", second)
	}
	if third.Text != "bitte ruf sie morgen an" || third.Partial || third.Stability != nil || third.Language != "de-DE" || third.Sequence != 3 {
		t.Errorf("third line %+v", third)
	}
	if fourth.Text != "the end" || fourth.Source != s.source {
		t.Errorf("fourth line %+v", fourth)
	}
	// A sentence of 1.6 s. How much silence is filled in beside it is the machine's speed.
	pcm := must(os.ReadFile(filepath.Join(dir, "pcm")))(t)
	if seconds := audible(pcm); seconds < 1.3 || seconds > 1.7 {
		t.Errorf("the engine got %.2f s of sound", seconds)
	}
	env := string(must(os.ReadFile(filepath.Join(dir, "env")))(t))
	for _, want := range []string{"TRANSCRIPTION_LANGUAGE=en-US\n", `"hints":"call, tomorrow"`, "PATH="} {
		if !strings.Contains(env, want) {
			t.Errorf("the engine's environment has no %q: %s", want, env)
		}
	}
	if strings.Contains(env, "secret") {
		t.Error("the engine's environment has a secret")
	}
	s.status(store.TranscriptionStartedStatus)
}

// audible is how many seconds of PCM are no digital silence.
func audible(pcm []byte) float64 {
	n := 0
	for s := range slices.Chunk(pcm, 2) {
		if s[0] != 0 || s[1] != 0 {
			n++
		}
	}
	return float64(n) / rate
}

// TestEngineFaults: what is wrong with an engine is the Transcription's end, and nobody
// else's trouble.
func TestEngineFaults(t *testing.T) {
	tests := []struct{ name, script string }{
		{"ends at once", `exit 0`},
		{"ends early", `head -c 6400 > /dev/null`},
		{"fails", `cat > /dev/null & sleep 0.1; echo no model >&2; exit 3`},
		{"writes something else", `echo hello; cat > /dev/null`},
		{"hangs", `sleep 60`},
		{"closes its output", `exec >&-; head -c 6400 > /dev/null`},
		{"is killed", `kill -9 $$`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			engine, _ := script(t, tt.script)
			s := newStage(t, engine, nil)
			s.srv.backlog = time.Second
			s.room.Set([]Source{s.source})
			s.speak()
			s.status(store.TranscriptionFailedStatus)
			eventually(t, "the Track's release", func() bool { return s.running() == 0 })
			if len(s.heard()) > 0 {
				t.Errorf("heard %+v", s.heard())
			}
			if _, err := s.store.Transcriptions.Update(s.info.SID, store.TranscriptionStartedStatus, nil); err == nil {
				t.Error("it can be started again")
			}
			// The Room's sound goes on.
			tap := s.router.Tap(s.source.TrackSID)
			defer tap.Close()
			s.speak()
			<-tap.Items()
		})
	}
	t.Run("does not exist", func(t *testing.T) {
		s := newStage(t, "/nonexistent/engine", nil)
		s.room.Set([]Source{s.source})
		s.speak()
		s.status(store.TranscriptionFailedStatus)
	})
}

// running counts the Tracks that are transcribed.
func (s *stage) running() int {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	return len(s.room.tracks)
}

// TestStopAndStart: a stopped Transcription says nothing more and leaves no process; one
// that is started again goes on counting.
func TestStopAndStart(t *testing.T) {
	engine, dir := script(t, `echo $$ > "$1/pid"; echo '{"text": "hello"}'; cat > /dev/null; echo '{"text": "too late"}'`)
	s := newStage(t, engine, nil)
	s.room.Set([]Source{s.source})
	s.speak()
	s.line(1)
	pid := must(strconv.Atoi(strings.TrimSpace(string(must(os.ReadFile(filepath.Join(dir, "pid")))(t)))))(t)
	must(s.store.Transcriptions.Update(s.info.SID, store.TranscriptionStoppedStatus, nil))(t)
	eventually(t, "the end of the engine", func() bool { return syscall.Kill(pid, 0) != nil })
	if n := s.running(); n != 0 {
		t.Errorf("%d Tracks are transcribed", n)
	}
	s.speak()
	must(s.store.Transcriptions.Update(s.info.SID, store.TranscriptionStartedStatus, nil))(t)
	eventually(t, "the Track's transcription", func() bool { return s.running() == 1 })
	s.speak()
	if l := s.line(2); l.Text != "hello" || l.Sequence != 2 {
		t.Errorf("line %+v", l)
	}
	// Another language takes another process.
	must(s.store.Transcriptions.Update(s.info.SID, "", map[string]string{"languageCode": "fr-FR"}))(t)
	eventually(t, "another process", func() bool {
		s.speak()
		return len(s.heard()) > 2
	})
	if l := s.line(3); l.Text != "hello" || l.Sequence != 3 || l.Language != "fr-FR" {
		t.Errorf("line %+v", l)
	}
}

// TestClose: the Server's end takes no longer than it has to, whatever engines do.
func TestClose(t *testing.T) {
	engine, dir := script(t, `trap "" TERM INT; echo $$ > "$1/pid"; echo '{"text": "hello"}'; while :; do sleep 1; done`)
	s := newStage(t, engine, nil)
	s.room.Set([]Source{s.source})
	s.speak()
	s.line(1)
	pid := must(strconv.Atoi(strings.TrimSpace(string(must(os.ReadFile(filepath.Join(dir, "pid")))(t)))))(t)
	began := time.Now()
	s.srv.Close()
	if took := time.Since(began); took > lastWords {
		t.Errorf("it took %v", took)
	}
	if err := syscall.Kill(pid, 0); err == nil {
		t.Error("the engine still runs")
	}
	s.status(store.TranscriptionStartedStatus) // an end of ours is no fault of the engine's
	s.room.Set([]Source{s.source})
	if n := s.running(); n != 0 {
		t.Errorf("%d Tracks are transcribed after the end", n)
	}
}

// TestNothingRuns: a Room without a Transcription that is started has no Tap, and one in
// which nobody speaks no engine.
func TestNothingRuns(t *testing.T) {
	engine, dir := script(t, `touch "$1/ran"; cat > /dev/null`)
	s := newStage(t, engine, nil)
	other := must(s.store.Rooms.Create(store.Room{}))(t)
	r := s.srv.Room(other.SID, s.router, s.hear)
	defer r.Close()
	r.Set([]Source{s.source})
	if len(r.tracks) != 0 {
		t.Errorf("%d Tracks are transcribed", len(r.tracks))
	}
	must(s.store.Transcriptions.Create(other.SID, store.TranscriptionCreatedStatus, nil))(t)
	s.room.Set([]Source{s.source})
	for range 100 {
		s.write([]byte{0xf8, 0xff, 0xfe})
	}
	s.room.Set(nil)
	s.srv.Close()
	if len(r.tracks) != 0 {
		t.Errorf("%d Tracks are transcribed", len(r.tracks))
	}
	if _, err := os.Stat(filepath.Join(dir, "ran")); err == nil {
		t.Error("an engine ran for silence")
	}
}

// grammar is what pocketsphinx is to expect: its model of all of English takes a machine's
// voice for other words.
const grammar = `#JSGF V1.0;
grammar test;
public <sentence> = (go | move | turn) (forward | backward | left | right) | (open | close) the (door | window) |
	please (call | meet) (me | her | him) (tomorrow | today);
`

func TestPocketsphinx(t *testing.T) {
	if _, err := exec.LookPath(sphinx); err != nil {
		t.Skip("pocketsphinx is not installed (apt-get install pocketsphinx pocketsphinx-en-us): its adapter is not tested")
	}
	path := filepath.Join(t.TempDir(), "test.gram")
	if err := os.WriteFile(path, []byte(grammar), 0o600); err != nil {
		t.Fatal(err)
	}
	engine := fmt.Sprintf("%s -jsgf %s", Pocketsphinx, path)
	s := newStage(t, engine, nil)
	s.room.Set([]Source{s.source})
	s.speak()
	if l := s.line(1); l.Text != "please call her tomorrow" || l.Partial || l.Language != "en-US" {
		t.Errorf("line %+v", l)
	}
	t.Run("another language", func(t *testing.T) {
		s := newStage(t, engine, map[string]string{"languageCode": "de-DE"})
		s.room.Set([]Source{s.source})
		s.speak()
		s.status(store.TranscriptionFailedStatus)
	})
}
