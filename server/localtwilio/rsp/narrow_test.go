//go:build e2e

package rsp

import (
	"bytes"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// narrow is a UDP socket from which each receiver is reached over a link of limited bandwidth, with a
// queue before it, as behind a router. What does not fit into the queue is lost.
type narrow struct {
	net.PacketConn
	rate atomic.Int64 // bits per second, 0 for no limit

	mu    sync.Mutex
	links map[string]*lane
	done  chan struct{}
	close sync.Once
	wg    sync.WaitGroup
}

// lane is the way to one receiver.
type lane struct {
	to    net.Addr
	free  time.Time // when it has sent what is queued; guarded by narrow.mu
	queue chan queued
}

type queued struct {
	packet []byte
	due    time.Time
}

const (
	// queueTime is how long a packet waits at the most, as in a usual router.
	queueTime = 300 * time.Millisecond
	// queuePackets is more than can wait for so long.
	queuePackets = 4096
	// headers is what IP and UDP add to a packet, in bytes.
	headers = 28
)

func newNarrow(t *testing.T) *narrow {
	t.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return &narrow{PacketConn: c, links: map[string]*lane{}, done: make(chan struct{})}
}

func (n *narrow) WriteTo(b []byte, to net.Addr) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	l := n.links[to.String()]
	if l == nil {
		select {
		case <-n.done:
			return 0, net.ErrClosed
		default:
		}
		l = &lane{to: to, queue: make(chan queued, queuePackets)}
		n.links[to.String()] = l
		n.wg.Go(func() { n.carry(l) })
	}
	now := time.Now()
	if l.free.Before(now) {
		l.free = now
	}
	if rate := n.rate.Load(); rate > 0 {
		if l.free.Sub(now) > queueTime {
			return len(b), nil
		}
		l.free = l.free.Add(time.Duration(len(b)+headers) * 8 * time.Second / time.Duration(rate))
	}
	select {
	case l.queue <- queued{bytes.Clone(b), l.free}:
	default:
	}
	return len(b), nil
}

// carry delivers what is queued, in order and in time.
func (n *narrow) carry(l *lane) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-n.done:
			return
		case q := <-l.queue:
			if wait := time.Until(q.due); wait > 0 {
				timer.Reset(wait)
				select {
				case <-n.done:
					return
				case <-timer.C:
				}
			}
			_, _ = n.PacketConn.WriteTo(q.packet, l.to) // a lost packet, as any may be
		}
	}
}

func (n *narrow) Close() error {
	n.close.Do(func() {
		n.mu.Lock()
		close(n.done)
		n.mu.Unlock()
	})
	n.wg.Wait()
	return n.PacketConn.Close()
}
