//go:build e2e

package e2e

import (
	"net/http"
	"path"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"escalate/app/wire"
)

// silent is an answer that a test can make stop in the middle: what the server
// writes is lost, and the connection stays, as it does when a machine is gone
// without a word.
type silent struct {
	http.ResponseWriter
	path string
	on   atomic.Bool
}

func (s *silent) Write(b []byte) (int, error) {
	if s.on.Load() {
		return len(b), nil
	}
	return s.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (s *silent) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// answers are those that a front is writing.
type answers struct {
	mu   sync.Mutex
	open []*silent
}

func (a *answers) begin(w http.ResponseWriter, path string) (_ http.ResponseWriter, end func()) {
	s := &silent{ResponseWriter: w, path: path}
	a.mu.Lock()
	a.open = append(a.open, s)
	a.mu.Unlock()
	return s, func() {
		a.mu.Lock()
		a.open = slices.DeleteFunc(a.open, func(o *silent) bool { return o == s })
		a.mu.Unlock()
	}
}

// to says how many answers are being written to the path.
func (a *answers) to(path string) (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.open {
		if s.path == path {
			n++
		}
	}
	return n
}

// silence stops the answers that are being written to the path. Later ones are
// not touched.
func (a *answers) silence(path string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.open {
		if s.path == path {
			s.on.Store(true)
		}
	}
}

// TestReplicaGoesSilent takes away what sends the events, and leaves the
// connections. Both pages notice, and hear from the next replica that it is over.
func TestReplicaGoesSilent(t *testing.T) {
	_, f := startBehind(t, nil)
	b := newBrowser(t)
	desk, link := invite(t, b, f.URL)
	room := desk.in(frame)
	room.see("#join-button")
	c := b.open(t, "customer", link, 390, 844)
	c.ready()
	room.read("has opened the link")
	// The demo's own stream of events has another path.
	stream := wire.CodePath(path.Base(link), wire.ActionEvents)
	eventually(t, "both pages have a stream of events", func() bool { return f.answers.to(stream) >= 2 })
	f.answers.silence(stream)
	// The customer's progress is what the agent's page hears of by events only,
	// and the end is what the customer's does.
	c.click("#check-button")
	room.read("is checking camera and microphone")
	room.click("#end-button")
	room.click("#end-button")
	room.phase("over")
	c.phase("over")
	c.quiet()
}
