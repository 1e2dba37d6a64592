package sfu

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
)

// RouterConfig is what a Router needs beyond its Engine.
type RouterConfig struct {
	// Speaker is told when another Participant becomes the loudest, "" when nobody
	// speaks any more. Called from one goroutine, which Close stops but, as with the
	// callbacks of a Peer, does not wait for. nil switches the detection off.
	Speaker func(participantSID string)
	// VideoCodecs lists the video codecs that may be published, preferred first,
	// among "VP8" and "H264". Empty allows both.
	VideoCodecs []string
}

// Router forwards the media of one Room. It knows who is there and what is published;
// everything else belongs to the Peers, which it only ever posts to.
type Router struct {
	engine *Engine
	config RouterConfig

	done    chan struct{}
	closing sync.Once
	speaker atomic.Value // the dominant speaker's Participant SID, a string

	mu           sync.Mutex
	closed       bool               // guarded by mu
	peers        map[*Peer]struct{} // guarded by mu
	publications []*publication     // guarded by mu; oldest first
	taps         []*Tap             // guarded by mu
}

// NewRouter opens a Room for media.
func (e *Engine) NewRouter(c RouterConfig) *Router {
	r := &Router{engine: e, config: c, done: make(chan struct{}), peers: map[*Peer]struct{}{}}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		r.closed = true
		return r
	}
	e.routers[r] = struct{}{}
	if c.Speaker != nil {
		e.callbacks.run(r.watchSpeaker)
	}
	return r
}

// Close closes every Peer and waits for them, but not for callbacks that are
// already running. It may be called more than once.
func (r *Router) Close() {
	r.closing.Do(func() {
		r.mu.Lock()
		r.closed = true
		peers := make([]*Peer, 0, len(r.peers))
		for p := range r.peers {
			peers = append(peers, p)
		}
		taps := slices.Clone(r.taps)
		r.mu.Unlock()
		for _, t := range taps {
			t.Close()
		}
		close(r.done)
		var wg sync.WaitGroup
		for _, p := range peers {
			wg.Go(p.Close)
		}
		wg.Wait()
		r.engine.mu.Lock()
		delete(r.engine.routers, r)
		r.engine.mu.Unlock()
	})
}

// Join adds a Participant: it applies the client's first offer and returns the
// answer, which carries the server's ICE candidates and says ICE-lite. tracks is what the
// client announced together with it. ctx bounds only the call. An unusable
// offer gives ErrDescription, a closed Router ErrClosed.
func (r *Router) Join(ctx context.Context, c PeerConfig, offer Description, tracks []Track) (*Peer, Description, error) {
	p, err := newPeer(r, c)
	if err != nil {
		return nil, Description{}, fmt.Errorf("join %q: %w", c.ID, err)
	}
	answer, err := p.join(ctx, offer, tracks)
	if err != nil {
		p.Close()
		return nil, Description{}, fmt.Errorf("join %q: %w", c.ID, err)
	}
	return p, answer, nil
}

// add makes p known and subscribes it to what is there already.
func (r *Router) add(p *Peer) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return ErrClosed
	}
	r.peers[p] = struct{}{}
	for _, pub := range r.publications {
		p.loop.post(func() { p.subscribe(pub) })
	}
	return nil
}

// remove forgets p and takes its Tracks from the others.
func (r *Router) remove(p *Peer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.peers, p)
	for _, pub := range slices.Clone(r.publications) {
		if pub.owner == p {
			r.withdraw(pub)
		}
	}
}

// publish offers Tracks of one Participant to the others, who negotiate them together.
func (r *Router) publish(pubs []*publication) {
	r.mu.Lock()
	defer r.mu.Unlock()
	owner := pubs[0].owner
	if _, here := r.peers[owner]; !here {
		return // it is being closed
	}
	r.publications = append(r.publications, pubs...)
	for _, t := range r.taps {
		for _, pub := range pubs {
			t.published(pub)
		}
	}
	for p := range r.peers {
		if p != owner {
			p.loop.post(func() {
				for _, pub := range pubs {
					p.subscribe(pub)
				}
			})
		}
	}
}

// unpublish takes a Track back.
func (r *Router) unpublish(pub *publication) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.withdraw(pub)
}

// withdraw does the work of unpublish; mu is held.
func (r *Router) withdraw(pub *publication) {
	i := slices.Index(r.publications, pub)
	if i < 0 {
		return
	}
	r.publications = slices.Delete(r.publications, i, i+1)
	for _, t := range r.taps {
		t.withdrawn(pub)
	}
	for p := range r.peers {
		if p != pub.owner {
			p.loop.post(func() { p.subscriber.unsubscribe(pub) })
		}
	}
}

// dominant is the SID of the Participant who speaks, "" for nobody.
func (r *Router) dominant() string {
	sid, _ := r.speaker.Load().(string)
	return sid
}

// audio lists the audio publications of the Room.
func (r *Router) audio() []*publication {
	r.mu.Lock()
	defer r.mu.Unlock()
	var as []*publication
	for _, pub := range r.publications {
		if pub.kind == KindAudio && pub.media != nil {
			as = append(as, pub)
		}
	}
	return as
}

// others lists what everybody but p publishes.
func (r *Router) others(p *Peer) []*publication {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.publications), func(pub *publication) bool { return pub.owner == p })
}
