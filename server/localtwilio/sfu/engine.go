package sfu

import (
	"log/slog"
	"net"
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

// Engine is what the Rooms of a process share: codecs and a UDP port.
type Engine struct{}

// Start opens the UDP port.
func Start(c Config) (*Engine, error) { return &Engine{}, nil }

// Addr is the UDP address that media goes through.
func (e *Engine) Addr() net.Addr { return nil }

// Close closes all Routers and the UDP port, and waits for every goroutine that
// was started for them, running callbacks included. It must therefore not be
// called from a callback. It may be called more than once.
func (e *Engine) Close() error { return nil }
