//go:build e2e

package rsp

import (
	"math/rand/v2"
	"net"
	"sync/atomic"
	"testing"
)

// lossy is a UDP socket that loses media of both directions. Signalling gets through, so that a
// test need not wait for its repetitions.
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

// loses decides about one packet. Those of RTP and RTCP begin with their version (RFC 7983).
func (l *lossy) loses(b []byte) bool {
	return len(b) > 0 && b[0] >= 128 && b[0] < 192 && rand.Int64N(100) < l.percent.Load()
}

func (l *lossy) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := l.PacketConn.ReadFrom(b)
		if err != nil || !l.loses(b[:n]) {
			return n, from, err
		}
	}
}

func (l *lossy) WriteTo(b []byte, to net.Addr) (int, error) {
	if l.loses(b) {
		return len(b), nil
	}
	return l.PacketConn.WriteTo(b, to)
}
