package sfu

import (
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// upTrack is audio or video as it arrives from its publisher. One goroutine per layer, in
// forward, reads; sinks come and go from others.
type upTrack struct {
	codec  webrtc.RTPCodecCapability
	layers []*layer // at least one; fixed once the Track is known to others
	level  levelMeter
	taps   tapList // of the first layer
	log    *slog.Logger

	mu    sync.Mutex // held while sinks is replaced
	sinks atomic.Pointer[[]*DownTrack]
}

func newUpTrack(first *layer, codec webrtc.RTPCodecCapability, log *slog.Logger) *upTrack {
	u := &upTrack{layers: []*layer{first}, codec: codec, log: log}
	u.sinks.Store(&[]*DownTrack{})
	return u
}

// video reports whether the Track is one.
func (u *upTrack) video() bool { return u.layers[0].keys != nil }

// requestKeyframe asks the publisher for one on a layer; for audio it does nothing.
func (u *upTrack) requestKeyframe(index int) {
	if index >= len(u.layers) {
		return
	}
	if k := u.layers[index].keys; k != nil {
		k.request()
	}
}

// underWay reports whether a subscriber who begins with a layer now needs another keyframe than its
// first one.
func (u *upTrack) underWay(index int) bool {
	return index < len(u.layers) && u.layers[index].bytes.Load() > 0 && !u.layers[index].recent.kept.Load()
}

// requestFirst asks for the keyframe of a layer that somebody begins with, unless one is kept or comes
// by itself.
func (u *upTrack) requestFirst(index int) {
	if u.underWay(index) {
		u.requestKeyframe(index)
	}
}

func (u *upTrack) attach(d *DownTrack) {
	u.mu.Lock()
	defer u.mu.Unlock()
	sinks := append(slices.Clone(*u.sinks.Load()), d)
	u.sinks.Store(&sinks)
}

func (u *upTrack) detach(d *DownTrack) {
	u.mu.Lock()
	defer u.mu.Unlock()
	sinks := slices.DeleteFunc(slices.Clone(*u.sinks.Load()), func(x *DownTrack) bool { return x == d })
	u.sinks.Store(&sinks)
}

// forward copies packets of a layer to the sinks, one that has been read already and all that follow
// until the publisher's m-section ends. Writing to a sink ends in a UDP socket and so does not wait
// for anybody's network.
func (u *upTrack) forward(l *layer, read []byte) {
	f := forwarding{
		levelID: u.levelExtension(l), vp8: strings.EqualFold(u.codec.MimeType, webrtc.MimeTypeVP8),
		keyframe: keyframeTestFor(u.codec.MimeType),
	}
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
	levelID  uint8 // of the audio level extension, 0 if there is none
	vp8      bool
	keyframe keyframeTest // nil for audio
	seq      sequence
	packet   rtp.Packet // the one at hand
}

// pass copies one packet to the sinks.
func (u *upTrack) pass(l *layer, f *forwarding, read []byte) {
	packet := &f.packet
	*packet = rtp.Packet{Header: rtp.Header{Extensions: packet.Extensions[:0]}}
	if err := packet.Unmarshal(read); err != nil {
		u.log.Debug("parse media", "err", err)
		return
	}
	if f.levelID != 0 {
		u.level.observe(packet.GetExtension(f.levelID))
	}
	now := time.Now()
	ext, ok := f.seq.extend(packet.SequenceNumber)
	if !ok {
		return
	}
	keyframe := f.keyframe != nil && f.keyframe(packet.Payload)
	if l.missing != nil && !l.missing.arrived(ext, keyframe, now) {
		return
	}
	if l.index == 0 {
		u.taps.packet(l, packet, u.codec.MimeType)
	}
	l.recent.mu.Lock()
	defer l.recent.mu.Unlock()
	l.observe(packet.Payload, f.vp8, now)
	// An empty packet is padding that probes for bandwidth; leaving it out would open a
	// gap, and it is small, so it travels along.
	sinks, waiting, coming := *u.sinks.Load(), 0, false
	for _, d := range sinks {
		w, err := d.write(l, &packet.Header, packet.Payload, ext)
		switch w {
		case wantKeyframe:
			waiting++
		case early:
			coming = true
		case began:
			u.failed(l.recent.follow(l, d, ext))
			u.repeatReport(d, l)
		}
		u.failed(err)
	}
	if f.keyframe == nil {
		return
	}
	l.recent.keep(&packet.Header, packet.Payload, ext, keyframe, waiting > 0 || coming, now)
	if waiting > 0 && l.recent.kept.Load() {
		for _, d := range sinks {
			begun, err := l.recent.replay(l, d)
			u.failed(err)
			if begun {
				waiting--
				u.repeatReport(d, l)
			}
		}
	}
	if waiting > 0 {
		l.keys.request()
	}
}

// begin gives a sink that can receive from now on what is kept for it, or asks for a keyframe.
func (u *upTrack) begin(d *DownTrack, index int) {
	if index >= len(u.layers) {
		return
	}
	l := u.layers[index]
	l.recent.mu.Lock()
	begun, err := l.recent.replay(l, d)
	l.recent.mu.Unlock()
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
			l.last.Store(sr)
			if l.index == 0 {
				u.taps.report(sr, u.codec.MimeType)
			}
			for _, d := range *u.sinks.Load() {
				u.report(d, l, sr)
			}
		}
	}
}

// repeatReport gives a sink that just began the last report: the next one can be five seconds
// away, and until then a player does not know how to align the Track.
func (u *upTrack) repeatReport(d *DownTrack, l *layer) {
	if sr := l.last.Load(); sr != nil {
		u.report(d, l, sr)
	}
}

func (u *upTrack) report(d *DownTrack, l *layer, sr *rtcp.SenderReport) {
	if _, err := d.report(l, sr.NTPTime, sr.RTPTime); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		u.log.Debug("forward report", "err", err)
	}
}

// levelExtension is the number of the audio level extension (RFC 6464), 0 if there is none.
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
