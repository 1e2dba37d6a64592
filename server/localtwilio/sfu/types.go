package sfu

import "escalate/server/localtwilio/sfu/allocator"

// What a client says of how its bandwidth is to be shared. The words are the allocator's.
type (
	// Profile is a bandwidth profile.
	Profile = allocator.Profile
	// Hint is what a client says about how it renders a Track.
	Hint = allocator.Hint
	// Dimensions is a picture's size in pixels.
	Dimensions = allocator.Dimensions
)

// The modes of a Profile, how it switches Tracks off, and the priorities of a Track.
const (
	ModeGrid          = allocator.ModeGrid
	ModeCollaboration = allocator.ModeCollaboration
	ModePresentation  = allocator.ModePresentation

	SwitchOffPredicted = allocator.SwitchOffPredicted
	SwitchOffDetected  = allocator.SwitchOffDetected
	SwitchOffDisabled  = allocator.SwitchOffDisabled

	PriorityLow      = allocator.PriorityLow
	PriorityStandard = allocator.PriorityStandard
	PriorityHigh     = allocator.PriorityHigh
)

// The types of a Description.
const (
	TypeOffer  = "offer"
	TypeAnswer = "answer"
	// TypeCreateOffer asks the other side for an offer numbered one higher. A Peer
	// ignores it: only relayed PeerConnections need it.
	TypeCreateOffer = "create-offer"
	// TypeClose ends the PeerConnection for good.
	TypeClose = "close"
)

// Description is a session description with its revision (RSP's
// peer_connections[].description).
type Description struct {
	Type     string `json:"type"`
	Revision int    `json:"revision"`
	SDP      string `json:"sdp,omitempty"`
}

// The kinds of a Track.
const (
	KindAudio = "audio"
	KindVideo = "video"
	KindData  = "data"
)

// Track is what a Participant says it publishes. It becomes available to others
// when its media (an m-section whose msid has ID, or a data channel labelled ID)
// has arrived as well; either may come first.
type Track struct {
	// SID names the Track to everybody. Subscribers see it as the id in the SDP too,
	// because IDs are the publisher's invention and need not be unique.
	SID string
	// ID is the publisher's name for it: the second word of a=msid, or the label of
	// a data channel.
	ID   string
	Kind string
	// Enabled is false while the Track is muted. Its media flows on (black or
	// silence); it is only left out of the choice of the dominant speaker.
	Enabled bool
	// Priority is the publisher's: PriorityLow, PriorityStandard (or empty) or PriorityHigh.
	Priority string
}

// Subscription says under which id a subscriber finds a Track: in a=msid of the
// m-section offered to it, or as the label of the data channel opened for it.
type Subscription struct{ TrackSID, ID string }

// PeerConfig describes a Participant that joins. All functions may be nil. They
// are called one at a time, in order, from a goroutine of the Peer's own, possibly
// before Join has returned: hand over to the goroutine that called Join. After
// Close has returned no further call begins.
type PeerConfig struct {
	// ID is the Participant's SID.
	ID string
	// SubscribeAll subscribes to every Track of the others, present and future.
	SubscribeAll bool
	// Send delivers the descriptions that follow the first answer.
	Send func(Description)
	// Subscribed is told the complete list whenever it changed, before the offer
	// that carries the change.
	Subscribed func([]Subscription)
	// Message gets text from a media signaling channel opened with OpenChannel,
	// the client's first {"type":"ready"} included.
	Message func(channel string, data []byte)
	// SwitchedOff is told which video Tracks stopped flowing and which flow again, for want of
	// bandwidth or because the subscriber wants it so.
	SwitchedOff func(off, on []string)
	// LayersWanted is told which simulcast layers of a published Track are of use to anybody, by
	// index in the client's description. nil leaves the client to itself.
	LayersWanted func(trackSID string, enabled []bool)
	// Sending is told the codec of each Track whose media arrive, such as "video/VP8". It is called
	// from several goroutines and must not wait. nil is nobody.
	Sending func(mimeType string)
	// Failed says that the transport is gone for good and that Close is due. An
	// interruption that an ICE restart can still mend is not reported.
	Failed func(error)
}
