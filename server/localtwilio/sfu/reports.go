package sfu

import (
	"time"

	"escalate/server/localtwilio/sfu/bwe"
)

// report tells all clients of their packets until the Engine is closed. One goroutine does it for
// all: with a timer for each Peer, waking up took as long as reporting.
func (e *Engine) report() {
	tick := time.NewTicker(bwe.ReportInterval)
	defer tick.Stop()
	var peers []*Peer
	for {
		select {
		case <-e.done:
			return
		case now := <-tick.C:
			peers = e.peers(peers[:0])
			for _, p := range peers {
				p.publisher.report(now)
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

// report tells the client of its packets, and how much it may send if that is due. It may be called from any
// goroutine.
func (p *publisher) report(now time.Time) {
	packets := p.monitor.arrivals.Reports(now)
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
