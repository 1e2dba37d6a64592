package sfu

import (
	"slices"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// subscription is one publication as sent to one Peer. It belongs to that Peer's loop.
type subscription struct {
	pub      *publication
	revision int // of the offer that carries it, 0 until offered

	// For audio and video.
	down   *DownTrack
	sender *webrtc.RTPSender

	// For data.
	channel *outChannel
}

func (s *subscription) start() {
	if s.down == nil {
		return
	}
	if layer, wanted := s.down.start(); wanted {
		s.pub.media.begin(s.down, layer)
	}
}

// detach stops the flow from the publisher.
func (s *subscription) detach() {
	if s.down != nil {
		s.pub.media.detach(s.down)
	}
	if s.channel != nil {
		s.pub.data.detach(s.channel)
	}
}

// subscribe gives the Peer a Track. The m-section or channel is offered by settle.
func (p *Peer) subscribe(pub *publication) {
	if !p.wants(pub) || p.failed {
		return
	}
	s := &subscription{pub: pub}
	var err error
	if pub.data != nil {
		err = p.openData(s)
	} else {
		err = p.addMedia(s)
	}
	if err != nil {
		p.log.Warn("subscribe", "track", pub.sid, "err", err)
		return
	}
	p.subs = append(p.subs, s)
	if s.down != nil {
		p.steer(time.Now())
		s.pub.media.attach(s.down)
		s.prepare()
	}
}

// prepare asks for the keyframe that the subscriber will begin with. It is on its way while they
// negotiate, and is kept until they are through.
func (s *subscription) prepare() {
	if layer, on := s.down.chosen(); on {
		s.pub.media.requestFirst(layer)
	}
}

func (p *Peer) addMedia(s *subscription) error {
	s.down = newDownTrack(s.pub.sid, s.pub.owner.config.ID, s.pub.media.codec, p.pc.WriteRTCP)
	sender, err := p.pc.AddTrack(s.down)
	if err != nil {
		return err
	}
	s.sender = sender
	p.running.run(func() { readFeedback(sender, s) })
	p.neg.dirty = true
	return nil
}

// readFeedback passes the subscriber's keyframe requests to the publisher, until the sender
// is stopped. Retransmissions and reports are dealt with by the interceptors on the way.
func readFeedback(sender *webrtc.RTPSender, s *subscription) {
	for {
		packets, _, err := sender.ReadRTCP()
		if err != nil {
			return
		}
		for _, packet := range packets {
			switch packet.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				s.refresh()
			}
		}
	}
}

// refresh asks for a keyframe of the layer that the subscriber is to have.
func (s *subscription) refresh() {
	layer, _ := s.down.chosen()
	s.pub.media.requestKeyframe(layer)
}

// refresh does so for what is sent with an SSRC: the subscriber lacks a packet that will not come. Chromium
// asks by itself when its picture has stood still for three seconds.
func (p *Peer) refresh(ssrc uint32) {
	for _, s := range p.subs {
		if s.down != nil && s.down.outgoing() == ssrc {
			s.refresh()
		}
	}
}

func (p *Peer) openData(s *subscription) error {
	channel, err := p.openOut(s.pub.sid, s.pub.data.init())
	if err != nil {
		return err
	}
	s.channel = channel
	s.pub.data.attach(channel)
	return nil
}

// openOut opens a data channel towards the client. The first one needs an m-section.
func (p *Peer) openOut(label string, init *webrtc.DataChannelInit) (*outChannel, error) {
	dc, err := p.pc.CreateDataChannel(label, init)
	if err != nil {
		return nil, err
	}
	if d := p.pc.CurrentRemoteDescription(); d == nil || !hasApplication(d.SDP) {
		p.neg.dirty = true
	}
	return newOutChannel(dc), nil
}

// unsubscribe takes a Track away again.
func (p *Peer) unsubscribe(pub *publication) {
	i := slices.IndexFunc(p.subs, func(s *subscription) bool { return s.pub == pub })
	if i < 0 {
		return
	}
	s := p.subs[i]
	p.subs = slices.Delete(p.subs, i, i+1)
	delete(p.steering.starved, pub.sid)
	s.detach()
	if s.sender != nil {
		// pion says that the state is invalid when the client has made the m-section inactive
		// before; the sender is gone then all the same.
		if err := p.pc.RemoveTrack(s.sender); err != nil {
			p.log.Debug("remove track", "track", pub.sid, "err", err)
		}
		p.neg.dirty = true
	}
	if s.channel != nil {
		if err := s.channel.close(); err != nil {
			p.log.Debug("close channel", "track", pub.sid, "err", err)
		}
	}
}

// reportSubscriptions tells the caller about a changed list.
func (p *Peer) reportSubscriptions() {
	list := make([]Subscription, 0, len(p.subs))
	for _, s := range p.subs {
		list = append(list, Subscription{TrackSID: s.pub.sid, ID: s.pub.sid})
	}
	if slices.Equal(list, p.listed) {
		return
	}
	p.listed = list
	p.mu.Lock()
	p.subscriptions = list
	p.mu.Unlock()
	if f := p.config.Subscribed; f != nil {
		p.out.post(func() { f(slices.Clone(list)) })
	}
}
