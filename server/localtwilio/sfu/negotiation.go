package sfu

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"
)

// negotiation numbers descriptions (twilio-video.js, lib/signaling/v2/peerconnection.js), applies those of the client
// and makes ours. It belongs to the Peer's loop, but for what is guarded by mu.
type negotiation struct {
	peerBase
	stable      int  // revision both sides agree on; 0 before the first answer
	outstanding int  // revision of our unanswered offer, 0 if there is none
	dirty       bool // something changed that the client has not been offered

	mu        sync.Mutex
	current   Description                // guarded by mu
	encodings map[webrtc.SSRC][]encoding // guarded by mu; upper simulcast layers by the first one's SSRC
}

// gatherTimeout bounds the wait for our own candidates. They are all on one open port,
// so that a wait means trouble.
const gatherTimeout = 2 * time.Second

// accepts reports whether an offer of a revision is to be answered.
func (n *negotiation) accepts(revision int) bool {
	if revision <= n.stable {
		return false
	}
	if n.outstanding != 0 {
		// The client always yields: it takes its offer back, answers ours and offers again.
		// If the server yielded as well, both would wait.
		n.log.Debug("drop offer in glare", "revision", revision, "outstanding", n.outstanding)
		return false
	}
	return true
}

// answer applies an offer and answers it.
func (n *negotiation) answer(offer Description) (Description, error) {
	n.noteLayers(offer.SDP)
	usable, inactive := withoutInactive(withoutUndeclared(clean(offer.SDP)))
	if err := n.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: usable}); err != nil {
		n.rollback()
		return Description{}, fmt.Errorf("%w: apply offer %d: %w", ErrDescription, offer.Revision, err)
	}
	a, err := n.pc.CreateAnswer(nil)
	if err != nil {
		n.rollback()
		return Description{}, fmt.Errorf("%w: create answer %d: %w", ErrDescription, offer.Revision, err)
	}
	sdp, err := n.setLocal(a)
	if err != nil {
		return Description{}, fmt.Errorf("set answer %d: %w", offer.Revision, err)
	}
	sdp = withInactive(sdp, inactive)
	n.stable = offer.Revision
	n.dirty = n.dirty || slices.ContainsFunc(inactive, n.sends)
	return n.remember(Description{Type: TypeAnswer, Revision: offer.Revision, SDP: sdp}), nil
}

// sends reports whether a Track goes out in an m-section.
func (n *negotiation) sends(mid string) bool {
	return slices.ContainsFunc(n.pc.GetTransceivers(), func(t *webrtc.RTPTransceiver) bool {
		return t.Mid() == mid && t.Sender() != nil && t.Sender().Track() != nil
	})
}

// noteLayers keeps what clean will hide, before pion starts to receive.
func (n *negotiation) noteLayers(sdp string) {
	layers := layersOf(sdp)
	n.hidden.add(layers)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.encodings = layers
}

// upperLayers returns the simulcast layers above one that begins with an SSRC. It may be called from any goroutine.
func (n *negotiation) upperLayers(first webrtc.SSRC) []encoding {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.encodings[first]
}

// negotiated returns the ids of the client's Tracks that are sent by what has been agreed on.
func (n *negotiation) negotiated() map[string]bool {
	d := n.pc.CurrentRemoteDescription()
	if d == nil {
		return nil
	}
	return trackIDs(d.SDP)
}

// rollback undoes a remote offer that cannot be answered, so that the next one can be applied.
func (n *negotiation) rollback() {
	if n.pc.SignalingState() != webrtc.SignalingStateHaveRemoteOffer {
		return
	}
	if err := n.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeRollback}); err != nil {
		n.log.Debug("roll back", "err", err)
	}
}

// applyAnswer applies the answer to our offer, if it is one.
func (n *negotiation) applyAnswer(answer Description) (applied bool, err error) {
	if n.outstanding == 0 || answer.Revision != n.outstanding {
		return false, nil
	}
	n.noteLayers(answer.SDP)
	if err := n.pc.SetRemoteDescription(webrtc.SessionDescription{
		Type: webrtc.SDPTypeAnswer, SDP: clean(answer.SDP),
	}); err != nil {
		return false, fmt.Errorf("%w: apply answer %d: %w", ErrDescription, answer.Revision, err)
	}
	n.stable, n.outstanding = answer.Revision, 0
	return true, nil
}

// offer offers what has changed, and returns the revision of the offer, 0 when there is none.
func (n *negotiation) offer() (revision int) {
	if !n.dirty || n.outstanding != 0 || n.stable == 0 {
		return 0
	}
	n.dirty = false
	o, err := n.pc.CreateOffer(nil)
	if err != nil {
		n.log.Warn("create offer", "err", err)
		return 0
	}
	sdp, err := n.setLocal(o)
	if err != nil {
		n.log.Warn("set offer", "err", err)
		return 0
	}
	n.outstanding = n.stable + 1
	n.send(n.remember(Description{Type: TypeOffer, Revision: n.outstanding, SDP: sdp}))
	return n.outstanding
}

// setLocal applies our own description and returns it with all candidates in it.
func (n *negotiation) setLocal(d webrtc.SessionDescription) (string, error) {
	gathered := webrtc.GatheringCompletePromise(n.pc)
	if err := n.pc.SetLocalDescription(d); err != nil {
		return "", err
	}
	t := time.NewTimer(gatherTimeout)
	defer t.Stop()
	select {
	case <-gathered:
	case <-n.done:
		return "", ErrClosed
	case <-t.C:
		n.log.Warn("candidates are missing", "after", gatherTimeout)
	}
	return withStartBitrate(n.pc.LocalDescription().SDP), nil
}

// openChannel opens a data channel towards the client. The first one needs an m-section.
func (n *negotiation) openChannel(label string, init *webrtc.DataChannelInit) (*outChannel, error) {
	dc, err := n.pc.CreateDataChannel(label, init)
	if err != nil {
		return nil, err
	}
	if d := n.pc.CurrentRemoteDescription(); d == nil || !hasApplication(d.SDP) {
		n.dirty = true
	}
	return newOutChannel(dc), nil
}

// remember keeps d as the last one sent.
func (n *negotiation) remember(d Description) Description {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.current = d
	return d
}

// last returns what remember was given last. It may be called from any goroutine.
func (n *negotiation) last() Description {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.current
}

func (n *negotiation) send(d Description) {
	if f := n.config.Send; f != nil {
		n.out.post(func() { f(d) })
	}
}
