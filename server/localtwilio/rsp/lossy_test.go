//go:build e2e

package rsp

import (
	"math/rand/v2"
	"net"
	"sync/atomic"
	"testing"
)

// lossy is a UDP socket that loses packets of both directions.
type lossy struct {
	net.PacketConn
	percent atomic.Int64
}

func newLossy(t *testing.T) *lossy {
	t.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return &lossy{PacketConn: c}
}

func (l *lossy) loses() bool { return rand.Int64N(100) < l.percent.Load() }

func (l *lossy) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := l.PacketConn.ReadFrom(b)
		if err != nil || !l.loses() {
			return n, from, err
		}
	}
}

func (l *lossy) WriteTo(b []byte, to net.Addr) (int, error) {
	if l.loses() {
		return len(b), nil
	}
	return l.PacketConn.WriteTo(b, to)
}
