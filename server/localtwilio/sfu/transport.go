package sfu

import (
	"fmt"

	"github.com/pion/webrtc/v4"
)

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
		ice := p.pc.ICEConnectionState()
		p.fail(fmt.Errorf("%w: %s, ICE %s", culprit(ice, p.secured.Load()), s, ice))
	}
}

// dtls takes a change of DTLS, with a lock of pion's held. That it was up once is remembered, since pion
// closes all, in no certain order, when DTLS ends.
func (p *Peer) dtls(s webrtc.DTLSTransportState) {
	if s == webrtc.DTLSTransportStateConnected {
		p.secured.Store(true)
	}
}

// culprit is the error for a transport that has ended. DTLS does not come up either when ICE fails, whose
// packets it waits for.
func culprit(ice webrtc.ICEConnectionState, secured bool) error {
	if !secured && ice != webrtc.ICEConnectionStateFailed {
		return ErrDTLS
	}
	return ErrTransport
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
