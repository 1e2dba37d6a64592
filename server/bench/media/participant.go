package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// connection is a Participant's signalling.
type connection interface{ close() }

// participant is a made-up one: it publishes one video, and throws away what it
// receives once it is counted.
type participant struct {
	pc    *webrtc.PeerConnection
	track *webrtc.TrackLocalStaticRTP
	video *vp8

	ctx       context.Context // ends with close
	cancel    context.CancelFunc
	wg        sync.WaitGroup
	keyframe  atomic.Bool  // the next frame ought to be one
	sent      atomic.Int64 // packets
	connected chan struct{}
	once      sync.Once // closes connected

	mu     sync.Mutex
	tracks []*atomic.Int64 // guarded by mu: the packets of each that is received
	ending bool            // guarded by mu: nothing joins wg any more
}

// newParticipant publishes as many bits a second.
func newParticipant(api *webrtc.API, name string, bitsPerSecond int) (*participant, error) {
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, fmt.Errorf("make a peer connection: %w", err)
	}
	p := &participant{pc: pc, video: newVP8(bitsPerSecond), connected: make(chan struct{})}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.track, err = webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: videoClock}, name, name)
	if err != nil {
		p.close()
		return nil, fmt.Errorf("make a Track: %w", err)
	}
	pc.OnTrack(p.receive)
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			p.once.Do(func() { close(p.connected) })
		}
	})
	return p, nil
}

// newAPI is what made-up Participants can: VP8 with the feedback and the
// congestion control of browsers, over loopback.
func newAPI() (*webrtc.API, error) {
	var m webrtc.MediaEngine
	feedback := []webrtc.RTCPFeedback{{Type: "goog-remb"}, {Type: "ccm", Parameter: "fir"}, {Type: "nack"}, {Type: "nack", Parameter: "pli"}}
	for _, c := range []webrtc.RTPCodecParameters{
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: videoClock, RTCPFeedback: feedback}, PayloadType: 96},
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeRTX, ClockRate: videoClock, SDPFmtpLine: "apt=96"}, PayloadType: 97},
	} {
		if err := m.RegisterCodec(c, webrtc.RTPCodecTypeVideo); err != nil {
			return nil, fmt.Errorf("register %s: %w", c.MimeType, err)
		}
	}
	var i interceptor.Registry
	if err := errors.Join(webrtc.ConfigureTWCCHeaderExtensionSender(&m, &i), webrtc.RegisterDefaultInterceptors(&m, &i)); err != nil {
		return nil, fmt.Errorf("register interceptors: %w", err)
	}
	var s webrtc.SettingEngine
	s.SetIncludeLoopbackCandidate(true)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	s.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	return webrtc.NewAPI(webrtc.WithMediaEngine(&m), webrtc.WithInterceptorRegistry(&i), webrtc.WithSettingEngine(s)), nil
}

// publish adds the Track to the peer connection; it is sent as soon as that is
// connected. It may be called once.
func (p *participant) publish() error {
	sender, err := p.pc.AddTrack(p.track)
	if err != nil {
		return fmt.Errorf("add the Track: %w", err)
	}
	p.run(func() { p.feedback(sender) })
	p.run(p.send)
	return nil
}

// run starts a goroutine that close waits for.
func (p *participant) run(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ending {
		p.wg.Go(f)
	}
}

// feedback makes the next frame a keyframe when asked for one.
func (p *participant) feedback(sender *webrtc.RTPSender) {
	for {
		packets, _, err := sender.ReadRTCP()
		if err != nil {
			return // closed
		}
		for _, packet := range packets {
			switch packet.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				p.keyframe.Store(true)
			}
		}
	}
}

// send makes frames from the moment of connection.
func (p *participant) send() {
	select {
	case <-p.ctx.Done():
		return
	case <-p.connected:
	}
	p.keyframe.Store(true)
	tick := time.NewTicker(frameEvery)
	defer tick.Stop()
	for {
		select {
		case <-p.ctx.Done():
			return
		case <-tick.C:
		}
		for _, packet := range p.video.next(p.keyframe.Swap(false)) {
			// What cannot be sent is missing at the receivers, which are counted.
			if err := p.track.WriteRTP(packet); errors.Is(err, io.ErrClosedPipe) {
				return
			}
			p.sent.Add(1)
		}
	}
}

// receive counts what comes, in a goroutine that pion made for it.
func (p *participant) receive(remote *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
	c := &atomic.Int64{}
	p.mu.Lock()
	if p.ending {
		p.mu.Unlock()
		return
	}
	p.tracks = append(p.tracks, c)
	p.wg.Go(func() {
		buf := make([]byte, 1500)
		for { // reads sender reports, or they are never taken note of
			if _, _, err := r.Read(buf); err != nil {
				return
			}
		}
	})
	p.wg.Add(1)
	p.mu.Unlock()
	defer p.wg.Done()
	buf := make([]byte, 1500)
	for {
		if _, _, err := remote.Read(buf); err != nil {
			return
		}
		c.Add(1)
	}
}

// received is how many packets have come of each Track.
func (p *participant) received() (packets []int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.tracks {
		packets = append(packets, c.Load())
	}
	return packets
}

// localOffer makes an offer with all candidates in it and applies it.
func (p *participant) localOffer() (string, error) {
	o, err := p.pc.CreateOffer(nil)
	if err != nil {
		return "", fmt.Errorf("create offer: %w", err)
	}
	return p.setLocal(o)
}

func (p *participant) setLocal(d webrtc.SessionDescription) (string, error) {
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err := p.pc.SetLocalDescription(d); err != nil {
		return "", fmt.Errorf("apply our %s: %w", d.Type, err)
	}
	select {
	case <-gathered:
	case <-p.ctx.Done():
		return "", p.ctx.Err()
	}
	return p.pc.LocalDescription().SDP, nil
}

func (p *participant) setRemote(t webrtc.SDPType, sdp string) error {
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: t, SDP: sdp}); err != nil {
		return fmt.Errorf("apply the server's %s: %w", t, err)
	}
	return nil
}

func (p *participant) close() {
	p.mu.Lock()
	p.ending = true
	p.mu.Unlock()
	p.cancel()
	_ = p.pc.GracefulClose()
	p.wg.Wait()
}
