package sfu

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// layer is one encoding of a Track as it arrives: the only one, or one of the sizes of
// simulcast. index counts in the order of the client's description.
type layer struct {
	index    int
	remote   *webrtc.TrackRemote
	receiver *webrtc.RTPReceiver
	keys     *keyframeRequests // nil for audio
	red      uint8             // payload type of redundant audio, 0 if there is none
	last     atomic.Pointer[rtcp.SenderReport]
	size     atomic.Uint32 // width<<16 | height of the last keyframe, 0 unknown
	bytes    atomic.Int64  // received so far
	rate     rateMeter
	recent   recent   // of video
	missing  *missing // nil for audio

	arrived time.Time // of the packet at hand; guarded by recent.mu
}

func newLayer(index int, remote *webrtc.TrackRemote, receiver *webrtc.RTPReceiver, write func([]rtcp.Packet) error) *layer {
	l := &layer{index: index, remote: remote, receiver: receiver}
	if remote.Kind() == webrtc.RTPCodecTypeAudio {
		l.red = redPayload(receiver.GetParameters().Codecs)
	}
	if remote.Kind() == webrtc.RTPCodecTypeVideo {
		ssrc := uint32(remote.SSRC())
		// Its error says that the transport is gone, which others notice.
		l.keys = newKeyframeRequests(func() { _ = write([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: ssrc}}) })
		l.missing = newMissing(func(numbers []uint16) {
			_ = write([]rtcp.Packet{&rtcp.TransportLayerNack{MediaSSRC: ssrc, Nacks: rtcp.NackPairsFromSequenceNumbers(numbers)}})
		}, l.keys.request)
	}
	return l
}

// observe notes what one packet tells about the layer.
func (l *layer) observe(payload []byte, vp8 bool, now time.Time) {
	l.arrived = now
	l.bytes.Add(int64(len(payload)))
	if vp8 {
		if w, h, ok := vp8Size(payload); ok {
			l.size.Store(uint32(w)<<16 | uint32(h))
		}
	}
}

// close ends the asking for keyframes and for what is missing.
func (l *layer) close() {
	if l.keys != nil {
		l.missing.close()
		l.keys.close()
	}
}

// dimensions is the size of the last keyframe, zero when unknown.
func (l *layer) dimensions() Dimensions {
	s := l.size.Load()
	return Dimensions{Width: int(s >> 16), Height: int(s & 0xffff)}
}

// sample measures the bit rate since the last call.
func (l *layer) sample(now time.Time) { l.rate.sample(l.bytes.Load(), now) }

// encoding is a simulcast layer in a client's description.
type encoding struct{ ssrc, rtx webrtc.SSRC }

// openLayer receives an encoding that pion does not know of. It needs DTLS to be up. pion has
// room for one SSRC in an m-section; further ones get a receiver of their own on the same
// transport, and go through the same interceptors because those are the transport's.
func (p *Peer) openLayer(index int, e encoding) (*layer, error) {
	receiver, err := p.api.NewRTPReceiver(webrtc.RTPCodecTypeVideo, p.pc.SCTP().Transport())
	if err != nil {
		return nil, fmt.Errorf("create receiver: %w", err)
	}
	if err := receiver.Receive(webrtc.RTPReceiveParameters{Encodings: []webrtc.RTPDecodingParameters{{
		RTPCodingParameters: webrtc.RTPCodingParameters{SSRC: e.ssrc, RTX: webrtc.RTPRtxParameters{SSRC: e.rtx}},
	}}}); err != nil {
		return nil, fmt.Errorf("receive SSRC %d: %w", e.ssrc, errors.Join(err, receiver.Stop()))
	}
	return newLayer(index, receiver.Track(), receiver, p.pc.WriteRTCP), nil
}

// closeLayer undoes openLayer. The goroutines that read the layer end by it.
func (p *Peer) closeLayer(l *layer, e encoding) {
	l.close()
	if err := l.receiver.Stop(); err != nil {
		p.log.Debug("stop layer", "index", l.index, "err", err)
	}
	// Stop knows only the interceptors of our API, which are none.
	for _, ssrc := range []webrtc.SSRC{e.ssrc, e.rtx} {
		p.interceptors.UnbindRemoteStream(&interceptor.StreamInfo{SSRC: uint32(ssrc)})
	}
}

// claims says which SSRCs are being read by openLayer, so that none is read twice: a second
// reader would take packets from the first, and not be woken when both end.
type claims struct {
	mu    sync.Mutex
	taken map[webrtc.SSRC]chan struct{} // closed when free again
}

// claim waits until nobody else reads the SSRC; it answers false when that takes too long. When
// an m-section is used again with the SSRCs it had, its old reader is just about to end.
func (c *claims) claim(ssrc webrtc.SSRC, done <-chan struct{}) bool {
	patience := time.NewTimer(claimPatience)
	defer patience.Stop()
	for {
		c.mu.Lock()
		busy := c.taken[ssrc]
		if busy == nil {
			if c.taken == nil {
				c.taken = map[webrtc.SSRC]chan struct{}{}
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

func (c *claims) release(ssrc webrtc.SSRC) {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.taken[ssrc])
	delete(c.taken, ssrc)
}

// claimPatience is how long an ending reader may take on a busy machine.
const claimPatience = 2 * time.Second

// receiveLayers reads the upper layers of the Track with the given first layer, until stop is
// called. It does nothing for a Track without simulcast.
func (p *Peer) receiveLayers(u *upTrack) (stop func()) {
	p.mu.Lock()
	encodings := p.encodings[u.layers[0].remote.SSRC()]
	p.mu.Unlock()
	var stops []func()
	for i, e := range encodings {
		if f := p.receiveLayer(u, i+1, e); f != nil {
			stops = append(stops, f)
		}
	}
	return func() {
		for _, f := range stops {
			f()
		}
	}
}

// receiveLayer reads one layer. It answers what ends that, nil when it could not be begun.
func (p *Peer) receiveLayer(u *upTrack, index int, e encoding) (stop func()) {
	if !p.claims.claim(e.ssrc, p.done) {
		return nil
	}
	l, err := p.openLayer(index, e)
	if err != nil {
		p.claims.release(e.ssrc)
		p.log.Warn("simulcast layer", "index", index, "err", err)
		return nil
	}
	read := make(chan struct{})
	reading := p.running.run(func() {
		defer close(read)
		packet, err := begin(l.remote)
		if err == nil && strings.EqualFold(mediaCodec(l.remote).MimeType, u.codec.MimeType) {
			u.forward(l, packet)
		}
	})
	p.running.run(func() { u.readReports(l) })
	u.layers = append(u.layers, l)
	return func() {
		p.closeLayer(l, e)
		if reading {
			<-read
		}
		p.claims.release(e.ssrc)
	}
}
