package turnserver

import (
	"errors"
	"net"
	"net/netip"
	"runtime"
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
	s := start(t, Config{Addr: addr})
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
		{"prolonged", valid + "0", password, false},
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

func TestPeersAreLimited(t *testing.T) {
	tests := []struct {
		name   string
		config Config
		peer   string
		ok     bool
	}{
		{"loopback by default", Config{}, "127.0.0.1", true},
		{"private by default", Config{}, "10.1.2.3", false},
		{"public by default", Config{}, "192.0.2.1", false},
		{"configured", Config{Peers: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}, "10.1.2.3", true},
		{"not configured", Config{Peers: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}, "127.0.0.1", false},
		{"IPv6 loopback by default", Config{Addr: "[::1]:0"}, "::1", true},
		{"elsewhere with IPv6 loopback", Config{Addr: "[::1]:0"}, "2001:db8::1", false},
		{"relay elsewhere", Config{Relay: net.IPv4(192, 0, 2, 7)}, "192.0.2.7", true},
		{"loopback with relay elsewhere", Config{Relay: net.IPv4(192, 0, 2, 7)}, "127.0.0.1", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, tt.config)
			username, password := s.Credentials(time.Now(), time.Minute)
			c := dial(t, s, username, password)
			relay, err := c.Allocate()
			if err != nil {
				t.Fatal(err)
			}
			defer relay.Close()
			err = c.CreatePermission(&net.UDPAddr{IP: net.ParseIP(tt.peer), Port: 9})
			if ok := err == nil; ok != tt.ok {
				t.Errorf("permission: %v", err)
			}
		})
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
	if u, p := s.Credentials(now, credentialTTL); list[1].Username != u || list[1].Credential != p {
		t.Errorf("credentials are %+v", list[1])
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
