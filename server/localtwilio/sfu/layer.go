package sfu

import (
	"sync"
	"sync/atomic"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"escalate/server/localtwilio/sfu/allocator"
	"escalate/server/localtwilio/sfu/bwe"
	"escalate/server/localtwilio/sfu/nack"
	"escalate/server/localtwilio/sfu/rtpseq"
)

// layer is one encoding of a Track as it arrives: the only one, or one of the sizes of
// simulcast. index counts in the order of the client's description.
type layer struct {
	index    int
	remote   *webrtc.TrackRemote
	receiver *webrtc.RTPReceiver
	keys     *nack.KeyframeRequests // nil for audio
	missing  *nack.Generator        // nil for audio
	red      uint8                  // payload type of redundant audio, 0 if there is none
	clock    rtpseq.Clock
	size     atomic.Uint32 // width<<16 | height of the last keyframe, 0 unknown
	bytes    atomic.Int64  // received so far
	rate     bwe.RateMeter
	kept     atomic.Bool // gop holds a keyframe to begin with

	// order is the lock of the order of forwarding. With it a packet gets its place and is kept, before the
	// DownTracks get it; with it a DownTrack that begins looks what is kept and which packet was the last.
	// So it knows of each packet whether it still comes. Nobody sends anything meanwhile. A DownTrack
	// may lock it while holding its own mu, not the other way round.
	order  sync.Mutex
	passed int64    // packets that have got a place; guarded by order
	gop    gopCache // of video; guarded by order
}

func newLayer(index int, remote *webrtc.TrackRemote, receiver *webrtc.RTPReceiver, write func([]rtcp.Packet) error) *layer {
	l := &layer{index: index, remote: remote, receiver: receiver}
	if remote.Kind() == webrtc.RTPCodecTypeAudio {
		l.red = redPayload(receiver.GetParameters().Codecs)
	}
	if remote.Kind() == webrtc.RTPCodecTypeVideo {
		ssrc := uint32(remote.SSRC())
		// Its error says that the transport is gone, which others notice.
		l.keys = nack.NewKeyframeRequests(func() { _ = write([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: ssrc}}) })
		l.missing = nack.NewGenerator(func(numbers []uint16) {
			_ = write([]rtcp.Packet{&rtcp.TransportLayerNack{MediaSSRC: ssrc, Nacks: rtcp.NackPairsFromSequenceNumbers(numbers)}})
		}, l.keys.Request)
	}
	return l
}

// place gives a packet its place in the order of forwarding, keeps it if that is of use, and returns the
// DownTracks that are to get it.
func (l *layer) place(p *packet, sinks *sinkList) []*DownTrack {
	l.order.Lock()
	defer l.order.Unlock()
	l.passed++
	p.order = l.passed
	list := sinks.all()
	if l.keys != nil {
		if begins := l.gop.keep(p, awaited(list, l.index)); begins != l.kept.Load() {
			l.kept.Store(begins)
		}
	}
	return list
}

// awaited reports whether somebody waits for a keyframe of a layer.
func awaited(sinks []*DownTrack, layer int) bool {
	for _, d := range sinks {
		if d.awaitsKeyframe(layer) {
			return true
		}
	}
	return false
}

// opening returns what is kept from the first keyframe on, and the place of the last packet that passed.
func (l *layer) opening() (kept []packet, upTo int64) {
	l.order.Lock()
	defer l.order.Unlock()
	if i := l.gop.keyframe(); i >= 0 {
		kept = append(kept, l.gop.packets[i:]...)
	}
	return kept, l.passed
}

// after returns what is kept with numbers above the given one, and the place of the last packet that passed.
func (l *layer) after(number int64) (kept []packet, upTo int64) {
	l.order.Lock()
	defer l.order.Unlock()
	i, _ := l.gop.find(number + 1)
	return append(kept, l.gop.packets[i:]...), l.passed
}

// observe notes what one packet tells about the layer.
func (l *layer) observe(p *packet) {
	l.bytes.Add(int64(len(p.payload)))
	if w, h := p.frame.Width, p.frame.Height; w != 0 || h != 0 {
		l.size.Store(uint32(w)<<16 | uint32(h))
	}
}

// close ends the asking for keyframes and for what is missing.
func (l *layer) close() {
	if l.keys != nil {
		l.missing.Close()
		l.keys.Close()
	}
}

// dimensions returns the size of the last keyframe, zero when unknown.
func (l *layer) dimensions() allocator.Dimensions {
	s := l.size.Load()
	return allocator.Dimensions{Width: int(s >> 16), Height: int(s & 0xffff)}
}
