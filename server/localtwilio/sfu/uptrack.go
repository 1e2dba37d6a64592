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

func newUpTrack(first *layer, log *slog.Logger) *upTrack {
	u := &upTrack{layers: []*layer{first}, codec: first.remote.Codec().RTPCodecCapability, log: log}
	if strings.EqualFold(u.codec.MimeType, mimeRED) {
		// A wrapping that can come and go: DownTrack.write looks at each packet.
		u.codec = opus
	}
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

// forward copies packets of a layer to the sinks until the publisher's m-section ends. Writing to
// a sink ends in a UDP socket and so does not wait for anybody's network.
func (u *upTrack) forward(l *layer) {
	if l.keys != nil {
		defer l.keys.close()
	}
	levelID := u.levelExtension(l)
	vp8 := strings.EqualFold(u.codec.MimeType, webrtc.MimeTypeVP8)
	buf := make([]byte, maxPacket)
	var (
		packet rtp.Packet
		seq    sequence
	)
	for {
		n, _, err := l.remote.Read(buf)
		if err != nil {
			if !errors.Is(err, io.EOF) {
				u.log.Debug("read media", "err", err)
			}
			return
		}
		packet = rtp.Packet{}
		if err := packet.Unmarshal(buf[:n]); err != nil {
			u.log.Debug("parse media", "err", err)
			continue
		}
		if levelID != 0 {
			u.level.observe(packet.GetExtension(levelID))
		}
		l.observe(packet.Payload, vp8, time.Now())
		if l.index == 0 {
			u.taps.packet(l, &packet, u.codec.MimeType)
		}
		// An empty packet is padding that probes for bandwidth; leaving it out would open a
		// gap, and it is small, so it travels along.
		ext := seq.extend(packet.SequenceNumber)
		want := false
		for _, d := range *u.sinks.Load() {
			w, err := d.write(l, &packet.Header, packet.Payload, ext)
			switch {
			case err != nil && !errors.Is(err, io.ErrClosedPipe):
				u.log.Debug("forward media", "err", err)
			case w == wantKeyframe:
				want = true
			case w == began:
				u.repeatReport(d, l)
			}
		}
		if want {
			l.keys.request()
		}
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

// sequence turns 16 bit sequence numbers into ones that do not wrap.
type sequence struct {
	last    int64
	started bool
}

func (s *sequence) extend(n uint16) int64 {
	if !s.started {
		// One whole turn of room below, for packets that come late.
		s.last, s.started = int64(n)+1<<16, true
		return s.last
	}
	ext := s.last + int64(int16(n-uint16(s.last)))
	s.last = max(s.last, ext)
	return ext
}
