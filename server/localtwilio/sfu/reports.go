package sfu

import (
	"time"

	"github.com/pion/rtcp"
)

// report tells all clients of their packets until the Engine is closed. One goroutine does it for
// all: with a timer for each Peer, waking up took as long as reporting.
func (e *Engine) report() {
	tick := time.NewTicker(arrivalsInterval)
	defer tick.Stop()
	var peers []*Peer
	for {
		select {
		case <-e.done:
			return
		case now := <-tick.C:
			peers = e.peers(peers[:0])
			for _, p := range peers {
				p.report(now)
			}
			clear(peers)
		}
	}
}

// peers appends those of all Routers to a list.
func (e *Engine) peers(list []*Peer) []*Peer {
	e.mu.Lock()
	defer e.mu.Unlock()
	for r := range e.routers {
		r.mu.Lock()
		for p := range r.peers {
			list = append(list, p)
		}
		r.mu.Unlock()
	}
	return list
}

// report tells the client of its packets, and how much it may send if that is due.
func (p *Peer) report(now time.Time) {
	packets := p.arrivals.reports(now)
	if remb := p.remb.Swap(nil); remb != nil {
		packets = append(packets, remb)
	}
	if len(packets) == 0 {
		return
	}
	if err := p.pc.WriteRTCP(packets); err != nil {
		p.log.Debug("report", "err", err)
	}
}

// limit has the client told how much it may send of some streams, in bits per second.
func (p *Peer) limit(bps int, ssrcs []uint32) {
	p.remb.Store(&rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: float32(bps), SSRCs: ssrcs})
}
