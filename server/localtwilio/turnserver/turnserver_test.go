package turnserver

import (
	"errors"
	"net"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pion/turn/v5"
)

func start(t *testing.T, c Config) *Server {
	t.Helper()
	if testing.Short() {
		t.Skip("opens UDP ports")
	}
	c.Secret = "secret"
	s, err := Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("second close: %v", err)
		}
	})
	return s
}

func dial(t *testing.T, s *Server, username, password string) *turn.Client {
	t.Helper()
	conn, err := net.ListenPacket("udp", net.JoinHostPort(s.Addr().(*net.UDPAddr).IP.String(), "0"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := turn.NewClient(&turn.ClientConfig{
		STUNServerAddr: s.Addr().String(), TURNServerAddr: s.Addr().String(),
		Conn: conn, Username: username, Password: password, RTO: 50 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); _ = conn.Close() })
	return c
}

func TestRelay(t *testing.T) {
	for _, ip := range []string{"127.0.0.1", "::1"} {
		t.Run(ip, func(t *testing.T) { relayOver(t, ip) })
	}
}

func relayOver(t *testing.T, ip string) {
	addr := net.JoinHostPort(ip, "0")
	peer, err := net.ListenPacket("udp", addr)
	if err != nil {
		t.Skipf("this machine has no %s: %v", ip, err)
	}
	defer peer.Close()
	s := start(t, Config{Addr: addr, Peers: only(peer.LocalAddr())})
	username, password := s.Credentials(time.Now(), time.Minute)
	relay, err := dial(t, s, username, password).Allocate()
	if err != nil {
		t.Fatal(err)
	}
	defer relay.Close()

	if _, err := relay.WriteTo([]byte("ping"), peer.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	if got, from := read(t, peer); got != "ping" || from.String() != relay.LocalAddr().String() {
		t.Errorf("peer got %q from %s", got, from)
	}
	if _, err := peer.WriteTo([]byte("pong"), relay.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	if got, from := read(t, relay); got != "pong" || from.String() != peer.LocalAddr().String() {
		t.Errorf("client got %q from %s", got, from)
	}
}

func read(t *testing.T, c net.PacketConn) (string, net.Addr) {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 100)
	n, from, err := c.ReadFrom(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n]), from
}

func TestSTUN(t *testing.T) {
	s := start(t, Config{})
	addr, err := dial(t, s, "", "").SendBindingRequest()
	if err != nil {
		t.Fatal(err)
	}
	if !addr.(*net.UDPAddr).IP.IsLoopback() {
		t.Errorf("reflexive address %s", addr)
	}
}

func TestCredentialsAreChecked(t *testing.T) {
	now := time.Now()
	s := start(t, Config{Now: func() time.Time { return now }})
	valid, password := s.Credentials(now, time.Minute)
	expired, expiredPassword := s.Credentials(now.Add(-time.Hour), time.Minute)
	tests := []struct {
		name, username, password string
		ok                       bool
	}{
		{"valid", valid, password, true},
		{"with a name", valid + ":alice", s.password(valid + ":alice"), true},
		{"expired", expired, expiredPassword, false},
		{"wrong password", valid, "wrong", false},
		{"prolonged", "9" + valid, password, false},
		{"of another", valid + "x", password, false},
		{"no time", "alice", s.password("alice"), false},
		{"expires now", expiryOf(s, now), s.password(expiryOf(s, now)), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			relay, err := dial(t, s, tt.username, tt.password).Allocate()
			if err == nil {
				defer relay.Close()
			}
			if ok := err == nil; ok != tt.ok {
				t.Errorf("allocate: %v", err)
			}
		})
	}
}

func expiryOf(s *Server, now time.Time) string {
	u, _ := s.Credentials(now, 0)
	return u
}

// only is what Config.Peers returns.
func only(peers ...net.Addr) func() []netip.AddrPort {
	return func() (all []netip.AddrPort) {
		for _, p := range peers {
			all = append(all, p.(*net.UDPAddr).AddrPort())
		}
		return all
	}
}

func TestICEServers(t *testing.T) {
	s := start(t, Config{})
	now := time.Now()
	list := s.ICEServers(now)
	if len(list) != 2 {
		t.Fatalf("got %+v", list)
	}
	addr := s.Addr().String()
	if got := list[0].URLs[0]; got != "stun:"+addr {
		t.Errorf("stun is %q", got)
	}
	if got := list[1].URLs[0]; got != "turn:"+addr+"?transport=udp" {
		t.Errorf("turn is %q", got)
	}
	if u := list[1].Username; !strings.HasPrefix(u, strconv.FormatInt(now.Add(credentialTTL).Unix(), 10)+":") || list[1].Credential != s.password(u) {
		t.Errorf("credentials are %+v", list[1])
	}
	if again := s.ICEServers(now); again[1].Username == list[1].Username {
		t.Error("two have the same credentials")
	}
}

func TestIncompleteConfig(t *testing.T) {
	if _, err := Start(Config{}); !errors.Is(err, ErrNoSecret) {
		t.Errorf("no secret: %v", err)
	}
	if _, err := Start(Config{Secret: "s", Addr: "0.0.0.0:0"}); !errors.Is(err, ErrNoRelay) {
		t.Errorf("no relay: %v", err)
	}
}

func TestCloseLeavesNothingBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("allocate", func(t *testing.T) { // its end closes server and client
		s := start(t, Config{})
		username, password := s.Credentials(time.Now(), time.Minute)
		relay, err := dial(t, s, username, password).Allocate()
		if err != nil {
			t.Fatal(err)
		}
		if err := relay.Close(); err != nil {
			t.Error(err)
		}
	})
	deadline := time.After(5 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for runtime.NumGoroutine() > before {
		select {
		case <-tick.C:
		case <-deadline:
			b := make([]byte, 1<<16)
			t.Fatalf("%d goroutines, had %d:\n%s", runtime.NumGoroutine(), before, b[:runtime.Stack(b, true)])
		}
	}
}
