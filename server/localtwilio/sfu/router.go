package sfu

import "context"

// RouterConfig is what a Router needs beyond its Engine.
type RouterConfig struct {
	// Speaker is told when another Participant becomes the loudest, "" when nobody
	// speaks any more. Called from one goroutine; nil switches the detection off.
	Speaker func(participantSID string)
	// VideoCodecs lists the video codecs that may be published, preferred first,
	// among "VP8" and "H264". Empty allows both.
	VideoCodecs []string
}

// Router forwards the media of one Room.
type Router struct{}

// NewRouter opens a Room for media.
func (e *Engine) NewRouter(c RouterConfig) *Router { return &Router{} }

// Close closes every Peer and waits for them. It may be called more than once.
func (r *Router) Close() {}

// Join adds a Participant: it applies the client's first offer and returns the
// answer, which carries the server's ICE candidates and says ICE-lite. tracks is what the
// client announced together with it. ctx bounds only the call. An unusable
// offer gives ErrDescription, a closed Router ErrClosed.
func (r *Router) Join(ctx context.Context, c PeerConfig, offer Description, tracks []Track) (*Peer, Description, error) {
	return nil, Description{}, ErrClosed
}
