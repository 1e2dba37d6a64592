package web

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"escalate/app/wire"
	"escalate/server/escalation"
	"escalate/server/ratelimit"
)

// dial opens a stream of the server at url, as a program that speaks proto does.
func dial(t *testing.T, url, proto string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(c, "GET %s %s\r\nHost: video.example.com\r\nConnection: close\r\n\r\n", wire.CodePath(liveCode, wire.ActionEvents), proto); err != nil {
		t.Fatal(err)
	}
	return c
}

// A stream says the same, whoever has its connection, in the way that the client's
// version of HTTP has for it.
func TestAnswerOfALine(t *testing.T) {
	for _, proto := range []string{"HTTP/1.1", "HTTP/1.0"} {
		t.Run(proto, func(t *testing.T) {
			var answers []*http.Response
			var bodies []string
			inBothWays(t, func(t *testing.T, way func(*rig)) {
				g, changes, _ := watched(t)
				way(g)
				ended := at(4, escalation.Ended)
				ended.Rating = &escalation.Rating{Score: 5}
				changes <- ended
				raw, err := io.ReadAll(dial(t, start(t, g.handler(), nil), proto))
				if err != nil {
					t.Fatal(err)
				}
				resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), nil)
				if err != nil {
					t.Fatalf("%v in:\n%s", err, raw)
				}
				body, err := io.ReadAll(resp.Body)
				if err != nil {
					t.Fatalf("the body has no end: %v", err)
				}
				_ = resp.Body.Close()
				_, events, _ := strings.Cut(string(body), "\n") // after a pause of random length
				answers, bodies = append(answers, resp), append(bodies, events)
			})
			if t.Failed() {
				return
			}
			if bodies[0] != bodies[1] || !strings.Contains(bodies[0], "id: 4-final\n") {
				t.Errorf("in the handler:\n%s\non a line:\n%s", bodies[0], bodies[1])
			}
			for _, h := range []http.Header{answers[0].Header, answers[1].Header} {
				if h.Get("Date") == "" || h.Get("X-Request-Id") == "" {
					t.Errorf("without Date or X-Request-Id: %v", h)
				}
				h.Del("Date")
				h.Del("X-Request-Id")
				h.Del("Connection")
			}
			if a, b := fmt.Sprint(answers[0].Proto, answers[0].Status, answers[0].TransferEncoding, answers[0].Header), fmt.Sprint(answers[1].Proto, answers[1].Status, answers[1].TransferEncoding, answers[1].Header); a != b {
				t.Errorf("in the handler: %s\non a line:      %s", a, b)
			}
		})
	}
}

// A stream is logged once, at its end.
func TestLogOfAStream(t *testing.T) {
	inBothWays(t, func(t *testing.T, way func(*rig)) {
		g, changes, _ := watched(t)
		way(g)
		var log lockedBuffer
		g.config.Log = slog.New(slog.NewTextHandler(&log, nil))
		l := listen(t, start(t, g.handler(), nil), "")
		changes <- at(3, escalation.Invited)
		l.next()
		if text := log.String(); text != "" {
			t.Errorf("logged while it is open: %s", text)
		}
		close(changes)
		l.ended()
		deadline := time.Now().Add(patience)
		for log.String() == "" {
			if time.Now().After(deadline) {
				t.Fatal("nothing was logged")
			}
			runtime.Gosched()
		}
		if text := log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "method=GET") || !strings.Contains(text, "/events status=200") || strings.Contains(text, "bytes=0") {
			t.Errorf("logged: %s", text)
		}
	})
}

// lockedBuffer is a bytes.Buffer for several goroutines.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// Over HTTP/2 several requests share a connection, which none of them can take.
func TestStreamsOverHTTP2(t *testing.T) {
	inBothWays(t, func(t *testing.T, way func(*rig)) {
		g, changes, _ := watched(t)
		way(g)
		s := httptest.NewUnstartedServer(g.handler())
		s.EnableHTTP2 = true
		s.StartTLS()
		t.Cleanup(s.Close)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		t.Cleanup(cancel)
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+wire.CodePath(liveCode, wire.ActionEvents), nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		changes <- at(3, escalation.Expired)
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.ProtoMajor != 2 || !strings.Contains(string(body), "id: 3-final\n") {
			t.Errorf("%s, %v:\n%s", resp.Proto, err, body)
		}
	})
}

// Nobody who listens to a stream has more to say.
func TestLineEndsWithATalker(t *testing.T) {
	g, _, stopped := watched(t)
	var streams sync.WaitGroup
	g.deps.Go = streams.Go
	c := dial(t, start(t, g.handler(), nil), "HTTP/1.1")
	go func() { _, _ = io.Copy(io.Discard, c) }()
	for range 2 * maxChatter / 1024 {
		if _, err := c.Write(make([]byte, 1024)); err != nil {
			break // it has ended already
		}
	}
	wait(t, stopped, "the watch to be given up")
	streams.Wait()
}

// Whoever takes nothing counts as gone, and keeps nobody waiting.
func TestLineEndsWhenNobodyReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer theirs.Close()
		ctx, hangUp := context.WithCancel(t.Context())
		l := &line{conn: ours, chunked: true, passage: &passage{}, finish: func() {}}
		began := time.Now()
		l.carry(ctx, hangUp, &follower{pace: time.Hour})
		if took := time.Since(began); took != writeWait {
			t.Errorf("it ended after %v, want %v", took, writeWait)
		}
	})
}

// What a stream that only waits keeps is bounded: two goroutines, and what they and
// the stream need, with as much again for their stacks.
func TestMemoryOfAWaitingStream(t *testing.T) {
	const (
		streams = 300
		bound   = 26 << 10 // in its handler it is 38 kB
	)
	g := newRig()
	g.config.Limits.Streams.PerCode, g.config.Limits.Requests = 2*streams, ratelimit.Rate{PerSecond: -1}
	g.config.Heartbeat = time.Hour
	g.esc.watch = func(context.Context, string) (<-chan escalation.Escalation, error) {
		c := make(chan escalation.Escalation, 1)
		c <- at(3, escalation.Invited)
		return c, nil
	}
	var running sync.WaitGroup
	g.deps.Go = running.Go
	url := start(t, g.handler(), nil)
	conns := make([]net.Conn, 0, streams)
	open := func(n int) {
		for range n {
			c := dial(t, url, "HTTP/1.1")
			conns = append(conns, c)
			for text := ""; !strings.Contains(text, "id: 3\n"); {
				var b [2048]byte
				k, err := c.Read(b[:])
				if err != nil {
					t.Fatal(err)
				}
				text += string(b[:k])
			}
		}
	}
	before := runtime.NumGoroutine()
	open(10) // what is made once
	bytesBefore, goroutinesBefore := settled(t, before+2*10)
	open(streams)
	bytesAfter, goroutinesAfter := settled(t, goroutinesBefore+2*streams)
	if n := goroutinesAfter - goroutinesBefore; n > 2*streams {
		t.Errorf("%d goroutines for %d streams, want two each", n, streams)
	}
	if each := (bytesAfter - bytesBefore) / streams; each > bound {
		t.Errorf("%d bytes for a stream, want %d at most", each, bound)
	} else {
		t.Logf("%d bytes for a stream", each)
	}
	for _, c := range conns {
		_ = c.Close()
	}
	running.Wait()
}

// settled returns how many bytes of heap and stacks are in use, once there are no more
// goroutines than want or patience ends.
func settled(t *testing.T, want int) (inUse int64, goroutines int) {
	t.Helper()
	for deadline := time.Now().Add(patience); runtime.NumGoroutine() > want && time.Now().Before(deadline); {
		runtime.Gosched()
	}
	for range 3 { // stacks shrink by half each time
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse), runtime.NumGoroutine()
}
