package news

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/prometheus/client_golang/prometheus"
)

// journal is a log that can be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

func (j *journal) count(what string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Count(j.text.String(), what)
}

// metric reads a counter or gauge without labels.
func metric(t *testing.T, registry *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if m := f.GetMetric()[0]; f.GetName() == name {
			return m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	t.Fatalf("there is no metric %s", name)
	return 0
}

// wait waits until ok holds.
func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not %s in 30 s", what)
		}
	}
}

// A refusal may be mended at the server, without a restart of this side: at the start
// and later. The log says what is wrong, and not with every try.
func TestNewsWithAWrongPassword(t *testing.T) {
	t.Parallel()
	var refusals chan struct{} // of the server that runs
	serve := func(port int, password string) *server.Server {
		refusals = make(chan struct{}, 1000)
		return natsServerOf(t, &server.Options{
			Host: "127.0.0.1", Port: port, NoLog: true, NoSigs: true,
			CustomClientAuthentication: passwords{password, refusals},
		})
	}
	restart := func(s *server.Server, password string) *server.Server {
		port := s.Addr().(*net.TCPAddr).Port
		s.Shutdown()
		s.WaitForShutdown()
		return serve(port, password)
	}
	s := serve(-1, "other")
	var log journal
	registry := prometheus.NewRegistry()
	l, err := Connect(Config{
		URL: "nats://escalate:right@" + s.Addr().String(), Topic: "IS1", Name: t.Name(),
		Metrics: registry, Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	refused := func() {
		t.Helper()
		for range 3 { // nats.go gives up after the second
			select {
			case <-refusals:
			case <-time.After(30 * time.Second):
				t.Fatal("no more tries: the connection was given up")
			}
		}
	}
	refused()
	wait(t, "a log line that says why", func() bool { return log.count("Authorization Violation") > 0 })
	if n := log.count("cannot connect to NATS"); n != 1 {
		t.Errorf("%d log lines for some refusals", n)
	}
	s = restart(s, "right")
	wait(t, "connected", l.conn.IsConnected)
	s = restart(s, "other")
	refused()
	restart(s, "right")
	wait(t, "connected again", l.conn.IsConnected)
	if n := log.count("msg=NATS"); n != 1 {
		t.Errorf("%d log lines for some refusals after a connection", n)
	}
}

// passwords lets in who has the right one, and tells of others.
type passwords struct {
	right    string
	refusals chan struct{}
}

// Check is part of server.Authentication.
func (p passwords) Check(c server.ClientAuthentication) bool {
	if c.GetOpts().Password == p.right {
		return true
	}
	select {
	case p.refusals <- struct{}{}:
	default:
	}
	return false
}

// A connection over which nothing comes any more is found out.
func TestNewsIntoABlackHole(t *testing.T) {
	t.Parallel()
	s := natsServer(t, -1)
	hole := newHole(t, s.Addr().String())
	registry := prometheus.NewRegistry()
	l, err := Connect(Config{URL: "nats://" + hole.address, Topic: "IS1", Name: t.Name(), Metrics: registry, ping: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	connected := func(want float64) func() bool {
		return func() bool { return metric(t, registry, "escalate_news_connected") == want }
	}
	wait(t, "connected", connected(1))
	hole.swallow()
	wait(t, "aware of the black hole", connected(0))
	if l.conn.Opts.PingInterval != 20*time.Millisecond || l.conn.Opts.MaxPingsOut != pingsOut || l.conn.Opts.FlusherTimeout != writeWithin {
		t.Errorf("%v, %d pings, %v", l.conn.Opts.PingInterval, l.conn.Opts.MaxPingsOut, l.conn.Opts.FlusherTimeout)
	}
}

// hole is a way to a server that may stop to lead anywhere, with connections open.
type hole struct {
	address string
	mu      sync.Mutex
	closed  bool
}

func newHole(t *testing.T, server string) *hole {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &hole{address: ln.Addr().String()}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var conns []net.Conn
	keep := func(c net.Conn) {
		mu.Lock()
		defer mu.Unlock()
		conns = append(conns, c)
	}
	t.Cleanup(func() {
		ln.Close()
		mu.Lock()
		for _, c := range conns {
			c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	wg.Go(func() {
		for {
			in, err := ln.Accept()
			if err != nil {
				return
			}
			keep(in)
			out, err := net.Dial("tcp", server)
			if err != nil {
				continue
			}
			keep(out)
			wg.Go(func() { _, _ = io.Copy(in, valve{h, out}) })
			wg.Go(func() { _, _ = io.Copy(out, valve{h, in}) })
		}
	})
	return h
}

func (h *hole) swallow() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
}

// valve passes what it reads while the hole is open.
type valve struct {
	hole *hole
	from io.Reader
}

func (v valve) Read(b []byte) (int, error) {
	for {
		n, err := v.from.Read(b)
		v.hole.mu.Lock()
		closed := v.hole.closed
		v.hole.mu.Unlock()
		if !closed || err != nil {
			return n, err
		}
	}
}

// Telling does not wait for a NATS that takes its time; what finds no room is lost.
func TestOutboxDoesNotWait(t *testing.T) {
	told, lost := prometheus.NewCounter(prometheus.CounterOpts{Name: "told"}), prometheus.NewCounter(prometheus.CounterOpts{Name: "lost"})
	registry := prometheus.NewRegistry()
	registry.MustRegister(told, lost)
	sending, let := make(chan struct{}), make(chan error)
	o := newOutbox(func([]byte) error {
		sending <- struct{}{}
		return <-let
	}, told, lost)
	o.put([]byte("abc2345 1"))
	<-sending // and it stays there
	for range outboxSize + 10 {
		o.put([]byte("abc2345 2"))
	}
	if n := metric(t, registry, "lost"); n != 10 {
		t.Errorf("%v are lost of 10 that found no room", n)
	}
	let <- errors.New("away")
	go func() {
		for range outboxSize {
			<-sending
			let <- nil
		}
	}()
	o.close(context.Background())
	if n := metric(t, registry, "lost"); n != 11 {
		t.Errorf("%v are lost, want 11", n)
	}
	if n := metric(t, registry, "told"); n != outboxSize {
		t.Errorf("%v are told before the end, want %d", n, outboxSize)
	}
}
