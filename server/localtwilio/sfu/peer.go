package sfu

import "encoding/json"

// Peer is the server's end of one Participant's PeerConnection. Its methods may
// be called from any goroutine.
type Peer struct{}

// SetTracks replaces the list of Tracks that the Participant announces. Tracks
// that are missing from it are taken from their subscribers.
func (p *Peer) SetTracks(tracks []Track) {}

// Handle applies a later description of the client. Outdated revisions, offers
// during an outstanding offer of the server, and answers nobody waits for are dropped without
// error, as the protocol wants. Answers go out through PeerConfig.Send. The error is
// ErrDescription or ErrClosed.
func (p *Peer) Handle(d Description) error { return nil }

// HandleICE takes the client's candidates (RSP's peer_connections[].ice). An
// ICE-lite server learns addresses from the connectivity checks it receives (RFC 8445
// section 2.5), so nothing is done with them.
func (p *Peer) HandleICE(candidates json.RawMessage) {}

// Current is the last description sent, the first answer included; it is what
// `synced` repeats.
func (p *Peer) Current() Description { return Description{} }

// Subscriptions is the complete list of what the Participant is subscribed to.
func (p *Peer) Subscriptions() []Subscription { return nil }

// SwitchOff pauses the video Tracks of this list, which is complete each time, and
// resumes all others. A resumed Track starts with a keyframe.
func (p *Peer) SwitchOff(trackSIDs []string) {}

// OpenChannel opens a data channel for media signaling (for example
// "active_speaker") and returns the label to announce to the client. Asked again, it gives
// the same label.
func (p *Peer) OpenChannel(name string) (label string, err error) { return "", nil }

// SendChannel sends text on a channel opened with OpenChannel. What is sent before the
// client has opened its end is kept, within limits (ErrBusy).
func (p *Peer) SendChannel(name string, data []byte) error { return nil }

// Close ends the Participant's media, takes its Tracks from the others and waits for its
// goroutines; only a callback that is already running is not waited for (Engine.Close does
// that). It may be called more than once.
func (p *Peer) Close() {}
