package sfu

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v4"
)

// Peer is the server's end of one Participant's PeerConnection. Its methods may
// be called from any goroutine.
//
// It is put together of parts that each own what they are about: negotiation (descriptions), publisher (what the
// client sends), subscriber (what it gets) with its layerAllocator (how large), and channels (media
// signaling). Unless a part says otherwise it belongs to the loop, and only the loop calls it.
type Peer struct {
	peerBase
	negotiation *negotiation
	publisher   *publisher
	subscriber  *subscriber
	layers      *layerAllocator
	channels    channels

	closing sync.Once
	streams atomic.Pointer[directions] // for Quality
	secured atomic.Bool                // DTLS has been up

	// Owned by the loop.
	connected bool
	failed    bool
}

// peerBase is what a Peer is made with and all of its parts use. Nothing in it is ever replaced.
type peerBase struct {
	config PeerConfig
	router *Router
	log    *slog.Logger
	connection

	loop    *mailbox      // work for the goroutine that owns negotiation
	out     *mailbox      // callbacks, for the goroutine that makes them
	done    chan struct{} // closed by Close
	running *goroutines
}

func newPeer(r *Router, c PeerConfig) (*Peer, error) {
	conn, err := r.engine.newConnection(mediaOptions{codecs: r.config.VideoCodecs})
	if err != nil {
		return nil, err
	}
	pc := conn.pc
	p := &Peer{peerBase: peerBase{
		config: c, router: r, connection: conn,
		log:  r.engine.log.With("participant", c.ID),
		loop: newMailbox(), out: newMailbox(), done: make(chan struct{}), running: &goroutines{},
	}}
	p.negotiation = &negotiation{peerBase: p.peerBase}
	p.publisher = newPublisher(p)
	p.layers = &layerAllocator{peerBase: p.peerBase}
	p.subscriber = &subscriber{peerBase: p.peerBase, negotiation: p.negotiation, layers: p.layers}
	pc.OnTrack(p.publisher.onTrack)
	pc.OnDataChannel(p.publisher.onDataChannel)
	pc.SCTP().Transport().OnStateChange(p.dtls)
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		p.loop.post(func() { p.transport(s) })
	})
	p.monitor.estimator.Narrowed = func() { p.loop.post(p.allocate) }
	p.monitor.gaveUp = func(ssrc uint32) { p.loop.post(func() { p.subscriber.refresh(ssrc) }) }
	p.running.run(p.run)
	// Not among running: see the package comment on callbacks.
	r.engine.callbacks.run(func() { p.out.deliver(p.done) })
	return p, nil
}

// run is the goroutine that owns negotiation.
func (p *Peer) run() {
	pace := allocateInterval
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for {
		select {
		case <-p.done:
			return
		case now := <-tick.C:
			p.tick(now)
		case <-p.loop.wake:
			for _, f := range p.loop.take() {
				f()
			}
			p.settle()
		}
		if next := p.pace(); next != pace {
			pace = next
			tick.Reset(pace)
		}
	}
}

// tick is called by the loop, at its pace.
func (p *Peer) tick(now time.Time) {
	p.publisher.sample(now)
	if !p.connected || p.failed {
		return
	}
	p.noteStreams()
	p.layers.allocate(p.subscriber.subs, now)
	p.publisher.hintLayers(now)
	p.publisher.shape(now)
}

// pace returns how often to tick. Nothing changes but by events where there is as much bandwidth as anybody
// wants, and no layers that come and go.
func (p *Peer) pace() time.Duration {
	if p.layers.limited() || p.publisher.layered() || p.subscriber.layered() {
		return allocateInterval
	}
	return calmInterval
}

// join applies the first offer and makes the Peer known to the Room.
func (p *Peer) join(ctx context.Context, offer Description, tracks []Track) (Description, error) {
	var answer Description
	err := p.loop.call(ctx, p.done, func() error {
		if offer.Type != TypeOffer {
			return fmt.Errorf("%w: first is %q", ErrDescription, offer.Type)
		}
		p.publisher.setTracks(tracks)
		var err error
		if answer, err = p.answer(offer); err != nil {
			return err
		}
		return p.router.add(p)
	})
	if err != nil {
		return Description{}, err
	}
	return answer, nil
}

// SetTracks replaces the list of Tracks that the Participant announces. Tracks
// that are missing from it are taken from their subscribers.
func (p *Peer) SetTracks(tracks []Track) {
	tracks = slices.Clone(tracks)
	p.loop.post(func() { p.publisher.setTracks(tracks) })
}

// Handle applies a later description of the client. Outdated revisions, offers
// during an outstanding offer of the server, and answers nobody waits for are dropped without
// error, as the protocol wants. Answers go out through PeerConfig.Send. The error is
// ErrDescription or ErrClosed.
func (p *Peer) Handle(d Description) error {
	return p.loop.call(context.Background(), p.done, func() error { return p.handle(d) })
}

// handle applies a description of the client after the first.
func (p *Peer) handle(d Description) error {
	switch d.Type {
	case TypeOffer:
		if !p.negotiation.accepts(d.Revision) {
			return nil
		}
		a, err := p.answer(d)
		if err != nil {
			return err
		}
		p.negotiation.send(a)
		return nil
	case TypeAnswer:
		if applied, err := p.negotiation.applyAnswer(d); !applied {
			return err
		}
		p.publisher.rematch()
		p.arm()
		return nil
	case TypeCreateOffer, TypeClose:
		return nil
	}
	return fmt.Errorf("%w: type %q", ErrDescription, d.Type)
}

// answer applies an offer and answers it.
func (p *Peer) answer(offer Description) (Description, error) {
	a, err := p.negotiation.answer(offer)
	if err != nil {
		return Description{}, err
	}
	p.publisher.rematch()
	return a, nil
}

// settle is called after each batch of work: it reports subscriptions, then offers what has
// changed, unless an offer is still unanswered.
func (p *Peer) settle() {
	p.subscriber.report()
	if p.failed {
		return
	}
	if revision := p.negotiation.offer(); revision != 0 {
		p.subscriber.offered(revision)
	}
}

// arm starts the DownTracks whose m-sections are answered, once DTLS is up: a keyframe sent
// before would be spent on nothing.
func (p *Peer) arm() {
	if p.connected {
		p.subscriber.start(p.negotiation.stable)
	}
}

// HandleICE takes the client's candidates (RSP's peer_connections[].ice). An
// ICE-lite server learns addresses from the connectivity checks it receives (RFC 8445
// section 2.5), so nothing is done with them.
func (p *Peer) HandleICE(json.RawMessage) {}

// Current returns the last description sent, the first answer included; it is what
// `synced` repeats.
func (p *Peer) Current() Description { return p.negotiation.last() }

// Subscriptions returns the complete list of what the Participant is subscribed to.
func (p *Peer) Subscriptions() []Subscription { return p.subscriber.list() }

// subscribe gives the Peer a Track, if it is still of use.
func (p *Peer) subscribe(pub *publication) {
	if !p.failed {
		p.subscriber.subscribe(pub)
	}
}

// SetWanted subscribes the Participant to the Tracks of this list, which is complete each time,
// present or to come, and to no others; it takes the place of PeerConfig.SubscribeAll.
func (p *Peer) SetWanted(trackSIDs []string) {
	wanted := setOf(trackSIDs)
	p.loop.post(func() {
		p.subscriber.setWanted(wanted)
		for _, pub := range p.router.others(p) {
			p.subscribe(pub)
		}
	})
}

// SwitchOff pauses the video Tracks of this list, which is complete each time, and
// resumes all others. A resumed Track starts with a keyframe.
func (p *Peer) SwitchOff(trackSIDs []string) {
	off := setOf(trackSIDs)
	p.loop.post(func() {
		p.layers.off = off
		p.allocate()
	})
}

// SetProfile replaces the bandwidth profile.
func (p *Peer) SetProfile(f Profile) {
	p.loop.post(func() {
		p.layers.allocator.Profile = f
		p.allocate()
	})
}

// Hint takes what the client says about how it renders Tracks. A Track need not be known yet.
func (p *Peer) Hint(hints []Hint) {
	p.loop.post(func() {
		for _, h := range hints {
			p.layers.allocator.Wishes.Hint(h)
		}
		p.allocate()
	})
}

// Prioritize sets a subscriber's own priority of a Track, "" for the publisher's.
func (p *Peer) Prioritize(trackSID, priority string) {
	p.loop.post(func() {
		p.layers.allocator.Wishes.Prioritize(trackSID, priority)
		p.allocate()
	})
}

// allocate shares the bandwidth among the subscriptions.
func (p *Peer) allocate() { p.layers.allocate(p.subscriber.subs, time.Now()) }

// ResetLayers says that a client does not do what it was last told about a Track's layers, or those
// of all for "": it has begun anew, as twilio-video.js does after replaceTrack, or it could not. It is
// told again, but not before the pause is over.
func (p *Peer) ResetLayers(trackSID string, pause time.Duration) {
	p.loop.post(func() { p.publisher.resetLayers(trackSID, time.Now(), pause) })
}

// Close ends the Participant's media, takes its Tracks from the others and waits for its
// goroutines; only a callback that is already running is not waited for (Engine.Close does
// that). It may be called more than once.
func (p *Peer) Close() {
	p.closing.Do(func() {
		p.router.remove(p) // at once, so that the others need not wait for what follows
		p.loop.close()
		p.out.close()
		close(p.done)
		p.running.refuse()
		// Its error says that some part of the transport had ended before.
		if err := p.pc.GracefulClose(); err != nil {
			p.log.Debug("close PeerConnection", "err", err)
		}
		p.running.wait()
		p.router.remove(p)    // again, for a Join that was under way
		p.subscriber.detach() // the loop has ended: nobody else touches it
	})
}

// setOf returns the set of the words of a list.
func setOf(list []string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, s := range list {
		set[s] = true
	}
	return set
}
