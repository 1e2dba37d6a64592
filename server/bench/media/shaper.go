package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// network is what a bad line does to packets, each way.
type network struct {
	delay time.Duration
	loss  float64 // share of packets, 0 to 1
	queue int     // packets that may be on their way; more are lost
	seed  uint64  // the same seed loses the same packets
}

// badNetwork is 80 ms there and back and 3 % lost each way. Its queue holds half
// a second of 10 Mbit/s, more than anybody sends: it is there so that a server
// gone mad cannot take all memory.
var badNetwork = network{delay: 40 * time.Millisecond, loss: 0.03, queue: 600, seed: 20}

// dice says which packets of one direction of one flow are lost.
type dice struct {
	loss float64
	r    *rand.Rand
}

func (n network) dice(stream uint64) *dice {
	return &dice{n.loss, rand.New(rand.NewPCG(n.seed, stream))} //nolint:gosec // the same each time is what is wanted
}

func (d *dice) lost() bool { return d.r.Float64() < d.loss }

// parcel is a packet on its way.
type parcel struct {
	due  time.Time
	data []byte
}

// pipe is one direction of one flow: what is put in comes out a delay later and
// in order, or never. One goroutine puts, another carries.
type pipe struct {
	network
	dice *dice
	way  chan parcel
	lost *atomic.Int64
}

func (n network) pipe(stream uint64, lost *atomic.Int64) *pipe {
	return &pipe{n, n.dice(stream), make(chan parcel, n.queue), lost}
}

// put takes a copy of a packet that arrived now.
func (p *pipe) put(now time.Time, data []byte) {
	if p.dice.lost() {
		p.lost.Add(1)
		return
	}
	select {
	case p.way <- parcel{now.Add(p.delay), append([]byte(nil), data...)}:
	default:
		p.lost.Add(1)
	}
}

// carry delivers until ctx ends.
func (p *pipe) carry(ctx context.Context, deliver func([]byte)) {
	wait := time.NewTimer(0)
	defer wait.Stop()
	for {
		var next parcel
		select {
		case <-ctx.Done():
			return
		case next = <-p.way:
		}
		if d := time.Until(next.due); d > 0 {
			wait.Reset(d)
			select {
			case <-ctx.Done():
				return
			case <-wait.C:
			}
		}
		deliver(next.data)
	}
}

// shaper is a bad line in front of a UDP port: what is sent to it goes on to the
// port, and what the port answers goes back. Each sender is a flow with a socket
// of its own, so that the server tells them apart.
type shaper struct {
	network
	target *net.UDPAddr
	front  *net.UDPConn
	ctx    context.Context // ends with close
	cancel context.CancelFunc
	wg     sync.WaitGroup

	passed, lost atomic.Int64 // packets, both ways
}

// startShaper listens on a free port of loopback.
func startShaper(n network, port int) (*shaper, error) {
	front, err := net.ListenUDP("udp4", &net.UDPAddr{IP: loopback})
	if err != nil {
		return nil, fmt.Errorf("listen for the bad line: %w", err)
	}
	s := &shaper{network: n, target: &net.UDPAddr{IP: loopback, Port: port}, front: front}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.wg.Go(s.accept)
	return s, nil
}

func (s *shaper) port() int { return s.front.LocalAddr().(*net.UDPAddr).Port }

// accept reads what comes in and makes a flow of each new sender.
func (s *shaper) accept() {
	flows := map[string]*pipe{}
	buf := make([]byte, 64<<10)
	for {
		n, from, err := s.front.ReadFromUDP(buf)
		if s.ctx.Err() != nil {
			return
		}
		if err != nil {
			continue // a sender has gone, and ICMP says so
		}
		in := flows[from.String()]
		if in == nil {
			if in, err = s.open(from, uint64(len(flows))); err != nil {
				continue
			}
			flows[from.String()] = in
		}
		in.put(time.Now(), buf[:n])
	}
}

// open starts the three goroutines of a flow; they end with close.
func (s *shaper) open(from *net.UDPAddr, number uint64) (*pipe, error) {
	back, err := net.DialUDP("udp4", nil, s.target)
	if err != nil {
		return nil, fmt.Errorf("reach the port behind the bad line: %w", err)
	}
	in, out := s.pipe(2*number, &s.lost), s.pipe(2*number+1, &s.lost)
	// An error of either is a packet lost, as in life.
	s.wg.Go(func() {
		in.carry(s.ctx, func(b []byte) { s.passed.Add(1); _, _ = back.Write(b) })
		_ = back.Close()
	})
	s.wg.Go(func() {
		out.carry(s.ctx, func(b []byte) { s.passed.Add(1); _, _ = s.front.WriteToUDP(b, from) })
	})
	s.wg.Go(func() {
		buf := make([]byte, 64<<10)
		for {
			n, err := back.Read(buf)
			if s.ctx.Err() != nil {
				return
			}
			if err == nil {
				out.put(time.Now(), buf[:n])
			}
		}
	})
	return in, nil
}

func (s *shaper) close() {
	s.cancel()
	_ = s.front.Close()
	s.wg.Wait()
}
