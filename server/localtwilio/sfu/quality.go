package sfu

import (
	"sync"
	"time"

	"github.com/pion/rtcp"
)

// qualityAge is how long a report counts. Clients report at least every five seconds.
const qualityAge = 6 * time.Second

// Quality is what RTCP tells of one Participant's network, both ways.
type Quality struct {
	// RTT is the round trip between the server and the client, 0 when unknown.
	RTT time.Duration
	// Audio and Video are the worst of the Tracks of a kind.
	Audio, Video MediaQuality
	// Available is the estimated bandwidth towards the client in bits per second, 0 while
	// no limit is known.
	Available int
	// Needed is what all that the client wants to receive would take, in bits per second.
	Needed int
}

// MediaQuality is the quality of one kind of media, as seen from the client.
type MediaQuality struct{ Send, Recv StreamQuality }

// StreamQuality is what a receiver reports of the streams of one kind and direction.
type StreamQuality struct {
	// Active is false when there is no recent report.
	Active bool
	// Loss is the share of packets that got lost on the way, before they were sent again; 0 to 1.
	Loss float64
	// Jitter is the variation of their delay.
	Jitter time.Duration
}

// linkQuality keeps the last reports about each stream.
type linkQuality struct {
	mu      sync.Mutex
	up      map[uint32]streamReport // by SSRC; from us about the client's streams
	down    map[uint32]streamReport // from the client about ours
	reports map[uint32]senderReport // last one sent, by SSRC
	rtt     time.Duration
	rttAt   time.Time
}

type streamReport struct {
	at     time.Time
	loss   float64 // smoothed
	jitter uint32  // in ticks
}

type senderReport struct {
	middle uint32 // of the NTP time
	at     time.Time
}

// sent takes the blocks of a report of ours.
func (q *linkQuality) sent(blocks []rtcp.ReceptionReport, now time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.up == nil {
		q.up = map[uint32]streamReport{}
	}
	note(q.up, blocks, now)
}

// received takes the blocks of a report of the client.
func (q *linkQuality) received(blocks []rtcp.ReceptionReport, now time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.down == nil {
		q.down = map[uint32]streamReport{}
	}
	note(q.down, blocks, now)
	for _, b := range blocks {
		// The report was somebody else's words (DownTrack.report), so that its time means nothing
		// here but for telling which one it was.
		r, ok := q.reports[b.SSRC]
		if !ok || b.LastSenderReport == 0 || r.middle != b.LastSenderReport {
			continue
		}
		rtt := max(now.Sub(r.at)-time.Duration(b.Delay)*time.Second/(1<<16), 0)
		if q.rtt != 0 && now.Sub(q.rttAt) < qualityAge {
			rtt = (3*q.rtt + rtt) / 4
		}
		q.rtt, q.rttAt = rtt, now
	}
}

// reported notes a sender report that goes out.
func (q *linkQuality) reported(ssrc uint32, ntp uint64, now time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.reports == nil {
		q.reports = map[uint32]senderReport{}
	}
	q.reports[ssrc] = senderReport{middle: uint32(ntp >> 16), at: now}
}

// roundTrip returns the time that a packet takes to the client and back, 0 when unknown.
func (q *linkQuality) roundTrip(now time.Time) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	if now.Sub(q.rttAt) < 2*qualityAge {
		return q.rtt
	}
	return 0
}

// note keeps blocks, and forgets streams that are not reported any more.
func note(m map[uint32]streamReport, blocks []rtcp.ReceptionReport, now time.Time) {
	for _, b := range blocks {
		loss := float64(b.FractionLost) / 256
		if old, ok := m[b.SSRC]; ok && now.Sub(old.at) < qualityAge {
			// Reports span a second or less; a single bad one is no bad network.
			loss = 0.6*old.loss + 0.4*loss
		}
		m[b.SSRC] = streamReport{at: now, loss: loss, jitter: b.Jitter}
	}
	for ssrc, r := range m {
		if now.Sub(r.at) > qualityAge {
			delete(m, ssrc)
		}
	}
}

// worst sums up the reports about some streams. rate is their clock's, in ticks per second.
func worst(m map[uint32]streamReport, ssrcs []uint32, rate int, now time.Time) (s StreamQuality) {
	for _, ssrc := range ssrcs {
		r, ok := m[ssrc]
		if !ok || now.Sub(r.at) > qualityAge {
			continue
		}
		s.Active = true
		s.Loss = max(s.Loss, r.loss)
		s.Jitter = max(s.Jitter, time.Duration(r.jitter)*time.Second/time.Duration(rate))
	}
	return s
}

// streams lists SSRCs by kind.
type streams struct{ audio, video []uint32 }

// directions is what a Peer receives and sends.
type directions struct{ up, down streams }

// Quality returns what is known of the Participant's network by now.
func (p *Peer) Quality() Quality {
	d := p.streams.Load()
	if d == nil {
		return Quality{}
	}
	q := p.monitor.quality.judge(d.up, d.down, time.Now())
	q.Needed = int(p.layers.needed.Load())
	q.Available, _ = p.monitor.estimator.Estimate()
	return q
}

// noteStreams makes a new list for Quality; the loop's.
func (p *Peer) noteStreams() {
	var d directions
	for _, in := range p.publisher.incoming {
		if in.media == nil {
			continue
		}
		for _, l := range in.media.layers {
			if in.media.video() {
				d.up.video = append(d.up.video, uint32(l.remote.SSRC()))
			} else {
				d.up.audio = append(d.up.audio, uint32(l.remote.SSRC()))
			}
		}
	}
	for _, s := range p.subscriber.subs {
		if s.down == nil {
			continue
		}
		if s.pub.kind == KindVideo {
			d.down.video = append(d.down.video, s.down.outgoing())
		} else {
			d.down.audio = append(d.down.audio, s.down.outgoing())
		}
	}
	p.streams.Store(&d)
}

// judge returns the state of both directions.
func (q *linkQuality) judge(up, down streams, now time.Time) Quality {
	const audioRate, videoRate = 48000, 90000
	rtt := q.roundTrip(now)
	q.mu.Lock()
	defer q.mu.Unlock()
	return Quality{
		RTT:   rtt,
		Audio: MediaQuality{Send: worst(q.up, up.audio, audioRate, now), Recv: worst(q.down, down.audio, audioRate, now)},
		Video: MediaQuality{Send: worst(q.up, up.video, videoRate, now), Recv: worst(q.down, down.video, videoRate, now)},
	}
}
