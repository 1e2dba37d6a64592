// Package turnserver is a STUN and TURN server for browsers that cannot reach the
// media server directly, and for the SDK's preflight test, which uses relays only. Its
// credentials are made on demand and expire by themselves, as in the TURN REST
// convention (draft-uberti-behave-turn-rest-00): the username is the time of expiry and the
// password an HMAC of it, so that nothing has to be stored.
//
// It relays only to addresses that its configuration allows, so that it cannot be used
// to reach into a network. It knows nothing of Rooms or tokens.
package turnserver

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"
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
	// Peers are the networks that may be relayed to. Default: the Relay's address itself,
	// where the media server and other relays are, and, when that is loopback, all of loopback.
	Peers []netip.Prefix
	// Log gets refused clients. Default: nothing.
	Log *slog.Logger
	// Now is the clock that credentials expire by. Default: time.Now.
	Now func() time.Time
}

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
	closing sync.Once
	closed  error
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
	if len(c.Peers) == 0 {
		c.Peers = defaultPeers(c.Relay)
	}
	s := &Server{config: c, conn: conn}
	s.turn, err = turn.NewServer(turn.ServerConfig{
		Realm:         c.Realm,
		AuthHandler:   s.authenticate,
		LoggerFactory: &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled},
		PacketConnConfigs: []turn.PacketConnConfig{{
			PacketConn: conn,
			RelayAddressGenerator: &turn.RelayAddressGeneratorStatic{
				RelayAddress: c.Relay, Address: listening.String(),
			},
			PermissionHandler: s.permit,
		}},
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start TURN: %w", err), conn.Close())
	}
	return s, nil
}

func defaultPeers(relay net.IP) []netip.Prefix {
	ip, ok := netip.AddrFromSlice(relay)
	if !ok {
		return nil
	}
	ip = ip.Unmap()
	if ip.IsLoopback() && ip.Is4() {
		return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	}
	return []netip.Prefix{netip.PrefixFrom(ip, ip.BitLen())}
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

// permit decides whom packets may be relayed to.
func (s *Server) permit(client net.Addr, peer net.IP) bool {
	ip, ok := netip.AddrFromSlice(peer)
	if ok && slices.ContainsFunc(s.config.Peers, func(p netip.Prefix) bool { return p.Contains(ip.Unmap()) }) {
		return true
	}
	s.config.Log.Info("TURN peer refused", "client", client, "peer", peer)
	return false
}
