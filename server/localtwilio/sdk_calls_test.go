package localtwilio_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
	"escalate/server/twiliospec"
)

// serverLibraries are where the npm packages of servers are installed by make deps-test.
const serverLibraries = "../../static/node_modules"

// leastRight is how many rows of testdata/sdk/calls.js have what is wanted, the others
// being refused with the code that they name. One fewer, and something is gone that was
// there.
const leastRight = 211

// TestCalls makes the calls of testdata/sdk/calls.js with the unmodified npm package
// twilio; each answer is held against Twilio's documents.
func TestCalls(t *testing.T) {
	modules := must(filepath.Abs(serverLibraries))(t)
	if _, err := os.Stat(filepath.Join(modules, "twilio")); err != nil {
		t.Skip("the npm package twilio is not installed: run npm ci in static")
	}
	documents, err := spec()
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("Twilio's documents are not installed: run npm ci in static")
	}
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s := start(t, localtwilio.Config{DataDir: dir})
	room := must(s.Store().Rooms.Create(store.Room{UniqueName: "r"}))(t)
	ada, bob := must(s.Store().Participants.Add(room.SID, "ada"))(t), must(s.Store().Participants.Add(room.SID, "bob"))(t)
	must(s.Store().Tracks.Add(store.Track{ParticipantSID: ada.SID, Name: "mic", Kind: "audio"}))(t)
	recorded(t, s.Store(), filepath.Join(dir, "recordings"), ada, "audio", []byte("x"))
	recorded(t, s.Store(), filepath.Join(dir, "recordings"), bob, "video", []byte("x"))
	worker := must(s.Store().Workers.Create(store.Worker{FriendlyName: "ana", Attributes: `{"team":"blue"}`}))(t)

	checked := &twiliospec.Transport{Spec: documents, Next: byHost{must(url.Parse(s.URL()))(t)}}
	proxy := httptest.NewServer(throughHosts(checked))
	t.Cleanup(proxy.Close)
	a := s.Account()
	stage := must(json.Marshal(map[string]string{
		"rest": proxy.URL, "account": a.SID, "authToken": a.AuthToken, "sync": a.SyncServiceSID, "chat": a.ChatServiceSID,
		"workspace": a.WorkspaceSID, "workflow": a.WorkflowSID, "room": room.SID, "worker": worker.SID,
	}))(t)
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join("testdata", "sdk", "calls.js"))
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules, "STAGE="+string(stage))
	cmd.Stderr = os.Stderr
	begun := time.Now()
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Right          int
		Refused, Wrong []string
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, w := range report.Wrong {
		t.Error(w)
	}
	t.Logf("%d right, %d refused, in %v: %s", report.Right, len(report.Refused), time.Since(begun), strings.Join(report.Refused, ", "))
	if report.Right < leastRight {
		t.Errorf("%d right, want %d", report.Right, leastRight)
	}
	for _, v := range checked.Violations() {
		// Faulty requests are part of the table; faulty answers are not.
		// The Flex UI asks for fields of its configuration that the document lacks.
		if strings.Contains(v, ": answer") && !strings.Contains(v, "flex-api.twilio.com/v1/Configuration: answer 200: no field") {
			t.Error(v)
		}
	}
}

// byHost sends requests for Twilio's hosts to a listener, with their host in the header.
type byHost struct{ to *url.URL }

// RoundTrip implements http.RoundTripper.
func (b byHost) RoundTrip(r *http.Request) (*http.Response, error) {
	q := r.Clone(r.Context())
	q.Host, q.URL.Host, q.URL.Scheme = r.URL.Host, b.to.Host, b.to.Scheme
	return http.DefaultTransport.RoundTrip(q)
}

// throughHosts sends requests whose paths begin with a product to that product's host.
func throughHosts(next http.RoundTripper) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		product, path, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
		to := "https://" + product + ".twilio.com/" + path
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.RawQuery
		}
		q, err := http.NewRequestWithContext(r.Context(), r.Method, to, r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		q.Header, q.ContentLength = r.Header.Clone(), r.ContentLength
		res, err := next.RoundTrip(q)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer res.Body.Close()
		for k, v := range res.Header {
			w.Header()[k] = v
		}
		w.WriteHeader(res.StatusCode)
		_, _ = io.Copy(w, res.Body) // the client has gone; there is nobody to tell
	})
}
