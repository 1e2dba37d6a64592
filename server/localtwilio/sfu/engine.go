package sfu

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"
)

// Config is what an Engine needs.
type Config struct {
	// Addr is the UDP address that all media of all Rooms goes through. Port 0 takes
	// a free one. Default "127.0.0.1:0".
	Addr string
	// PublicIPs replaces the addresses in the candidates, for a server behind NAT.
	PublicIPs []string
	// Log gets what the Engine and its Peers have to say. Default: nothing.
	Log *slog.Logger
}

// socketBuffer is how many bytes the kernel may hold for the UDP port. A keyframe of
// every Participant at once is some hundred kilobytes; the usual default of 208 kB
// drops packets then.
const socketBuffer = 4 << 20

// Engine is what the Rooms of a process share: codecs and a UDP port.
type Engine struct {
	log       *slog.Logger
	conn      *net.UDPConn
	mux       ice.UDPMux
	network   webrtc.NetworkType
	publicIPs []string

	callbacks goroutines // those of all Peers

	closing sync.Once
	mu      sync.Mutex
	closed  bool                 // guarded by mu
	routers map[*Router]struct{} // guarded by mu
}

// Start opens the UDP port.
func Start(c Config) (*Engine, error) {
	if c.Addr == "" {
		c.Addr = "127.0.0.1:0"
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	addr, err := net.ResolveUDPAddr("udp", c.Addr)
	if err != nil {
		return nil, fmt.Errorf("resolve media address %q: %w", c.Addr, err)
	}
	network, version := webrtc.NetworkTypeUDP4, "udp4"
	if addr.IP != nil && addr.IP.To4() == nil {
		network, version = webrtc.NetworkTypeUDP6, "udp6"
	}
	conn, err := net.ListenUDP(version, addr)
	if err != nil {
		return nil, fmt.Errorf("listen for media on %q: %w", c.Addr, err)
	}
	// Best effort: the kernel caps them at its own maximum, and smaller ones work too.
	_ = conn.SetReadBuffer(socketBuffer)
	_ = conn.SetWriteBuffer(socketBuffer)
	return &Engine{
		log:  c.Log,
		conn: conn,
		mux: ice.NewUDPMuxDefault(ice.UDPMuxParams{
			UDPConn: conn, Logger: pionLog{c.Log}.NewLogger("mux"),
		}),
		network:   network,
		publicIPs: c.PublicIPs,
		routers:   map[*Router]struct{}{},
	}, nil
}

// Addr is the UDP address that media goes through.
func (e *Engine) Addr() net.Addr { return e.conn.LocalAddr() }

// Close closes all Routers and the UDP port, and waits for every goroutine that
// was started for them, running callbacks included. It must therefore not be
// called from a callback. It may be called more than once.
func (e *Engine) Close() error {
	var err error
	e.closing.Do(func() {
		e.mu.Lock()
		e.closed = true
		rs := make([]*Router, 0, len(e.routers))
		for r := range e.routers {
			rs = append(rs, r)
		}
		e.mu.Unlock()
		for _, r := range rs {
			r.Close()
		}
		e.callbacks.refuse()
		e.callbacks.wait()
		err = errors.Join(e.mux.Close(), ignoreClosed(e.conn.Close()))
	})
	if err != nil {
		return fmt.Errorf("close media port: %w", err)
	}
	return nil
}

// ignoreClosed is for the connection, which the mux may have closed already.
func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
