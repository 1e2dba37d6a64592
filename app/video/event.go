package video

// Event is something that happened in a Room. The set is closed; the names are
// those of twilio-video.js.
type Event interface{ event() }

// ParticipantConnected says that someone is in the Room; those who were there
// first are announced the same way right after joining.
type ParticipantConnected struct{ Participant Participant }

// ParticipantDisconnected says that someone has left.
type ParticipantDisconnected struct{ SID string }

// ParticipantReconnecting says that someone's connection is broken and being
// mended; ParticipantReconnected that it is whole again.
type ParticipantReconnecting struct{ SID string }

// ParticipantReconnected ends ParticipantReconnecting.
type ParticipantReconnected struct{ SID string }

// TrackPublished tells of a new publication, not yet to be attached.
type TrackPublished struct {
	ParticipantSID string
	Track          Track
}

// TrackUnpublished ends TrackPublished.
type TrackUnpublished struct{ ParticipantSID, TrackSID string }

// TrackSubscribed says that the Track can be attached.
type TrackSubscribed struct {
	ParticipantSID string
	Track          Track
}

// TrackUnsubscribed ends TrackSubscribed.
type TrackUnsubscribed struct{ ParticipantSID, TrackSID string }

// TrackEnabled and TrackDisabled tell of mute.
type TrackEnabled struct{ ParticipantSID, TrackSID string }

// TrackDisabled is the counterpart of TrackEnabled.
type TrackDisabled struct{ ParticipantSID, TrackSID string }

// TrackSwitchedOff says that the server paused a Track to save bandwidth.
type TrackSwitchedOff struct{ ParticipantSID, TrackSID string }

// TrackSwitchedOn ends TrackSwitchedOff.
type TrackSwitchedOn struct{ ParticipantSID, TrackSID string }

// LocalTrackPublished says that the others can have the Track now.
type LocalTrackPublished struct{ Track Track }

// LocalTrackUnpublished ends LocalTrackPublished.
type LocalTrackUnpublished struct{ TrackSID string }

// LocalTrackStopped says that a device went away, or that another program or a
// phone call took it.
type LocalTrackStopped struct{ Kind Kind }

// LocalTrackResumed ends LocalTrackStopped: the device delivers again.
type LocalTrackResumed struct{ Kind Kind }

// ScreenEnded says that the browser's own button ended the screen share.
type ScreenEnded struct{}

// DominantSpeaker names who speaks; SID is empty when nobody does.
type DominantSpeaker struct{ SID string }

// NetworkQuality is a Participant's level, 0 (broken) to 5 (excellent). SID is
// the local one's too. Detailed says that Send and Recv are known: the worst
// level of what they send and of what they receive.
type NetworkQuality struct {
	SID        string
	Level      int
	Detailed   bool
	Send, Recv int
}

// RecordingChanged says whether the Room is being recorded.
type RecordingChanged struct{ On bool }

// PlaybackBlocked says that the browser wants a click before it plays sound.
type PlaybackBlocked struct{}

// PlaybackResumed ends PlaybackBlocked.
type PlaybackResumed struct{}

// DataReceived is a message on a data Track.
type DataReceived struct {
	ParticipantSID string
	Text           string
}

// Reconnecting says that our own connection is broken and being mended.
type Reconnecting struct{ Err *Error }

// Reconnected ends Reconnecting.
type Reconnected struct{}

// Disconnected is the last event. Err is nil after Disconnect, and after being
// removed from the Room.
type Disconnected struct{ Err *Error }

func (ParticipantConnected) event()    {}
func (ParticipantDisconnected) event() {}
func (ParticipantReconnecting) event() {}
func (ParticipantReconnected) event()  {}
func (TrackPublished) event()          {}
func (TrackUnpublished) event()        {}
func (TrackSubscribed) event()         {}
func (TrackUnsubscribed) event()       {}
func (TrackEnabled) event()            {}
func (TrackDisabled) event()           {}
func (TrackSwitchedOff) event()        {}
func (TrackSwitchedOn) event()         {}
func (LocalTrackPublished) event()     {}
func (LocalTrackUnpublished) event()   {}
func (LocalTrackStopped) event()       {}
func (LocalTrackResumed) event()       {}
func (ScreenEnded) event()             {}
func (DominantSpeaker) event()         {}
func (NetworkQuality) event()          {}
func (RecordingChanged) event()        {}
func (PlaybackBlocked) event()         {}
func (PlaybackResumed) event()         {}
func (DataReceived) event()            {}
func (Reconnecting) event()            {}
func (Reconnected) event()             {}
func (Disconnected) event()            {}
