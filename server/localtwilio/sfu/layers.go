package sfu

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"

	"escalate/server/localtwilio/sfu/sdp"
)

// layerReceiver receives the simulcast layers of a client above the first ones, which pion does not know of. It may be
// called from any goroutine.
type layerReceiver struct {
	peerBase
	negotiation *negotiation
	claims      claims
}

// openLayer receives an encoding that pion does not know of. It needs DTLS to be up. pion has
// room for one SSRC in an m-section; further ones get a receiver of their own on the same
// transport, and go through the same interceptors because those are the transport's.
func (r *layerReceiver) openLayer(index int, e sdp.Encoding) (*layer, error) {
	receiver, err := r.api.NewRTPReceiver(webrtc.RTPCodecTypeVideo, r.pc.SCTP().Transport())
	if err != nil {
		return nil, fmt.Errorf("create receiver: %w", err)
	}
	if err := receiver.Receive(webrtc.RTPReceiveParameters{Encodings: []webrtc.RTPDecodingParameters{{
		RTPCodingParameters: webrtc.RTPCodingParameters{SSRC: webrtc.SSRC(e.SSRC), RTX: webrtc.RTPRtxParameters{SSRC: webrtc.SSRC(e.RTX)}},
	}}}); err != nil {
		return nil, fmt.Errorf("receive SSRC %d: %w", e.SSRC, errors.Join(err, receiver.Stop()))
	}
	return newLayer(index, receiver.Track(), receiver, r.pc.WriteRTCP), nil
}

// closeLayer undoes openLayer. The goroutines that read the layer end by it.
func (r *layerReceiver) closeLayer(l *layer, e sdp.Encoding) {
	l.close()
	if err := l.receiver.Stop(); err != nil {
		r.log.Debug("stop layer", "index", l.index, "err", err)
	}
	// Stop knows only the interceptors of our API, which are none.
	for _, ssrc := range []uint32{e.SSRC, e.RTX} {
		r.interceptors.UnbindRemoteStream(&interceptor.StreamInfo{SSRC: ssrc})
	}
}

// claims says which SSRCs are being read by openLayer, so that none is read twice: a second
// reader would take packets from the first, and not be woken when both end.
type claims struct {
	mu    sync.Mutex
	taken map[uint32]chan struct{} // closed when free again
}

// claim waits until nobody else reads the SSRC; it returns false when that takes too long. When
// an m-section is used again with the SSRCs it had, its old reader is just about to end.
func (c *claims) claim(ssrc uint32, done <-chan struct{}) bool {
	patience := time.NewTimer(claimPatience)
	defer patience.Stop()
	for {
		c.mu.Lock()
		busy := c.taken[ssrc]
		if busy == nil {
			if c.taken == nil {
				c.taken = map[uint32]chan struct{}{}
			}
			c.taken[ssrc] = make(chan struct{})
			c.mu.Unlock()
			return true
		}
		c.mu.Unlock()
		select {
		case <-busy:
		case <-done:
			return false
		case <-patience.C:
			return false
		}
	}
}

func (c *claims) release(ssrc uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.taken[ssrc])
	delete(c.taken, ssrc)
}

// claimPatience is how long an ending reader may take on a busy machine.
const claimPatience = 2 * time.Second

// receiveLayers reads the upper layers of the Track with the given first layer, until stop is
// called. It does nothing for a Track without simulcast.
func (r *layerReceiver) receiveLayers(u *upTrack) (stop func()) {
	var stops []func()
	for i, e := range r.negotiation.upperLayers(u.layers[0].remote.SSRC()) {
		if f := r.receiveLayer(u, i+1, e); f != nil {
			stops = append(stops, f)
		}
	}
	return func() {
		for _, f := range stops {
			f()
		}
	}
}

// receiveLayer reads one layer. It returns what ends that, nil when it could not be begun.
func (r *layerReceiver) receiveLayer(u *upTrack, index int, e sdp.Encoding) (stop func()) {
	if !r.claims.claim(e.SSRC, r.done) {
		return nil
	}
	l, err := r.openLayer(index, e)
	if err != nil {
		r.claims.release(e.SSRC)
		r.log.Warn("simulcast layer", "index", index, "err", err)
		return nil
	}
	read := make(chan struct{})
	reading := r.running.run(func() {
		defer close(read)
		packet, err := begin(l.remote)
		if err == nil && strings.EqualFold(mediaCodec(l.remote).MimeType, u.codec.MimeType) {
			counted := r.router.engine.tallies.receives(l)
			u.forward(l, packet)
			counted()
		}
	})
	r.running.run(func() { u.readReports(l) })
	u.layers = append(u.layers, l)
	return func() {
		r.closeLayer(l, e)
		if reading {
			<-read
		}
		r.claims.release(e.SSRC)
	}
}
