package sfu

import (
	"fmt"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// rembBitrate, in bits per second, is what a simulcasting publisher is told it may send. It is
// above what three layers of 720p take.
const rembBitrate = 6e6

// transport takes a change of ICE and DTLS.
func (p *Peer) transport(s webrtc.PeerConnectionState) {
	p.log.Debug("media transport", "state", s.String())
	switch s {
	case webrtc.PeerConnectionStateConnected:
		p.connected = true
		p.arm()
	case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
		// Interruptions are reported as disconnected; this comes when they are past mending, or
		// when the client has ended DTLS.
		p.fail(fmt.Errorf("%w: %s, ICE %s", ErrTransport, s, p.pc.ICEConnectionState()))
	}
}

func (p *Peer) fail(err error) {
	if p.failed {
		return
	}
	p.failed = true
	if f := p.config.Failed; f != nil {
		p.out.post(func() { f(err) })
	}
}

// arm starts the DownTracks whose m-sections are answered, once DTLS is up: a keyframe sent
// before would be spent on nothing.
func (p *Peer) arm() {
	if !p.connected {
		return
	}
	for _, s := range p.subs {
		if s.revision != 0 && s.revision <= p.neg.stable {
			s.start()
		}
	}
}

// sendREMB tells the publisher how much it may send.
func (p *Peer) sendREMB() {
	if !p.connected {
		return
	}
	var ssrcs []uint32
	for _, in := range p.incoming {
		if in.media != nil && in.media.keys != nil {
			ssrcs = append(ssrcs, uint32(in.media.remote.SSRC()))
		}
	}
	if len(ssrcs) == 0 {
		return
	}
	if err := p.pc.WriteRTCP([]rtcp.Packet{
		&rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: rembBitrate, SSRCs: ssrcs},
	}); err != nil {
		p.log.Debug("send REMB", "err", err)
	}
}
