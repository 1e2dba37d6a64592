package news

import (
	"fmt"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/prometheus/client_golang/prometheus"
)

// natsServer starts a NATS server on loopback; port -1 is any that is free.
func natsServer(t *testing.T, port int) *server.Server {
	t.Helper()
	return natsServerOf(t, &server.Options{Host: "127.0.0.1", Port: port, NoLog: true, NoSigs: true})
}

func natsServerOf(t *testing.T, o *server.Options) *server.Server {
	t.Helper()
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("the NATS server does not answer")
	}
	t.Cleanup(s.Shutdown)
	return s
}

// ear keeps what it hears.
type ear struct {
	mu   sync.Mutex
	news map[string]int
	c    chan string
}

func (e *ear) hear(code string, version int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.news[code] = version
	select {
	case e.c <- fmt.Sprint(code, " ", version):
	default:
	}
}

func line(t *testing.T, address, topic string) (*Line, *ear) {
	t.Helper()
	l, err := Connect(Config{URL: address, Topic: topic, Name: t.Name(), Metrics: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	e := &ear{news: map[string]int{}, c: make(chan string, 100)}
	if err := l.Hear(e.hear); err != nil {
		t.Fatal(err)
	}
	return l, e
}

// until tells again and again until it is heard: news may be lost.
func until(t *testing.T, l *Line, e *ear, code string) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for version := 1; ; version++ {
		l.Tell(code, version)
		select {
		case <-e.c:
			return
		case <-time.After(20 * time.Millisecond):
		case <-deadline:
			t.Fatalf("nobody heard of %s", code)
		}
	}
}

// What one replica tells, the others hear and it does not; other installations do not
// either.
func TestNews(t *testing.T) {
	s := natsServer(t, -1)
	a, earA := line(t, s.ClientURL(), "IS1")
	b, earB := line(t, s.ClientURL(), "IS1")
	_, foreign := line(t, s.ClientURL(), "IS2")
	until(t, a, earB, "abc2345")
	until(t, b, earA, "xyz2345")
	earA.mu.Lock()
	defer earA.mu.Unlock()
	if earA.news["abc2345"] != 0 {
		t.Error("a replica hears its own news")
	}
	foreign.mu.Lock()
	defer foreign.mu.Unlock()
	if len(foreign.news) != 0 {
		t.Errorf("another installation heard %v", foreign.news)
	}
}

// NATS may be away when the replica starts, and at any time after.
func TestNewsWhileNATSIsAway(t *testing.T) {
	t.Parallel()
	s := natsServer(t, -1)
	address := s.ClientURL()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	var port int
	if _, err := fmt.Sscan(u.Port(), &port); err != nil {
		t.Fatal(err)
	}
	s.Shutdown()
	s.WaitForShutdown()
	a, _ := line(t, address, "IS1")
	_, earB := line(t, address, "IS1")
	a.Tell("abc2345", 1) // to nobody, and without waiting
	s = natsServer(t, port)
	until(t, a, earB, "abc2345")
	s.Shutdown()
	s.WaitForShutdown()
	a.Tell("abc2345", 1000)
	natsServer(t, port)
	until(t, a, earB, "def2345")
}

func TestReadNews(t *testing.T) {
	for text, ok := range map[string]bool{
		"abc2345 7": true, "abc2345": false, "abc2345 x": false, " 7": false, "": false, "abc2345 0": false, "abc2345 -1": false,
		"abc2345 7 8": false, fmt.Sprintf("%064d 1", 0): false,
	} {
		code, version, err := read([]byte(text))
		if (err == nil) != ok || ok && (code != "abc2345" || version != 7) {
			t.Errorf("%q: %q at %d, %v", text, code, version, err)
		}
	}
}

func TestConnectRefuses(t *testing.T) {
	for _, c := range []Config{{URL: "http://127.0.0.1:4222/%zz"}, {URL: "nats://127.0.0.1:1", Credentials: "/nowhere/at.all"}} {
		if l, err := Connect(c); err == nil {
			l.Close()
			t.Errorf("%+v is taken", c)
		}
	}
}
