package sfu

import (
	"fmt"
	"slices"
	"time"

	"github.com/pion/webrtc/v4"
)

// negotiation numbers descriptions (twilio-video.js, lib/signaling/v2/peerconnection.js).
type negotiation struct {
	stable      int  // revision both sides agree on; 0 before the first answer
	outstanding int  // revision of our unanswered offer, 0 if there is none
	dirty       bool // something changed that the client has not been offered
}

// gatherTimeout bounds the wait for our own candidates. They are all on one open port,
// so that a wait means trouble.
const gatherTimeout = 2 * time.Second

// handle applies a description of the client after the first.
func (p *Peer) handle(d Description) error {
	switch d.Type {
	case TypeOffer:
		if d.Revision <= p.neg.stable {
			return nil
		}
		if p.neg.outstanding != 0 {
			// The client always yields: it takes its offer back, answers ours and offers again.
			// If the server yielded as well, both would wait.
			p.log.Debug("drop offer in glare", "revision", d.Revision, "outstanding", p.neg.outstanding)
			return nil
		}
		a, err := p.answer(d)
		if err != nil {
			return err
		}
		p.send(a)
		return nil
	case TypeAnswer:
		if p.neg.outstanding == 0 || d.Revision != p.neg.outstanding {
			return nil
		}
		return p.settled(d)
	case TypeCreateOffer, TypeClose:
		return nil
	}
	return fmt.Errorf("%w: type %q", ErrDescription, d.Type)
}

// answer applies an offer and answers it.
func (p *Peer) answer(offer Description) (Description, error) {
	p.noteLayers(offer.SDP)
	usable, inactive := withoutInactive(withoutUndeclared(clean(offer.SDP)))
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: usable}); err != nil {
		p.rollback()
		return Description{}, fmt.Errorf("%w: apply offer %d: %w", ErrDescription, offer.Revision, err)
	}
	a, err := p.pc.CreateAnswer(nil)
	if err != nil {
		p.rollback()
		return Description{}, fmt.Errorf("%w: create answer %d: %w", ErrDescription, offer.Revision, err)
	}
	sdp, err := p.setLocal(a)
	if err != nil {
		return Description{}, fmt.Errorf("set answer %d: %w", offer.Revision, err)
	}
	sdp = withInactive(sdp, inactive)
	p.neg.stable = offer.Revision
	p.neg.dirty = p.neg.dirty || slices.ContainsFunc(inactive, p.sends)
	p.rematch()
	return p.remember(Description{Type: TypeAnswer, Revision: offer.Revision, SDP: sdp}), nil
}

// sends reports whether a Track goes out in an m-section.
func (p *Peer) sends(mid string) bool {
	return slices.ContainsFunc(p.pc.GetTransceivers(), func(t *webrtc.RTPTransceiver) bool {
		return t.Mid() == mid && t.Sender() != nil && t.Sender().Track() != nil
	})
}

// noteLayers keeps what clean will hide, before pion starts to receive.
func (p *Peer) noteLayers(sdp string) {
	layers := layersOf(sdp)
	p.hidden.add(layers)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.encodings = layers
}

// rollback undoes a remote offer that cannot be answered, so that the next one can be applied.
func (p *Peer) rollback() {
	if p.pc.SignalingState() != webrtc.SignalingStateHaveRemoteOffer {
		return
	}
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeRollback}); err != nil {
		p.log.Debug("roll back", "err", err)
	}
}

// settled applies the answer to our offer.
func (p *Peer) settled(answer Description) error {
	p.noteLayers(answer.SDP)
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{
		Type: webrtc.SDPTypeAnswer, SDP: clean(answer.SDP),
	}); err != nil {
		return fmt.Errorf("%w: apply answer %d: %w", ErrDescription, answer.Revision, err)
	}
	p.neg.stable, p.neg.outstanding = answer.Revision, 0
	p.rematch()
	p.arm()
	return nil
}

// settle is called after each batch of work: it reports subscriptions, then offers what has
// changed, unless an offer is still unanswered.
func (p *Peer) settle() {
	p.reportSubscriptions()
	if !p.neg.dirty || p.neg.outstanding != 0 || p.neg.stable == 0 || p.failed {
		return
	}
	p.neg.dirty = false
	o, err := p.pc.CreateOffer(nil)
	if err != nil {
		p.log.Warn("create offer", "err", err)
		return
	}
	sdp, err := p.setLocal(o)
	if err != nil {
		p.log.Warn("set offer", "err", err)
		return
	}
	p.neg.outstanding = p.neg.stable + 1
	for _, s := range p.subs {
		if s.revision == 0 {
			s.revision = p.neg.outstanding
		}
	}
	p.send(p.remember(Description{Type: TypeOffer, Revision: p.neg.outstanding, SDP: sdp}))
}

// setLocal applies our own description and answers it with all candidates in it.
func (p *Peer) setLocal(d webrtc.SessionDescription) (string, error) {
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err := p.pc.SetLocalDescription(d); err != nil {
		return "", err
	}
	t := time.NewTimer(gatherTimeout)
	defer t.Stop()
	select {
	case <-gathered:
	case <-p.done:
		return "", ErrClosed
	case <-t.C:
		p.log.Warn("candidates are missing", "after", gatherTimeout)
	}
	return withStartBitrate(p.pc.LocalDescription().SDP), nil
}

// remember keeps d as the last one sent.
func (p *Peer) remember(d Description) Description {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.current = d
	return d
}

func (p *Peer) send(d Description) {
	if f := p.config.Send; f != nil {
		p.out.post(func() { f(d) })
	}
}
