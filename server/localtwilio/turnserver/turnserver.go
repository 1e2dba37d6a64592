// Package turnserver is a STUN and TURN server for browsers that cannot reach the
// media server directly, and for the SDK's preflight test, which uses relays only. Its
// credentials are made on demand and expire by themselves, as in the TURN REST
// convention (draft-uberti-behave-turn-rest-00): the username is the time of expiry and the
// password an HMAC of it, so that nothing has to be stored.
//
// It relays only to the ports that its configuration allows, and between its own relayed
// addresses, so that it cannot be used to reach into a network. It knows nothing of Rooms or
// tokens.
package turnserver

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"
	"golang.org/x/time/rate"
)

// credentialTTL is how long the credentials of ICEServers are valid. Browsers show them again
// at every refresh of an allocation, so it must outlast the longest call: Twilio ends
// a Participant after four hours (Rooms resource, MaxParticipantDuration).
const credentialTTL = 5 * time.Hour

// Config is what a Server needs.
type Config struct {
	// Addr is the UDP address to listen on. Default "127.0.0.1:0".
	Addr string
	// Realm is shown to clients. Default "local".
	Realm string
	// Secret signs the credentials. It must not be empty.
	Secret string
	// Relay is the address that relayed packets come from. Default: the one listened on.
	Relay net.IP
	// Peers returns the addresses that may be relayed to: the media server's. They are asked for
	// with each permission. Default: none.
	Peers func() []netip.AddrPort
	// PerCredential is how many allocations one credential may have at a time; further ones are
	// refused with 486. Default 40: in a peer-to-peer Room of ten a browser has a connection to
	// each other, with an allocation for each of its own networks.
	PerCredential int
	// InAll is how many allocations there may be, each of which is an open port and a goroutine;
	// further ones are refused with 508. Default 2,000.
	InAll int
	// Log gets refused clients. Default: nothing.
	Log *slog.Logger
	// Now is the clock that credentials expire by. Default: time.Now.
	Now func() time.Time
}

const (
	defaultPerCredential = 40
	defaultInAll         = 2000
	// refusalsEvery is how often refused credentials are logged at most: anybody can send them.
	refusalsEvery = time.Second
)

// What Config can lack.
var (
	// ErrNoSecret says that Config.Secret is missing.
	ErrNoSecret = errors.New("TURN secret is empty")
	// ErrNoRelay says that Config.Relay is missing although Addr names no address that
	// clients could be told.
	ErrNoRelay = errors.New("TURN relay address is unknown")
)

// Server is a running STUN and TURN server.
type Server struct {
	config  Config
	conn    net.PacketConn
	turn    *turn.Server
	refused rate.Sometimes // the log of refused credentials
	closing sync.Once
	closed  error

	mu          sync.Mutex
	allocations map[string]int // by username; guarded by mu
}

// Start opens the port.
func Start(c Config) (*Server, error) {
	if c.Secret == "" {
		return nil, ErrNoSecret
	}
	if c.Addr == "" {
		c.Addr = "127.0.0.1:0"
	}
	if c.Realm == "" {
		c.Realm = "local"
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Peers == nil {
		c.Peers = func() []netip.AddrPort { return nil }
	}
	if c.PerCredential <= 0 {
		c.PerCredential = defaultPerCredential
	}
	if c.InAll <= 0 {
		c.InAll = defaultInAll
	}
	addr, err := net.ResolveUDPAddr("udp", c.Addr)
	if err != nil {
		return nil, fmt.Errorf("resolve TURN address %q: %w", c.Addr, err)
	}
	network := "udp4" // also for all addresses, as a relay has one of them
	if addr.IP != nil && addr.IP.To4() == nil && !addr.IP.IsUnspecified() {
		network = "udp6"
	}
	if c.Relay == nil && (addr.IP == nil || addr.IP.IsUnspecified()) {
		return nil, ErrNoRelay
	}
	conn, err := net.ListenUDP(network, addr)
	if err != nil {
		return nil, fmt.Errorf("listen for TURN on %q: %w", c.Addr, err)
	}
	listening := conn.LocalAddr().(*net.UDPAddr).IP
	if c.Relay == nil {
		c.Relay = listening
	}
	s := &Server{config: c, conn: conn, refused: rate.Sometimes{Interval: refusalsEvery}, allocations: map[string]int{}}
	relays := &relays{
		RelayAddressGeneratorStatic: &turn.RelayAddressGeneratorStatic{RelayAddress: c.Relay, Address: listening.String()},
		max:                         c.InAll, peers: c.Peers, open: map[netip.AddrPort]struct{}{},
	}
	s.turn, err = turn.NewServer(turn.ServerConfig{
		Realm:         c.Realm,
		AuthHandler:   s.authenticate,
		QuotaHandler:  s.mayAllocate,
		EventHandler:  turn.EventHandler{OnAllocationCreated: s.allocated, OnAllocationDeleted: s.deallocated},
		LoggerFactory: &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled},
		PacketConnConfigs: []turn.PacketConnConfig{{
			PacketConn:            &guard{PacketConn: conn, relays: relays, key: s.key, log: c.Log},
			RelayAddressGenerator: relays,
			PermissionHandler: func(_ net.Addr, peer net.IP) bool {
				ip, ok := netip.AddrFromSlice(peer)
				return ok && relays.leadTo(ip.Unmap())
			},
		}},
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start TURN: %w", err), conn.Close())
	}
	return s, nil
}

// Addr is the UDP address listened on.
func (s *Server) Addr() net.Addr { return s.conn.LocalAddr() }

// Close ends all allocations. It may be called more than once.
func (s *Server) Close() error {
	s.closing.Do(func() {
		if err := s.turn.Close(); err != nil {
			s.closed = fmt.Errorf("close TURN: %w", err)
		}
	})
	return s.closed
}

// mayAllocate reports whether a credential may have one more allocation.
func (s *Server) mayAllocate(username, _ string, _ net.Addr) bool {
	s.mu.Lock()
	n := s.allocations[username]
	s.mu.Unlock()
	if n < s.config.PerCredential {
		return true
	}
	s.config.Log.Info("TURN allocation refused: the credential has as many as it may", "has", n)
	return false
}

func (s *Server) allocated(_, _ net.Addr, _, username, _ string, _ net.Addr, _ int) {
	s.count(username, 1)
}

func (s *Server) deallocated(_, _ net.Addr, _, username, _ string) { s.count(username, -1) }

func (s *Server) count(username string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.allocations[username] += n; s.allocations[username] <= 0 {
		delete(s.allocations, username)
	}
}
