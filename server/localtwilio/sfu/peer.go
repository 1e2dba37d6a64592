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

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// Peer is the server's end of one Participant's PeerConnection. Its methods may
// be called from any goroutine.
type Peer struct {
	config PeerConfig
	router *Router
	log    *slog.Logger
	connection

	loop    *mailbox      // work for the goroutine that owns negotiation
	out     *mailbox      // callbacks, for the goroutine that makes them
	done    chan struct{} // closed by Close
	closing sync.Once
	running goroutines
	streams atomic.Pointer[directions]                           // for Quality
	needed  atomic.Int64                                         // bits per second that all it wants would take
	remb    atomic.Pointer[rtcp.ReceiverEstimatedMaximumBitrate] // for the next report
	claims  claims

	secured atomic.Bool // DTLS has been up

	mu            sync.Mutex
	current       Description                // guarded by mu
	subscriptions []Subscription             // guarded by mu
	channels      map[string]*outChannel     // guarded by mu; by name
	encodings     map[webrtc.SSRC][]encoding // guarded by mu; upper simulcast layers by the first one's SSRC

	// Owned by the loop.
	neg        negotiation
	connected  bool
	failed     bool
	shaped     time.Time               // when the last REMB was sent
	tracks     []Track                 // as announced
	incoming   []*incoming             // media that arrived
	published  map[string]*publication // by Track SID
	subs       []*subscription         // oldest first
	listed     []Subscription          // as last reported
	off        map[string]bool         // Track SIDs switched off by SwitchOff
	steering   steering
	wanted     map[string]bool      // Track SIDs to subscribe to; nil until SetWanted
	layerHints map[string]layerHint // by Track SID
}

func newPeer(r *Router, c PeerConfig) (*Peer, error) {
	conn, err := r.engine.newConnection(mediaOptions{codecs: r.config.VideoCodecs})
	if err != nil {
		return nil, err
	}
	pc := conn.pc
	p := &Peer{
		config: c, router: r, connection: conn,
		log:  r.engine.log.With("participant", c.ID),
		loop: newMailbox(), out: newMailbox(), done: make(chan struct{}),
		channels:   map[string]*outChannel{},
		published:  map[string]*publication{},
		off:        map[string]bool{},
		steering:   steering{wishes: map[string]wish{}, off: map[string]bool{}, starved: map[string]time.Time{}, rest: probePatience},
		layerHints: map[string]layerHint{},
	}
	pc.OnTrack(p.onTrack)
	pc.OnDataChannel(p.onDataChannel)
	pc.SCTP().Transport().OnStateChange(p.dtls)
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		p.loop.post(func() { p.transport(s) })
	})
	p.running.run(p.run)
	p.monitor.bandwidth.narrowed = func() { p.loop.post(func() { p.steer(time.Now()) }) }
	p.monitor.gaveUp = func(ssrc uint32) { p.loop.post(func() { p.refresh(ssrc) }) }
	// Not among running: see the package comment on callbacks.
	r.engine.callbacks.run(p.deliver)
	return p, nil
}

// run is the goroutine that owns negotiation.
func (p *Peer) run() {
	pace := steerInterval
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

// deliver is the goroutine that makes the callbacks.
func (p *Peer) deliver() {
	for {
		select {
		case <-p.done:
			return
		case <-p.out.wake:
		}
		for f, ok := p.out.next(); ok; f, ok = p.out.next() {
			f()
		}
	}
}

// call runs f in the loop and waits for it.
func (p *Peer) call(ctx context.Context, f func() error) error {
	result := make(chan error, 1)
	if !p.loop.post(func() { result <- f() }) {
		return ErrClosed
	}
	select {
	case err := <-result:
		return err
	case <-p.done:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// join applies the first offer and makes the Peer known to the Room.
func (p *Peer) join(ctx context.Context, offer Description, tracks []Track) (Description, error) {
	var answer Description
	err := p.call(ctx, func() error {
		if offer.Type != TypeOffer {
			return fmt.Errorf("%w: first is %q", ErrDescription, offer.Type)
		}
		p.setTracks(tracks)
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
	p.loop.post(func() { p.setTracks(tracks) })
}

// Handle applies a later description of the client. Outdated revisions, offers
// during an outstanding offer of the server, and answers nobody waits for are dropped without
// error, as the protocol wants. Answers go out through PeerConfig.Send. The error is
// ErrDescription or ErrClosed.
func (p *Peer) Handle(d Description) error {
	return p.call(context.Background(), func() error { return p.handle(d) })
}

// HandleICE takes the client's candidates (RSP's peer_connections[].ice). An
// ICE-lite server learns addresses from the connectivity checks it receives (RFC 8445
// section 2.5), so nothing is done with them.
func (p *Peer) HandleICE(json.RawMessage) {}

// Current is the last description sent, the first answer included; it is what
// `synced` repeats.
func (p *Peer) Current() Description {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.current
}

// Subscriptions is the complete list of what the Participant is subscribed to.
func (p *Peer) Subscriptions() []Subscription {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.subscriptions)
}

// SwitchOff pauses the video Tracks of this list, which is complete each time, and
// resumes all others. A resumed Track starts with a keyframe.
func (p *Peer) SwitchOff(trackSIDs []string) {
	off := make(map[string]bool, len(trackSIDs))
	for _, sid := range trackSIDs {
		off[sid] = true
	}
	p.loop.post(func() {
		p.off = off
		p.steer(time.Now())
	})
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
		p.router.remove(p)         // again, for a Join that was under way
		for _, s := range p.subs { // the loop has ended: nobody else touches them
			s.detach()
		}
	})
}
