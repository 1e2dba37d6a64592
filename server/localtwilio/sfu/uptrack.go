package sfu

import (
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"escalate/server/localtwilio/sfu/codec"
	"escalate/server/localtwilio/sfu/rtpseq"
)

// upTrack is audio or video as it arrives from its publisher. One goroutine per layer, in
// forward, reads; sinks come and go from others.
type upTrack struct {
	codec  webrtc.RTPCodecCapability
	layers []*layer // at least one; fixed once the Track is known to others
	level  levelMeter
	taps   tapList // of the first layer
	sinks  sinkList
	log    *slog.Logger
}

func newUpTrack(first *layer, codec webrtc.RTPCodecCapability, log *slog.Logger) *upTrack {
	return &upTrack{layers: []*layer{first}, codec: codec, log: log}
}

// video reports whether the Track is one.
func (u *upTrack) video() bool { return u.layers[0].keys != nil }

// requestKeyframe asks the publisher for one on a layer; for audio it does nothing.
func (u *upTrack) requestKeyframe(index int) {
	if index >= len(u.layers) {
		return
	}
	if k := u.layers[index].keys; k != nil {
		k.Request()
	}
}

// underWay reports whether a subscriber who begins with a layer now needs another keyframe than its
// first one.
func (u *upTrack) underWay(index int) bool {
	return index < len(u.layers) && u.layers[index].bytes.Load() > 0 && !u.layers[index].kept.Load()
}

// requestFirst asks for the keyframe of a layer that somebody begins with, unless one is kept or comes
// by itself.
func (u *upTrack) requestFirst(index int) {
	if u.underWay(index) {
		u.requestKeyframe(index)
	}
}

// sinkList is the DownTracks of an upTrack; reading it takes no lock. The zero value is empty.
type sinkList struct {
	mu   sync.Mutex // held while list is replaced
	list atomic.Pointer[[]*DownTrack]
}

func (s *sinkList) all() []*DownTrack {
	if p := s.list.Load(); p != nil {
		return *p
	}
	return nil
}

func (s *sinkList) attach(d *DownTrack) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := append(slices.Clone(s.all()), d)
	s.list.Store(&list)
}

func (s *sinkList) detach(d *DownTrack) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.DeleteFunc(slices.Clone(s.all()), func(x *DownTrack) bool { return x == d })
	s.list.Store(&list)
}

// forward copies packets of a layer to the sinks, one that has been read already and all that follow
// until the publisher's m-section ends. Writing to a sink ends in a UDP socket and so does not wait
// for anybody's network.
func (u *upTrack) forward(l *layer, read []byte) {
	f := forwarding{now: time.Now, levelID: u.levelExtension(l), codec: codec.Of(u.codec.MimeType)}
	buf := make([]byte, maxPacket)
	for {
		u.pass(l, &f, read)
		n, _, err := l.remote.Read(buf)
		if err != nil {
			if !errors.Is(err, io.EOF) {
				u.log.Debug("read media", "err", err)
			}
			return
		}
		read = buf[:n]
	}
}

// forwarding is what goes on from packet to packet.
type forwarding struct {
	now     func() time.Time
	levelID uint8 // of the audio level extension, 0 if there is none
	codec   codec.Codec
	seq     rtpseq.Extender
	rtp     rtp.Packet // the one at hand, as it was read
	packet  packet     // the one at hand
}

// parse reads what f.packet is. It returns false for what is no packet, and for a stray one.
func (u *upTrack) parse(l *layer, f *forwarding, read []byte) bool {
	in := &f.rtp
	*in = rtp.Packet{Header: rtp.Header{Extensions: in.Extensions[:0]}}
	if err := in.Unmarshal(read); err != nil {
		u.log.Debug("parse media", "err", err)
		return false
	}
	if f.levelID != 0 {
		u.level.observe(in.GetExtension(f.levelID))
	}
	number, ok := f.seq.Extend(in.SequenceNumber)
	if !ok {
		return false
	}
	p := &f.packet
	p.number, p.arrived, p.timestamp, p.marker = number, f.now(), in.Timestamp, in.Marker
	p.payload, p.plain = in.Payload, in.Payload
	f.codec.Parse(in.Payload, &p.frame)
	if p.redundant = l.red != 0 && in.PayloadType == l.red; p.redundant {
		p.plain = codec.REDPrimary(in.Payload)
	}
	return true
}

// pass copies one packet to the sinks.
func (u *upTrack) pass(l *layer, f *forwarding, read []byte) {
	if !u.parse(l, f, read) {
		return
	}
	p := &f.packet
	if l.missing != nil && !l.missing.Arrived(p.number, p.frame.Keyframe, p.arrived) {
		return
	}
	if l.index == 0 {
		u.taps.packet(&f.rtp.Header, p, u.codec.MimeType)
	}
	l.observe(p)
	// An empty packet is padding that probes for bandwidth; leaving it out would open a
	// gap, and it is small, so it travels along.
	request := false
	for _, d := range l.place(p, &u.sinks) {
		w, err := d.write(l, p)
		if w == wantKeyframe && l.kept.Load() {
			var begun bool
			if begun, err = d.replay(l); begun {
				w = began
			}
		}
		request = request || w == wantKeyframe
		if w == began {
			u.repeatReport(d, l)
		}
		u.failed(err)
	}
	if request {
		l.keys.Request()
	}
}

// begin gives a sink that can receive from now on what is kept for it, or asks for a keyframe.
func (u *upTrack) begin(d *DownTrack, index int) {
	if index >= len(u.layers) {
		return
	}
	l := u.layers[index]
	begun, err := d.replay(l)
	u.failed(err)
	if begun {
		u.repeatReport(d, l)
	} else {
		u.requestFirst(index)
	}
}

// failed notes that a packet could not be passed on, unless its subscriber is just gone.
func (u *upTrack) failed(err error) {
	if err != nil && !errors.Is(err, io.ErrClosedPipe) {
		u.log.Debug("forward media", "err", err)
	}
}

// readReports passes the publisher's sender reports on a layer on. Reading also feeds pion's
// interceptors.
func (u *upTrack) readReports(l *layer) {
	for {
		packets, _, err := l.receiver.ReadRTCP()
		if err != nil {
			return
		}
		for _, packet := range packets {
			sr, ok := packet.(*rtcp.SenderReport)
			if !ok || sr.SSRC != uint32(l.remote.SSRC()) {
				continue
			}
			l.clock.Set(sr)
			if l.index == 0 {
				u.taps.report(sr, u.codec.MimeType)
			}
			for _, d := range u.sinks.all() {
				u.report(d, l, sr)
			}
		}
	}
}

// repeatReport gives a sink that just began the last report: the next one can be five seconds
// away, and until then a player does not know how to align the Track.
func (u *upTrack) repeatReport(d *DownTrack, l *layer) {
	if sr := l.clock.Report(); sr != nil {
		u.report(d, l, sr)
	}
}

func (u *upTrack) report(d *DownTrack, l *layer, sr *rtcp.SenderReport) {
	if _, err := d.report(l, sr.NTPTime, sr.RTPTime); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		u.log.Debug("forward report", "err", err)
	}
}

// levelExtension returns the number of the audio level extension (RFC 6464), 0 if there is none.
func (u *upTrack) levelExtension(l *layer) uint8 {
	if l.remote.Kind() != webrtc.RTPCodecTypeAudio {
		return 0
	}
	for _, e := range l.receiver.GetParameters().HeaderExtensions {
		if e.URI == sdp.AudioLevelURI {
			return uint8(e.ID)
		}
	}
	return 0
}

// maxPacket is more than any network on the way carries in one UDP packet.
const maxPacket = 1500
