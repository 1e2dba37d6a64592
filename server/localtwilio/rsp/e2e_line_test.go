//go:build e2e

package rsp

import (
	"context"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"escalate/server/localtwilio/sfu"
)

// line is a UDP port on loopback that leads to another, and can be cut: what
// arrives in the meantime, from either end, is lost. A browser's own
// emulation of a bad network does not touch media.
type line struct {
	near *net.UDPConn // browsers send here
	far  net.Addr     // the server's port
	cut  atomic.Bool

	mu     sync.Mutex
	closed bool
	ways   map[string]*net.UDPConn // by a browser's address: the way on from there
	wg     sync.WaitGroup
}

func newLine(t *testing.T, far net.Addr) *line {
	t.Helper()
	near, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	l := &line{near: near, far: far, ways: map[string]*net.UDPConn{}}
	l.wg.Go(l.there)
	t.Cleanup(l.close)
	return l
}

func (l *line) addr() string { return l.near.LocalAddr().String() }

func (l *line) port() string {
	_, port, _ := net.SplitHostPort(l.addr())
	return port
}

// there carries what browsers send.
func (l *line) there() {
	buf := make([]byte, 1<<16)
	for {
		n, from, err := l.near.ReadFromUDP(buf)
		if err != nil {
			return
		}
		if way := l.way(from); way != nil && !l.cut.Load() {
			_, _ = way.Write(buf[:n]) // a lost packet, as any may be
		}
	}
}

// way is the socket that stands for a browser's at the far end.
func (l *line) way(from *net.UDPAddr) *net.UDPConn {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := from.String()
	if c := l.ways[key]; c != nil || l.closed {
		return c
	}
	c, err := net.DialUDP("udp4", nil, l.far.(*net.UDPAddr))
	if err != nil {
		return nil
	}
	l.ways[key] = c
	l.wg.Go(func() { l.back(c, from) })
	return c
}

// back carries what the server answers.
func (l *line) back(c *net.UDPConn, to *net.UDPAddr) {
	buf := make([]byte, 1<<16)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		if !l.cut.Load() {
			_, _ = l.near.WriteToUDP(buf[:n], to)
		}
	}
}

func (l *line) close() {
	l.mu.Lock()
	l.closed = true
	_ = l.near.Close()
	for _, c := range l.ways {
		_ = c.Close()
	}
	l.mu.Unlock()
	l.wg.Wait()
}

// detour opens Rooms whose candidates lead through a line.
func detour(open openMedia, l *line) openMedia {
	return func(codecs []string, speaker func(string)) mediaRoom {
		return detourRoom{open(codecs, speaker), l}
	}
}

type detourRoom struct {
	mediaRoom
	line *line
}

func (r detourRoom) Join(ctx context.Context, c sfu.PeerConfig, offer sfu.Description, tracks []sfu.Track) (mediaPeer, sfu.Description, error) {
	send := c.Send
	c.Send = func(d sfu.Description) { send(r.redirect(d)) }
	p, answer, err := r.mediaRoom.Join(ctx, c, offer, tracks)
	return p, r.redirect(answer), err
}

func (r detourRoom) redirect(d sfu.Description) sfu.Description {
	host, port, _ := net.SplitHostPort(r.line.far.String())
	d.SDP = strings.ReplaceAll(d.SDP, " "+host+" "+port+" typ host", " "+host+" "+r.line.port()+" typ host")
	return d
}
