// Package call is what is known about a call at one moment, as a plain value:
// who is in the Room, what they publish, how the network is doing. Events go
// in through Apply and a new State comes out; the old one stays as it was. It
// does nothing by itself and knows neither pages nor JavaScript.
package call

import "escalate/app/video"

// Phase is where the call stands for this side.
type Phase string

// The phases. Their names are those of wire.Bridge where it has them.
const (
	Idle         Phase = "idle"
	Joining      Phase = "joining"
	InCall       Phase = "in_call"
	Reconnecting Phase = "reconnecting"
	Left         Phase = "left"   // over; Error says why if it was not our wish
	Failed       Phase = "failed" // could not join; Error says why
)

// State is a call at one moment. The zero State is Idle in all but name; start
// from New.
type State struct {
	Phase   Phase
	RoomSID string
	// Local is us.
	Local video.Participant
	// Participants are the others, in order of arrival.
	Participants []video.Participant
	// Dominant is the SID of who speaks, or "".
	Dominant string
	// Quality is each Participant's network level by SID, 0 to 5; without an
	// entry it is not known.
	Quality map[string]int
	// WorstQuality is our own worst level so far, -1 when never known.
	WorstQuality int
	// Reconnects counts how often our connection broke.
	Reconnects int
	Recording  bool
	// PlaybackBlocked says that a click is needed before sound plays.
	PlaybackBlocked bool
	// Interrupted are our Tracks whose device was taken away, by kind.
	Interrupted map[video.Kind]bool
	// Error is why the call failed, ended, or is reconnecting.
	Error *video.Error

	loud     map[string]int   // measurements until someone counts as silent, by SID
	causes   map[string]Cause // which way a connection is worse, by SID
	measured Cause            // what our own measurement found
	still    int              // measurements since anything arrived
	paused   map[string]bool  // who said that they are interrupted
}

// New is a call not begun.
func New() State { return State{Phase: Idle, WorstQuality: -1} }

// Active says whether the call is being joined or is on.
func (s State) Active() bool {
	return s.Phase == Joining || s.Phase == InCall || s.Phase == Reconnecting
}

// Begin starts joining; whatever was known of an earlier call is forgotten.
func (s State) Begin() State {
	n := New()
	n.Phase = Joining
	return n
}

// Joined says that the Room is there. Events may have come before it, so it
// keeps what they told.
func (s State) Joined(roomSID string, local video.Participant) State {
	if s.Phase != Joining {
		return s // it ended before we heard that it began
	}
	s.Phase = InCall
	s.RoomSID = roomSID
	early := s.Local.Tracks
	s.Local = clone(local)
	for _, t := range early {
		s.Local = withTrack(s.Local, t)
	}
	return s
}

// Fail says that joining went wrong.
func (s State) Fail(err *video.Error) State {
	s.Phase = Failed
	s.Error = err
	return s
}

// End says that we left by our own wish, without waiting for Disconnected.
func (s State) End() State { return s.Apply(video.Disconnected{}) }
