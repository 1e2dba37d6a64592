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

	enabled atomic.Bool // false while muted
}
