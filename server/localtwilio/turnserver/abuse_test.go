package turnserver

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"
)

// TestRelaysToMediaOnly asks, as somebody with good credentials would who wants to reach what
// the server can, for every way to everything that is not the media port.
func TestRelaysToMediaOnly(t *testing.T) {
	media, other := listen(t), listen(t)
	web := httptest.NewServer(http.NotFoundHandler()) // as REST is
	t.Cleanup(web.Close)
	s := start(t, Config{Peers: only(media.LocalAddr())})
	tests := []struct {
		name, peer string
		code       stun.ErrorCode // 0 for none
	}{
		{"media", media.LocalAddr().String(), 0},
		{"another port of loopback", other.LocalAddr().String(), stun.CodeForbidden},
		{"the REST port", web.Listener.Addr().String(), stun.CodeForbidden},
		{"the TURN port itself", s.Addr().String(), stun.CodeForbidden},
		{"the media port elsewhere on loopback", port(media, "127.0.0.2"), stun.CodeForbidden},
		{"a port that nobody has", "127.0.0.1:9", stun.CodeForbidden},
		{"private", port(media, "10.1.2.3"), stun.CodeForbidden},
		{"a home's router", "192.168.0.1:80", stun.CodeForbidden},
		{"link-local, a cloud's metadata", "169.254.169.254:80", stun.CodeForbidden},
		{"public", port(media, "192.0.2.1"), stun.CodeForbidden},
		{"all addresses", port(media, "0.0.0.0"), stun.CodeForbidden},
		{"broadcast", port(media, "255.255.255.255"), stun.CodeForbidden},
		{"multicast", port(media, "224.0.0.1"), stun.CodeForbidden},
		{"IPv6 loopback", port(media, "::1"), stun.CodeForbidden},
		{"loopback within IPv6", port(other, "::ffff:127.0.0.1"), stun.CodeForbidden},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			peer, err := net.ResolveUDPAddr("udp", tt.peer)
			if err != nil {
				t.Fatal(err)
			}
			username, password := s.Credentials(time.Now(), time.Minute)
			c := dial(t, s, username, password)
			relay, err := c.Allocate()
			if err != nil {
				t.Fatal(err)
			}
			defer relay.Close()
			if err := c.CreatePermission(peer); (err == nil) != (tt.code == 0) || err != nil && !strings.Contains(err.Error(), "403") {
				t.Errorf("permission: %v", err)
			}
			r := newRaw(t, s)
			r.allocate(t, 17)
			for _, method := range []stun.Method{stun.MethodCreatePermission, stun.MethodChannelBind} {
				if got := r.ask(t, method, peerOf(peer), channel(0x4000)); got != tt.code {
					t.Errorf("%s: %d, want %d", method, got, tt.code)
				}
			}
		})
	}
}

// A permission is for an address, so data to another of its ports has to stop at the relay.
func TestDataGoesToMediaOnly(t *testing.T) {
	media, other := listen(t), listen(t)
	s := start(t, Config{Peers: only(media.LocalAddr())})
	r := newRaw(t, s)
	relayed := r.allocate(t, 17)
	if code := r.ask(t, stun.MethodCreatePermission, peerOf(media.LocalAddr().(*net.UDPAddr))); code != 0 {
		t.Fatalf("permission: %d", code)
	}
	r.send(t, other.LocalAddr(), "stolen")
	r.send(t, media.LocalAddr(), "media")
	if got, _ := read(t, media); got != "media" {
		t.Errorf("media got %q", got)
	}
	// What was sent first would be read before this.
	if _, err := media.WriteTo([]byte("last"), other.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	if got, _ := read(t, other); got != "last" {
		t.Errorf("another port got %q", got)
	}
	// Nor does anything come back from there.
	for _, from := range []net.PacketConn{other, media} {
		if _, err := from.WriteTo([]byte("from "+from.LocalAddr().String()), relayed); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.data(t); got != "from "+media.LocalAddr().String() {
		t.Errorf("the client got %q", got)
	}
}

// TestBetweenRelays has two clients with relays alone reach each other, as the SDK's preflight
// does.
func TestBetweenRelays(t *testing.T) {
	s := start(t, Config{})
	relayOf := func() net.PacketConn {
		username, password := s.Credentials(time.Now(), time.Minute)
		relay, err := dial(t, s, username, password).Allocate()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { relay.Close() })
		return relay
	}
	a, b := relayOf(), relayOf()
	if _, err := b.WriteTo([]byte("first"), a.LocalAddr()); err != nil { // makes the permission
		t.Fatal(err)
	}
	if _, err := a.WriteTo([]byte("ping"), b.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	if got, from := read(t, b); got != "ping" || from.String() != a.LocalAddr().String() {
		t.Errorf("got %q from %s", got, from)
	}
}

// TestAllocationsAreLimited holds RFC 8656's codes of a quota and of a full server.
func TestAllocationsAreLimited(t *testing.T) {
	s := start(t, Config{PerCredential: 2, InAll: 3})
	username, password := s.Credentials(time.Now(), time.Minute)
	allocate := func(username, password string) (net.PacketConn, error) {
		return dial(t, s, username, password).Allocate()
	}
	var all []net.PacketConn
	for range 2 {
		relay, err := allocate(username, password)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, relay)
	}
	if _, err := allocate(username, password); err == nil || !strings.Contains(err.Error(), "486") {
		t.Errorf("a third of one credential: %v", err)
	}
	other, otherPassword := s.Credentials(time.Now(), time.Minute)
	third, err := allocate(other, otherPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer third.Close()
	if _, err := allocate(other, otherPassword); err == nil || !strings.Contains(err.Error(), "508") {
		t.Errorf("a fourth in all: %v", err)
	}
	for _, relay := range all { // and what is given back can be had again
		if err := relay.Close(); err != nil {
			t.Fatal(err)
		}
	}
	again, err := allocate(username, password)
	if err != nil {
		t.Fatalf("after two were given back: %v", err)
	}
	again.Close()
}

// TestNoTCP keeps RFC 6062 closed: a connection of TCP would reach REST.
func TestNoTCP(t *testing.T) {
	media := listen(t)
	s := start(t, Config{Peers: only(media.LocalAddr())})
	if code := newRaw(t, s).tryAllocate(t, 6); code != stun.CodeUnsupportedTransProto {
		t.Errorf("TCP: %d", code)
	}
	r := newRaw(t, s)
	r.allocate(t, 17)
	if code := r.ask(t, stun.MethodConnect, peerOf(media.LocalAddr().(*net.UDPAddr))); code != stun.CodeForbidden {
		t.Errorf("connect: %d", code)
	}
}

// TestGarbage sends what no client sends; the server answers the next as before.
func TestGarbage(t *testing.T) {
	s := start(t, Config{})
	conn := listen(t)
	good := stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodCreatePermission, stun.ClassRequest), stun.NewUsername("x"), stun.NewRealm("local"))
	huge := append([]byte{}, good.Raw...)
	huge[2], huge[3] = 0xff, 0xff // a length that is not there
	for _, b := range [][]byte{
		{}, {0}, make([]byte, 20), good.Raw[:10], good.Raw, huge, []byte(strings.Repeat("x", 1500)),
		{0x40, 0, 0xff, 0xff, 1}, // data on a channel that nobody has, longer than it is
	} {
		if _, err := conn.WriteTo(b, s.Addr()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := dial(t, s, "", "").SendBindingRequest(); err != nil {
		t.Errorf("after garbage: %v", err)
	}
}

func listen(t *testing.T) net.PacketConn {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// port is a listener's port at another address.
func port(c net.PacketConn, ip string) string {
	_, port, _ := net.SplitHostPort(c.LocalAddr().String())
	return net.JoinHostPort(ip, port)
}

// raw is a client that says what it is told to, for the codes of refusals.
type raw struct {
	conn                      net.Conn
	username, password, realm string
	nonce                     stun.Nonce
	relayed                   net.Addr
}

func newRaw(t *testing.T, s *Server) *raw {
	t.Helper()
	conn, err := net.Dial("udp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	r := &raw{conn: conn}
	r.username, r.password = s.Credentials(time.Now(), time.Minute)
	return r
}

// tryAllocate gets a nonce and asks for an allocation of a transport protocol.
func (r *raw) tryAllocate(t *testing.T, protocol byte) stun.ErrorCode {
	t.Helper()
	m := r.exchange(t, stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodAllocate, stun.ClassRequest)))
	var realm stun.Realm
	if err := r.nonce.GetFrom(m); err != nil {
		t.Fatal(err)
	}
	if err := realm.GetFrom(m); err != nil {
		t.Fatal(err)
	}
	r.realm = realm.String()
	return r.ask(t, stun.MethodAllocate, stun.RawAttribute{Type: stun.AttrRequestedTransport, Value: []byte{protocol, 0, 0, 0}})
}

func (r *raw) allocate(t *testing.T, protocol byte) net.Addr {
	t.Helper()
	if code := r.tryAllocate(t, protocol); code != 0 {
		t.Fatalf("allocate: %d", code)
	}
	return r.relayed
}

// ask sends a request with credentials, and returns the code of its refusal, 0 for none.
func (r *raw) ask(t *testing.T, method stun.Method, more ...stun.Setter) stun.ErrorCode {
	t.Helper()
	setters := append([]stun.Setter{stun.TransactionID, stun.NewType(method, stun.ClassRequest)}, more...)
	setters = append(setters, stun.NewUsername(r.username), stun.NewRealm(r.realm), r.nonce,
		stun.MessageIntegrity(turn.GenerateAuthKey(r.username, r.realm, r.password)))
	m := r.exchange(t, stun.MustBuild(setters...))
	if m.Type.Class == stun.ClassSuccessResponse {
		var at stun.XORMappedAddress
		if at.GetFromAs(m, stun.AttrXORRelayedAddress) == nil {
			r.relayed = &net.UDPAddr{IP: at.IP, Port: at.Port}
		}
		return 0
	}
	var code stun.ErrorCodeAttribute
	if err := code.GetFrom(m); err != nil {
		t.Fatal(err)
	}
	return code.Code
}

func (r *raw) exchange(t *testing.T, q *stun.Message) *stun.Message {
	t.Helper()
	if _, err := r.conn.Write(q.Raw); err != nil {
		t.Fatal(err)
	}
	return r.receive(t)
}

func (r *raw) receive(t *testing.T) *stun.Message {
	t.Helper()
	if err := r.conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 1600)
	n, err := r.conn.Read(b)
	if err != nil && err != io.EOF {
		t.Fatal(err)
	}
	m := &stun.Message{Raw: b[:n]}
	if err := m.Decode(); err != nil {
		t.Fatal(err)
	}
	return m
}

// send has data relayed to a peer.
func (r *raw) send(t *testing.T, to net.Addr, text string) {
	t.Helper()
	m := stun.MustBuild(stun.TransactionID, stun.NewType(stun.MethodSend, stun.ClassIndication), peerOf(to.(*net.UDPAddr)),
		stun.RawAttribute{Type: stun.AttrData, Value: []byte(text)})
	if _, err := r.conn.Write(m.Raw); err != nil {
		t.Fatal(err)
	}
}

// data is what is relayed to the client next.
func (r *raw) data(t *testing.T) string {
	t.Helper()
	v, err := r.receive(t).Get(stun.AttrData)
	if err != nil {
		t.Fatal(err)
	}
	return string(v)
}

// peer is the attribute of a peer's address.
type peer struct{ stun.XORMappedAddress }

func peerOf(a *net.UDPAddr) peer { return peer{stun.XORMappedAddress{IP: a.IP, Port: a.Port}} }

// AddTo implements stun.Setter.
func (p peer) AddTo(m *stun.Message) error { return p.AddToAs(m, stun.AttrXORPeerAddress) }

func channel(n uint16) stun.Setter {
	return stun.RawAttribute{Type: stun.AttrChannelNumber, Value: []byte{byte(n >> 8), byte(n), 0, 0}}
}
