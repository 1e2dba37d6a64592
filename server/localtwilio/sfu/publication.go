package sfu

import "sync/atomic"

// publication is a Track that can be subscribed to: announced, and its media is there.
// Exactly one of media and data is set.
type publication struct {
	owner *Peer
	sid   string
	kind  string
	media *upTrack
	data  *upData

	enabled atomic.Bool  // false while muted
	rank    atomic.Value // the publisher's priority, a string
}

// priority is the publisher's.
func (p *publication) priority() string {
	s, _ := p.rank.Load().(string)
	return s
}
