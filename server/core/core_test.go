package core

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"escalate/static"
)

// config is a Config on loopback and free ports.
func config(t *testing.T, over map[string]string) Config {
	t.Helper()
	c, err := FromEnv(func(name string) string {
		if v, ok := over[name]; ok {
			return v
		}
		return map[string]string{
			"ADDR": "127.0.0.1:0", "OPERATOR_ADDR": "127.0.0.1:0", "DATA_DIR": t.TempDir(),
			"LOCAL_TWILIO_ADDR": "127.0.0.1:0", "LOCAL_MEDIA_ADDR": "127.0.0.1:0", "LOCAL_TURN_ADDR": "127.0.0.1:0",
		}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func needWASM(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("opens UDP ports")
	}
	files, err := static.Files()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fs.Stat(files, static.WASM); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the browser half is not built: make wasm")
	}
}

// lines is a log that may be read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lines) first() string {
	line, _, _ := strings.Cut(l.text(), "\n")
	return line
}

func (l *lines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func TestStartSaysThatThereIsNoAccount(t *testing.T) {
	needWASM(t)
	log := &lines{}
	c := config(t, nil)
	c.LogOutput = log
	s, err := Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if !strings.Contains(log.first(), "NO TWILIO ACCOUNT") {
		t.Errorf("the first log line is %q", log.first())
	}
	for _, link := range []string{"/demo/agent", "/demo/chat"} {
		if !strings.Contains(s.Welcome(), s.URL()+link) {
			t.Errorf("the welcome has no link to %s: %s", link, s.Welcome())
		}
		res, err := http.Get(s.URL() + link)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("GET %s: %s", link, res.Status)
		}
	}
	s.Close()
	s.Close() // may be called again
	if _, err := net.Dial("tcp", strings.TrimPrefix(s.URL(), "http://")); err == nil {
		t.Error("it listens after Close")
	}
}

// TestDrain: readiness fails, and everything else goes on until the wait is over.
func TestDrain(t *testing.T) {
	needWASM(t)
	s, err := Start(t.Context(), config(t, map[string]string{"DRAIN_SECONDS": "300"}))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	get := func(url string) (status int, closes bool) {
		t.Helper()
		resp, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode, resp.Close
	}
	if status, _ := get("http://" + s.opAddr + "/readyz"); status != http.StatusOK {
		t.Fatalf("readyz: %d", status)
	}
	ctx, enough := context.WithCancel(t.Context())
	drained := make(chan struct{})
	go func() {
		s.Drain(ctx)
		close(drained)
	}()
	wait(t, "draining", func() bool {
		status, _ := get("http://" + s.opAddr + "/readyz")
		return status == http.StatusServiceUnavailable
	})
	if status, closes := get(s.URL() + "/"); status != http.StatusOK || closes {
		t.Errorf("the landing page while it drains: %d, connection closed %v", status, closes)
	}
	enough()
	<-drained
	if status, closes := get(s.URL() + "/"); status != http.StatusOK || !closes {
		t.Errorf("the landing page after the wait: %d, connection closed %v", status, closes)
	}
}

// TestStartLeavesNothingOpen fails the start at its last step.
func TestStartLeavesNothingOpen(t *testing.T) {
	needWASM(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	free.Close()
	for _, ca := range []struct {
		name  string
		over  map[string]string
		named string // the setting that the error must name
	}{
		{"operator's port", map[string]string{"ADDR": addr, "OPERATOR_ADDR": taken.Addr().String()}, "OPERATOR_ADDR"},
		{"local Twilio's port", map[string]string{"ADDR": addr, "LOCAL_TWILIO_ADDR": taken.Addr().String()}, "LOCAL_TWILIO_ADDR"},
		{"own port", map[string]string{"ADDR": taken.Addr().String()}, "ADDR"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			for k, v := range map[string]string{"OPERATOR_ADDR": "127.0.0.1:0", "LOCAL_TWILIO_ADDR": "127.0.0.1:0",
				"LOCAL_MEDIA_ADDR": "127.0.0.1:0", "LOCAL_TURN_ADDR": "127.0.0.1:0", "DATA_DIR": t.TempDir()} {
				if _, set := ca.over[k]; !set {
					ca.over[k] = v
				}
			}
			s, err := Start(t.Context(), config(t, ca.over))
			if err == nil {
				s.Close()
				t.Fatal("it started on a port that is taken")
			}
			if !strings.Contains(err.Error(), ca.named) {
				t.Errorf("the error does not name %s: %v", ca.named, err)
			}
			// What was opened before the failure is free again.
			ln, err := net.Listen("tcp", addr)
			if err != nil {
				t.Fatalf("a port was left open: %v", err)
			}
			ln.Close()
		})
	}
}

func TestReachable(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:8080": "127.0.0.1:8080", "[::1]:8080": "[::1]:8080", "192.0.2.1:80": "192.0.2.1:80",
		"0.0.0.0:8080": "127.0.0.1:8080", "[::]:8080": "127.0.0.1:8080",
	} {
		a, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if got := reachable(a); got != want {
			t.Errorf("%s is reached as %s, want %s", addr, got, want)
		}
	}
}
