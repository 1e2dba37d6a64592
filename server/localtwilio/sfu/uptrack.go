package sfu

import (
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// upTrack is audio or video as it arrives from its publisher. The goroutine in forward
// owns the reading; sinks come and go from others.
type upTrack struct {
	remote   *webrtc.TrackRemote
	receiver *webrtc.RTPReceiver
	codec    webrtc.RTPCodecCapability
	keys     *keyframeRequests // nil for audio
	level    levelMeter
	last     atomic.Pointer[rtcp.SenderReport]
	taps     tapList
	log      *slog.Logger

	mu    sync.Mutex // held while sinks is replaced
	sinks atomic.Pointer[[]*DownTrack]
}

func newUpTrack(remote *webrtc.TrackRemote, receiver *webrtc.RTPReceiver, write func([]rtcp.Packet) error, log *slog.Logger) *upTrack {
	u := &upTrack{remote: remote, receiver: receiver, codec: remote.Codec().RTPCodecCapability, log: log}
	u.sinks.Store(&[]*DownTrack{})
	if remote.Kind() == webrtc.RTPCodecTypeVideo {
		ssrc := uint32(remote.SSRC())
		u.keys = newKeyframeRequests(func() {
			if err := write([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: ssrc}}); err != nil {
				log.Debug("request keyframe", "err", err)
			}
		})
	}
	return u
}

// requestKeyframe asks the publisher for one; for audio it does nothing.
func (u *upTrack) requestKeyframe() {
	if u.keys != nil {
		u.keys.request()
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

// forward copies packets to the sinks until the publisher's m-section ends. Writing to a
// sink ends in a UDP socket and so does not wait for anybody's network.
func (u *upTrack) forward() {
	if u.keys != nil {
		defer u.keys.close()
	}
	levelID := u.levelExtension()
	buf := make([]byte, maxPacket)
	var (
		packet rtp.Packet
		seq    sequence
	)
	for {
		n, _, err := u.remote.Read(buf)
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
		u.taps.packet(&packet, u.codec.MimeType)
		// An empty packet is padding that probes for bandwidth; leaving it out would open a
		// gap, and it is small, so it travels along.
		ext := seq.extend(packet.SequenceNumber)
		want := false
		for _, d := range *u.sinks.Load() {
			w, err := d.write(packet.Header, packet.Payload, ext)
			switch {
			case err != nil && !errors.Is(err, io.ErrClosedPipe):
				u.log.Debug("forward media", "err", err)
			case w == wantKeyframe:
				want = true
			case w == began:
				u.repeatReport(d)
			}
		}
		if want {
			u.requestKeyframe()
		}
	}
}

// readReports passes the publisher's sender reports on. Reading also feeds pion's interceptors.
func (u *upTrack) readReports() {
	for {
		packets, _, err := u.receiver.ReadRTCP()
		if err != nil {
			return
		}
		for _, packet := range packets {
			sr, ok := packet.(*rtcp.SenderReport)
			if !ok || sr.SSRC != uint32(u.remote.SSRC()) {
				continue
			}
			u.last.Store(sr)
			u.taps.report(sr, u.codec.MimeType)
			for _, d := range *u.sinks.Load() {
				u.report(d, sr)
			}
		}
	}
}

// repeatReport gives a sink that just began the last report: the next one can be five seconds
// away, and until then a player does not know how to align the Track.
func (u *upTrack) repeatReport(d *DownTrack) {
	if sr := u.last.Load(); sr != nil {
		u.report(d, sr)
	}
}

func (u *upTrack) report(d *DownTrack, sr *rtcp.SenderReport) {
	if _, err := d.report(sr.NTPTime, sr.RTPTime); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		u.log.Debug("forward report", "err", err)
	}
}

// levelExtension is the number of the audio level extension (RFC 6464), 0 if there is none.
func (u *upTrack) levelExtension() uint8 {
	if u.remote.Kind() != webrtc.RTPCodecTypeAudio {
		return 0
	}
	for _, e := range u.receiver.GetParameters().HeaderExtensions {
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
