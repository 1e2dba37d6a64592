package demo_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/gorilla/mux"

	"escalate/server/demo"
	"escalate/server/localtwilio/mcs"
	"escalate/server/localtwilio/store"
)

// local is local Twilio as far as the demo needs it.
type local struct {
	s     *store.Store
	files *mcs.Server
}

func (l local) Store() *store.Store { return l.s }
func (l local) Media() *mcs.Server  { return l.files }

// onStore is local Twilio on a store, with files in a directory of the test's.
func onStore(t *testing.T, s *store.Store) local {
	t.Helper()
	files, err := mcs.Start(mcs.Config{
		Store: s, Dir: t.TempDir(),
		Authenticate: func(string) (mcs.Who, error) { return mcs.Who{}, store.ErrNotFound },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := files.Close(); err != nil {
			t.Error(err)
		}
	})
	return local{s, files}
}

// bench is a demo on a store of its own, behind a real listener.
type bench struct {
	t     *testing.T
	store *store.Store
	demo  *demo.Demo
	url   string
}

func open(t *testing.T, path string) (*store.Store, *demo.Demo) {
	t.Helper()
	s, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := demo.New(demo.Config{Local: onStore(t, s)})
	if err != nil {
		t.Fatal(err)
	}
	return s, d
}

func newBench(t *testing.T) *bench {
	t.Helper()
	s, d := open(t, filepath.Join(t.TempDir(), "twilio.db"))
	r := mux.NewRouter()
	d.Routes(r)
	server := httptest.NewServer(r)
	t.Cleanup(func() {
		_ = d.Close()
		server.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &bench{t: t, store: s, demo: d, url: server.URL}
}

type message struct {
	ConversationSID string
	Index           int
	Role            string
	Name            string
	Body            string
}

type task struct {
	TaskSID         string
	ConversationSID string
	Status          string
	Customer        string
	Mine            bool
	LastMessage     *message
}

// ask sends a request and reads the answer into v when it has the wanted status.
func (b *bench) ask(method, path string, body any, status int, v any) *http.Response {
	b.t.Helper()
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			b.t.Fatal(err)
		}
		reader = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.url+path, reader)
	if err != nil {
		b.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return b.do(req, status, v)
}

func (b *bench) do(req *http.Request, status int, v any) *http.Response {
	b.t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if res.StatusCode != status {
		b.t.Fatalf("%s %s: status %d, want %d; body %s", req.Method, req.URL.Path, res.StatusCode, status, raw)
	}
	if v != nil {
		if err := json.Unmarshal(raw, v); err != nil {
			b.t.Fatalf("%s %s: %v in %s", req.Method, req.URL.Path, err, raw)
		}
	}
	return res
}

func (b *bench) tasks(query string) []task {
	b.t.Helper()
	var list []task
	b.ask("GET", "/demo/api/tasks"+query, nil, 200, &list)
	return list
}

func (b *bench) messages(conversation string) []message {
	b.t.Helper()
	var list []message
	b.ask("GET", "/demo/api/conversations/"+conversation+"/messages", nil, 200, &list)
	return list
}

func (b *bench) say(conversation, as, body string) {
	b.t.Helper()
	b.ask("POST", "/demo/api/conversations/"+conversation+"/messages", map[string]string{"as": as, "body": body}, 200, nil)
}
