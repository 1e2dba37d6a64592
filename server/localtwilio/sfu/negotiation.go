package sfu

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/rtcerr"

	"escalate/server/localtwilio/sfu/sdp"
)

// negotiation numbers descriptions (twilio-video.js, lib/signaling/v2/peerconnection.js), applies those of the client
// and makes ours. It belongs to the Peer's loop, but for what is guarded by mu.
type negotiation struct {
	peerBase
	stable      int              // revision both sides agree on; 0 before the first answer
	outstanding int              // revision of our unanswered offer, 0 if there is none
	dirty       bool             // something changed that the client has not been offered
	remote      *sdp.Description // of the client, as agreed on; nil before the first answer

	mu        sync.Mutex
	current   Description               // guarded by mu
	encodings map[uint32][]sdp.Encoding // guarded by mu; upper simulcast layers by the first one's SSRC
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
	remote, err := n.usable(offer.SDP)
	if err != nil {
		return Description{}, fmt.Errorf("%w: offer %d: %w", ErrDescription, offer.Revision, err)
	}
	remote.DeclareStreams()
	inactive := remote.ReceiveInactive()
	if err := n.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: remote.String()}); err != nil {
		n.rollback()
		return Description{}, fmt.Errorf("%w: apply offer %d: %w", n.fault(err), offer.Revision, err)
	}
	a, err := n.pc.CreateAnswer(nil)
	if err != nil {
		n.rollback()
		return Description{}, fmt.Errorf("%w: create answer %d: %w", n.fault(err), offer.Revision, err)
	}
	local, err := n.setLocal(a)
	if err != nil {
		n.rollback()
		return Description{}, fmt.Errorf("set answer %d: %w", offer.Revision, err)
	}
	local.Deactivate(inactive)
	n.stable, n.remote = offer.Revision, remote
	n.dirty = n.dirty || slices.ContainsFunc(inactive, n.sends)
	return n.remember(Description{Type: TypeAnswer, Revision: offer.Revision, SDP: local.String()}), nil
}

// hungUp reports whether the connection has ended, by the client or by Close, as err of pion may say before it shows:
// nothing can be negotiated, and nobody is at fault.
func (n *negotiation) hungUp(err error) bool {
	// pion's errors of this kind do not unwrap.
	if state := new(rtcerr.InvalidStateError); errors.As(err, &state) && errors.Is(state.Err, webrtc.ErrConnectionClosed) {
		return true
	}
	select {
	case <-n.done:
		return true
	default:
		return n.pc.SignalingState() == webrtc.SignalingStateClosed
	}
}

// fault is the error for a description that could not be applied, because of err.
func (n *negotiation) fault(err error) error {
	if n.hungUp(err) {
		return ErrClosed
	}
	return ErrDescription
}

// failed notes that something could not be offered.
func (n *negotiation) failed(doing string, err error, more ...any) {
	note := n.log.Warn
	if n.hungUp(err) {
		note = n.log.Debug
	}
	note(doing, append(more, "err", err)...)
}

// sends reports whether a Track goes out in an m-section.
func (n *negotiation) sends(mid string) bool {
	return slices.ContainsFunc(n.pc.GetTransceivers(), func(t *webrtc.RTPTransceiver) bool {
		return t.Mid() == mid && t.Sender() != nil && t.Sender().Track() != nil
	})
}

// usable reads a description of the client, and takes out of it what pion must not see. The simulcast layers among
// that are noted before pion starts to receive.
func (n *negotiation) usable(description string) (*sdp.Description, error) {
	d, err := sdp.Parse(description)
	if err != nil {
		return nil, err
	}
	layers := d.Layers()
	n.hidden.add(layers)
	d.DropCandidates()
	d.HideUpperLayers()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.encodings = layers
	return d, nil
}

// upperLayers returns the simulcast layers above one that begins with an SSRC. It may be called from any goroutine.
func (n *negotiation) upperLayers(first webrtc.SSRC) []sdp.Encoding {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.encodings[uint32(first)]
}

// negotiated returns the ids of the client's Tracks that are sent by what has been agreed on.
func (n *negotiation) negotiated() map[string]bool {
	if n.remote == nil {
		return nil
	}
	return n.remote.TrackIDs()
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
	remote, err := n.usable(answer.SDP)
	if err != nil {
		return false, fmt.Errorf("%w: answer %d: %w", ErrDescription, answer.Revision, err)
	}
	if err := n.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: remote.String()}); err != nil {
		return false, fmt.Errorf("%w: apply answer %d: %w", n.fault(err), answer.Revision, err)
	}
	n.stable, n.outstanding, n.remote = answer.Revision, 0, remote
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
		n.failed("create offer", err)
		return 0
	}
	local, err := n.setLocal(o)
	if err != nil {
		n.failed("set offer", err)
		return 0
	}
	n.outstanding = n.stable + 1
	n.send(n.remember(Description{Type: TypeOffer, Revision: n.outstanding, SDP: local.String()}))
	return n.outstanding
}

// setLocal applies our own description and returns it with all candidates in it. The error is ErrClosed where the
// connection has ended.
func (n *negotiation) setLocal(d webrtc.SessionDescription) (*sdp.Description, error) {
	gathered := webrtc.GatheringCompletePromise(n.pc)
	if err := n.pc.SetLocalDescription(d); err != nil {
		if n.hungUp(err) {
			err = fmt.Errorf("%w: %w", ErrClosed, err)
		}
		return nil, err
	}
	t := time.NewTimer(gatherTimeout)
	defer t.Stop()
	select {
	case <-gathered:
	case <-n.done:
		return nil, ErrClosed
	case <-t.C:
		n.log.Warn("candidates are missing", "after", gatherTimeout)
	}
	local, err := sdp.Parse(n.pc.LocalDescription().SDP)
	if err != nil {
		return nil, err
	}
	local.SetStartBitrate()
	return local, nil
}

// openChannel opens a data channel towards the client. The first one needs an m-section.
func (n *negotiation) openChannel(label string, init *webrtc.DataChannelInit) (*outChannel, error) {
	dc, err := n.pc.CreateDataChannel(label, init)
	if err != nil {
		return nil, err
	}
	if n.remote == nil || !n.remote.HasData() {
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
