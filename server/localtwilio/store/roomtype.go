package store

// Types of a Room. The names of the older three are still taken by the Rooms
// resource.
const (
	TypeGroup      = "group"
	TypeGroupSmall = "group-small"
	TypePeerToPeer = "peer-to-peer"
	TypeGo         = "go" // WebRTC Go: peer-to-peer for two
)

// RoomTypes lists them all.
var RoomTypes = []string{TypeGroup, TypeGroupSmall, TypePeerToPeer, TypeGo}

// How many Tracks may be published in a Room at a time, by all of its
// Participants together: of a group Room from the Rooms resource, of a large one
// from twilio-video.js, CHANGELOG.md, 2.12.0.
const (
	publishedTracks      = 170
	publishedTracksLarge = 16
)

// PeerToPeer tells whether the Room's browsers send media to each other, so that
// no server can record or measure it.
func (r Room) PeerToPeer() bool { return r.Type == TypePeerToPeer || r.Type == TypeGo }

// withoutServer takes back what was asked of a server through which no media goes.
func (r *Room) withoutServer() {
	if r.PeerToPeer() {
		r.RecordParticipantsOnConnect, r.RecordingRules, r.MediaRegion = false, nil, ""
	}
}

// MaxPublishedTracks is how many Tracks may be published at a time in all, 0 for
// any number.
func (r Room) MaxPublishedTracks() int {
	switch {
	case r.PeerToPeer():
		return 0
	case r.LargeRoom:
		return publishedTracksLarge
	}
	return publishedTracks
}

// ParticipantsLimit is the most that MaxParticipants may be, and what it is
// where its maker did not say.
func (r Room) ParticipantsLimit() int {
	switch {
	case r.Type == TypeGo:
		return 2
	case r.Type == TypeGroupSmall:
		return 4
	case r.Type == TypePeerToPeer:
		return 10
	case r.LargeRoom:
		return participantsLarge
	}
	return participants
}

// LargestLimit is what MaxParticipants may be where its maker did not say whether the
// Room is large: a group Room for more than 50 is (twilio-video.js, lib/localparticipant.js).
func (r Room) LargestLimit() int {
	if r.Type == "" || r.Type == TypeGroup {
		return participantsLarge
	}
	return r.ParticipantsLimit()
}

// How many Participants a group Room can have, and a large one.
const (
	participants      = 50
	participantsLarge = 100
)
