package sfu

import (
	"errors"
	"slices"

	"github.com/pion/webrtc/v4"
)

// incoming is media that arrived, whether or not it has been announced. Exactly one of
// media and data is set.
type incoming struct {
	id    string // as announced in Track.ID
	media *upTrack
	data  *upData
}

func (in *incoming) kind() string {
	switch {
	case in.data != nil:
		return KindData
	case in.media.keys != nil:
		return KindVideo
	}
	return KindAudio
}

// onTrack is called by pion, in a goroutine of its own, when an m-section with media has been
// negotiated.
func (p *Peer) onTrack(remote *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	if !p.running.enter() {
		return
	}
	defer p.running.leave()
	if err := begin(remote); err != nil {
		p.log.Debug("wait for media", "err", err)
		return
	}
	u := newUpTrack(remote, receiver, p.pc.WriteRTCP, p.log)
	in := &incoming{id: remote.ID(), media: u}
	p.loop.post(func() { p.arrived(in) })
	p.running.run(u.readReports)
	u.forward()
	p.loop.post(func() { p.ended(in) })
}

// begin waits for the packet that tells the codec. What comes before it is lost, which nobody
// misses: there are no subscribers yet, and they start with a keyframe.
//
// The first to arrive can be a retransmission, left from before an m-section was paused or sent to
// probe for bandwidth. It has no codec of its own.
func begin(remote *webrtc.TrackRemote) error {
	buf := make([]byte, maxPacket)
	for remote.PayloadType() == 0 {
		if _, _, err := remote.Read(buf); err != nil && !errors.Is(err, webrtc.ErrCodecNotFound) {
			return err
		}
	}
	return nil
}

// onDataChannel is called by pion when the client opens a channel.
func (p *Peer) onDataChannel(dc *webrtc.DataChannel) {
	in := &incoming{id: dc.Label(), data: newUpData(dc, p.log)}
	dc.OnClose(func() { p.loop.post(func() { p.ended(in) }) })
	p.loop.post(func() { p.arrived(in) })
}

func (p *Peer) arrived(in *incoming) {
	p.incoming = append(p.incoming, in)
	p.match()
}

func (p *Peer) ended(in *incoming) {
	p.incoming = slices.DeleteFunc(p.incoming, func(x *incoming) bool { return x == in })
	p.match()
}

func (p *Peer) setTracks(tracks []Track) {
	p.tracks = tracks
	p.match()
}

// rematch reads the ids again: an m-section can be given to another Track while its
// packets flow on, and pion then only changes the id.
func (p *Peer) rematch() {
	for _, in := range p.incoming {
		if in.media != nil {
			in.id = in.media.remote.ID()
		}
	}
	p.match()
}

// match compares what is announced with what has arrived, and publishes and unpublishes the
// difference.
func (p *Peer) match() {
	wanted := map[string]*incoming{}
	for _, t := range p.tracks {
		in := p.find(t)
		if in == nil || t.SID == "" {
			continue
		}
		wanted[t.SID] = in
		if pub := p.published[t.SID]; pub != nil {
			pub.enabled.Store(t.Enabled)
		}
	}
	for sid, pub := range p.published {
		if in := wanted[sid]; in == nil || in.media != pub.media || in.data != pub.data {
			delete(p.published, sid)
			p.router.unpublish(pub)
		}
	}
	for _, t := range p.tracks {
		in := wanted[t.SID]
		if in == nil || p.published[t.SID] != nil {
			continue
		}
		pub := &publication{owner: p, sid: t.SID, kind: t.Kind, media: in.media, data: in.data}
		pub.enabled.Store(t.Enabled)
		p.published[t.SID] = pub
		p.router.publish(pub)
	}
}

// find answers the latest media of a Track: when an m-section is used again, the old one may
// not have ended yet.
func (p *Peer) find(t Track) *incoming {
	for _, in := range slices.Backward(p.incoming) {
		if in.id == t.ID && in.kind() == t.Kind {
			return in
		}
	}
	return nil
}
