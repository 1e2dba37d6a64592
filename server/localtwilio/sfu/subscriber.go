package sfu

import (
	"slices"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// subscriber is what one Participant gets of others: which Tracks it wants, and its subscriptions to them.
type subscriber struct {
	peerBase
	negotiation *negotiation
	layers      *layerAllocator

	subs   []*subscription // oldest first
	wanted map[string]bool // Track SIDs to subscribe to; nil until setWanted

	mu     sync.Mutex     // held while listed is replaced
	listed []Subscription // as last reported; read by any goroutine with mu, by the loop without
}

// subscription is one publication as sent to one Peer. It belongs to that Peer's loop.
type subscription struct {
	pub      *publication
	tallies  *tallies
	revision int // of the offer that carries it, 0 until offered

	// For audio and video.
	down   *DownTrack
	sender *webrtc.RTPSender
	drawn  drawn // how large the client draws it

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
		s.pub.media.sinks.detach(s.down)
		s.tallies.sent(s.down)
	}
	if s.channel != nil {
		s.pub.data.detach(s.channel)
	}
}

// prepare asks for the keyframe that the subscriber will begin with. It is on its way while they
// negotiate, and is kept until they are through.
func (s *subscription) prepare() {
	if layer, on := s.down.chosen(); on {
		s.pub.media.requestFirst(layer)
	}
}

// refresh asks for a keyframe of the layer that the subscriber is to have.
func (s *subscription) refresh() {
	layer, _ := s.down.chosen()
	s.pub.media.requestKeyframe(layer)
}

// readFeedback passes the subscriber's keyframe requests to the publisher, until the sender
// is stopped. Retransmissions and reports are dealt with by the interceptors on the way.
func (s *subscription) readFeedback() {
	for {
		packets, _, err := s.sender.ReadRTCP()
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

// wants tells whether a publication is still to be subscribed to.
func (s *subscriber) wants(pub *publication) bool {
	if slices.ContainsFunc(s.subs, func(s *subscription) bool { return s.pub == pub }) {
		return false
	}
	if s.wanted != nil {
		return s.wanted[pub.sid]
	}
	return s.config.SubscribeAll
}

// setWanted ends the subscriptions to what is not among the Track SIDs.
func (s *subscriber) setWanted(wanted map[string]bool) {
	s.wanted = wanted
	for _, sub := range slices.Clone(s.subs) {
		if !wanted[sub.pub.sid] {
			s.unsubscribe(sub.pub)
		}
	}
}

// subscribe gives the client a Track, if it wants it. The m-section or channel is offered later.
func (s *subscriber) subscribe(pub *publication) {
	if !s.wants(pub) {
		return
	}
	sub := &subscription{pub: pub, tallies: &s.router.engine.tallies}
	var err error
	if pub.data != nil {
		err = s.openData(sub)
	} else {
		err = s.addMedia(sub)
	}
	if err != nil {
		s.negotiation.failed("subscribe", err, "track", pub.sid)
		return
	}
	s.subs = append(s.subs, sub)
	if sub.down != nil {
		s.layers.allocate(s.subs, time.Now())
		sub.tallies.sends(sub.down)
		pub.media.sinks.attach(sub.down)
		pub.awaited()
		sub.prepare()
	}
}

func (s *subscriber) addMedia(sub *subscription) error {
	sub.down = newDownTrack(sub.pub.sid, sub.pub.owner.config.ID, sub.pub.media.codec,
		wire{rtcp: s.pc.WriteRTCP, keyframe: s.monitor.responder.Keyframe})
	sender, err := s.pc.AddTrack(sub.down)
	if err != nil {
		return err
	}
	sub.sender = sender
	s.running.run(sub.readFeedback)
	s.negotiation.dirty = true
	return nil
}

func (s *subscriber) openData(sub *subscription) error {
	channel, err := s.negotiation.openChannel(sub.pub.sid, sub.pub.data.init())
	if err != nil {
		return err
	}
	sub.channel = channel
	sub.pub.data.attach(channel)
	return nil
}

// unsubscribe takes a Track away again.
func (s *subscriber) unsubscribe(pub *publication) {
	i := slices.IndexFunc(s.subs, func(s *subscription) bool { return s.pub == pub })
	if i < 0 {
		return
	}
	sub := s.subs[i]
	s.subs = slices.Delete(s.subs, i, i+1)
	s.layers.allocator.Forget(pub.sid)
	sub.detach()
	if sub.sender != nil {
		// pion says that the state is invalid when the client has made the m-section inactive
		// before; the sender is gone then all the same.
		if err := s.pc.RemoveTrack(sub.sender); err != nil {
			s.log.Debug("remove track", "track", pub.sid, "err", err)
		}
		s.negotiation.dirty = true
	}
	if sub.channel != nil {
		if err := sub.channel.close(); err != nil {
			s.log.Debug("close channel", "track", pub.sid, "err", err)
		}
	}
}

// offered notes which subscriptions an offer carries for the first time.
func (s *subscriber) offered(revision int) {
	for _, sub := range s.subs {
		if sub.revision == 0 {
			sub.revision = revision
		}
	}
}

// start lets what has been answered up to a revision flow.
func (s *subscriber) start(stable int) {
	for _, sub := range s.subs {
		if sub.revision != 0 && sub.revision <= stable {
			sub.start()
		}
	}
}

// refresh asks for a keyframe of what is sent with an SSRC: the subscriber lacks a packet that will not come.
// Chromium asks by itself when its picture has stood still for three seconds.
func (s *subscriber) refresh(ssrc uint32) {
	for _, sub := range s.subs {
		if sub.down != nil && sub.down.outgoing() == ssrc {
			sub.refresh()
		}
	}
}

// layered reports whether a Track with simulcast is subscribed to.
func (s *subscriber) layered() bool {
	return slices.ContainsFunc(s.subs, func(s *subscription) bool { return s.down != nil && len(s.pub.media.layers) > 1 })
}

// detach stops all that flows.
func (s *subscriber) detach() {
	for _, sub := range s.subs {
		sub.detach()
	}
}

// report tells the caller about a changed list.
func (s *subscriber) report() {
	list := make([]Subscription, 0, len(s.subs))
	for _, sub := range s.subs {
		list = append(list, Subscription{TrackSID: sub.pub.sid, ID: sub.pub.sid})
	}
	if slices.Equal(list, s.listed) {
		return
	}
	s.mu.Lock()
	s.listed = list
	s.mu.Unlock()
	if f := s.config.Subscribed; f != nil {
		s.out.post(func() { f(slices.Clone(list)) })
	}
}

// list returns what was reported last. It may be called from any goroutine.
func (s *subscriber) list() []Subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.listed)
}
