package localtwilio

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// Connections that say nothing are cut off; those too many are before they can.
func TestLines(t *testing.T) {
	t.Parallel()
	l := newLines(2, 3)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.NotFoundHandler(), ReadHeaderTimeout: time.Minute, ConnState: l.changed}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(ln) // until it is closed
	}()
	t.Cleanup(func() {
		srv.Close()
		<-done
	})
	dial := func(from string) net.Conn {
		t.Helper()
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 10 * time.Second}
		c, err := d.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Skipf("this machine has no %s: %v", from, err)
		}
		t.Cleanup(func() { c.Close() })
		if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		return c
	}
	// answers asks over a connection, which stays.
	answers := func(c net.Conn) bool {
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			return false
		}
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			return false
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		return resp.StatusCode == http.StatusNotFound
	}
	first, second := dial("127.0.0.1"), dial("127.0.0.1")
	if !answers(first) || !answers(second) {
		t.Fatal("the first two are not answered")
	}
	if answers(dial("127.0.0.1")) {
		t.Error("a third of one address is answered")
	}
	if !answers(dial("127.0.0.2")) {
		t.Error("one of another address is not answered")
	}
	if answers(dial("127.0.0.3")) {
		t.Error("a fourth in all is answered")
	}
	first.Close()
	for deadline := time.Now().Add(10 * time.Second); !answers(dial("127.0.0.1")); {
		if time.Now().After(deadline) {
			t.Fatal("the place of one that has gone stays taken")
		}
	}
}
