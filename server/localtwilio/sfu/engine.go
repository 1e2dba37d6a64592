package sfu

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"
)

// Config is what an Engine needs.
type Config struct {
	// Addr is the UDP address that all media of all Rooms goes through, and the TCP address
	// for clients that UDP does not reach. Port 0 takes a free one. Default "127.0.0.1:0".
	Addr string
	// Conn is used for UDP instead of opening Addr, when it is not nil. Its local address is a
	// *net.UDPAddr. The Engine closes it. There is no TCP then.
	Conn net.PacketConn
	// PublicIPs replaces the addresses in the candidates, for a server behind NAT.
	PublicIPs []string
	// Log gets what the Engine and its Peers have to say. Default: nothing.
	Log *slog.Logger
}

// Engine is what the Rooms of a process share: codecs and a UDP port.
type Engine struct {
	log       *slog.Logger
	conn      net.PacketConn
	mux       ice.UDPMux
	tcp       ice.TCPMux // nil when TCP is not served
	ip        net.IP     // the one that is listened on, nil for all
	networks  []webrtc.NetworkType
	publicIPs []string
	together  time.Duration // see togetherPatience

	callbacks goroutines // those of all Peers
	reporting goroutines // one, until done is closed
	done      chan struct{}
	tallies   tallies

	closing sync.Once
	mu      sync.Mutex
	closed  bool                 // guarded by mu
	routers map[*Router]struct{} // guarded by mu
}

// Start opens the UDP port, and the TCP port of the same number.
func Start(c Config) (*Engine, error) {
	if c.Addr == "" {
		c.Addr = "127.0.0.1:0"
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	e := &Engine{log: c.Log, publicIPs: c.PublicIPs, together: togetherPatience, done: make(chan struct{}), routers: map[*Router]struct{}{}}
	if err := e.listen(c); err != nil {
		return nil, err
	}
	e.mux = ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: e.conn, Logger: pionLog{c.Log}.NewLogger("mux")})
	e.reporting.run(e.report)
	return e, nil
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
		close(e.done)
		e.reporting.wait()
		e.callbacks.refuse()
		e.callbacks.wait()
		err = errors.Join(e.mux.Close(), ignoreClosed(e.conn.Close()))
		if e.tcp != nil {
			err = errors.Join(err, ignoreClosed(e.tcp.Close()))
		}
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
