package sfu

import (
	"bytes"
	"cmp"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
)

// sender makes up media.
type sender struct {
	id    string
	track *leveled
	rtp   *webrtc.RTPSender
	dc    *webrtc.DataChannel
	stop  chan struct{}
	once  sync.Once
	level *atomic.Int64 // audio, -dBov
	pause atomic.Bool   // nothing is sent

	mu       sync.Mutex
	key      bool
	requests []time.Time
}

func newSender(c *client, sid, kind string) *sender {
	c.t.Helper()
	s := &sender{id: "id-of-" + sid, stop: make(chan struct{}), key: true}
	codec := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}
	pace := 20 * time.Millisecond
	switch kind {
	case KindData:
		dc, err := c.pc.CreateDataChannel(s.id, nil)
		if err != nil {
			c.t.Fatal(err)
		}
		s.dc = dc
		return s
	case KindVideo:
		codec = webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}
		pace = 33 * time.Millisecond
	}
	pace = cmp.Or(c.pace, pace)
	sample, err := webrtc.NewTrackLocalStaticSample(codec, s.id, "-")
	if err != nil {
		c.t.Fatal(err)
	}
	s.track = &leveled{TrackLocalStaticSample: sample}
	s.level = &s.track.level
	if s.rtp, err = c.add(s.track); err != nil {
		c.t.Fatal(err)
	}
	c.wg.Go(func() { s.send(c.stop, kind == KindVideo, pace) })
	c.wg.Go(s.feedback)
	return s
}

func (c *client) add(track webrtc.TrackLocal) (*webrtc.RTPSender, error) {
	if !c.fresh {
		return c.pc.AddTrack(track)
	}
	t, err := c.pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendrecv})
	if err != nil {
		return nil, err
	}
	return t.Sender(), nil
}

// leveled is a Track whose packets carry an audio level, when negotiated.
type leveled struct {
	*webrtc.TrackLocalStaticSample
	level atomic.Int64
	bound atomic.Pointer[webrtc.TrackLocalContext]
}

func (l *leveled) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	l.bound.Store(&c)
	for _, e := range c.HeaderExtensions() {
		if e.URI == sdp.AudioLevelURI {
			return l.TrackLocalStaticSample.Bind(leveledContext{c, &l.level, uint8(e.ID)})
		}
	}
	return l.TrackLocalStaticSample.Bind(c)
}

type leveledContext struct {
	webrtc.TrackLocalContext
	level *atomic.Int64
	id    uint8
}

func (c leveledContext) WriteStream() webrtc.TrackLocalWriter {
	return leveledWriter{c.TrackLocalContext.WriteStream(), c}
}

type leveledWriter struct {
	webrtc.TrackLocalWriter
	c leveledContext
}

func (w leveledWriter) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	b, err := rtp.AudioLevelExtension{Level: uint8(w.c.level.Load()), Voice: true}.Marshal()
	if err != nil {
		return 0, err
	}
	if err := h.SetExtension(w.c.id, b); err != nil {
		return 0, err
	}
	return w.TrackLocalWriter.WriteRTP(h, payload)
}

func (s *sender) close() { s.once.Do(func() { close(s.stop) }) }

// send makes frames until stopped; video frames begin with an even octet when they are keyframes.
func (s *sender) send(stop chan struct{}, video bool, pace time.Duration) {
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-s.stop:
			return
		case <-tick.C:
		}
		if s.pause.Load() {
			continue
		}
		frame := bytes.Repeat([]byte{1}, 100)
		if video {
			frame = bytes.Repeat([]byte{1}, 3000)
			s.mu.Lock()
			if s.key {
				frame[0] = 0
				s.key = false
			}
			s.mu.Unlock()
		}
		if err := s.track.WriteSample(media.Sample{Data: frame, Duration: pace}); err != nil {
			return
		}
	}
}

func sample(b []byte) media.Sample { return media.Sample{Data: b, Duration: 20 * time.Millisecond} }

// resend writes a retransmission (RFC 4588) that nobody asked for.
func (s *sender) resend(n uint16) error {
	c := *s.track.bound.Load()
	h := &rtp.Header{Version: 2, PayloadType: 97, SequenceNumber: n, SSRC: uint32(c.SSRCRetransmission())}
	_, err := c.WriteStream().WriteRTP(h, append([]byte{0, 1}, bytes.Repeat([]byte{1}, 100)...))
	return err
}

// feedback makes the next frame a keyframe when asked for one.
func (s *sender) feedback() {
	for {
		packets, _, err := s.rtp.ReadRTCP()
		if err != nil {
			return
		}
		for _, p := range packets {
			if _, ok := p.(*rtcp.PictureLossIndication); ok {
				s.mu.Lock()
				s.key = true
				s.requests = append(s.requests, time.Now())
				s.mu.Unlock()
			}
		}
	}
}
