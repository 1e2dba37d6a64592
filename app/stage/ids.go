package stage

// Element ids of a call besides its controls'; browser tests use them too.
const (
	MorePanel        = "more-panel"
	FullScreenButton = "fullscreen-button"
	ResumeButton     = "resume-button" // play the sound that autoplay blocked
	MiniButton       = "mini-button"   // the call in a small window on top
	KeysSwitch       = "keys-switch"
	TalkButton       = "talk-button"
	TalkPanel        = "talk-panel"
	TalkLog          = "talk-log"
	TalkInput        = "talk-input"
	TalkSend         = "talk-send"
	RefreshButton    = "refresh-button" // take back what a phone call has taken
	QualityNote      = "quality-note"   // our own connection, in words
	CallNotice       = "call-notice"    // what the page did by itself

	CallStage  = "call-stage"
	SelfVideo  = "self-video"
	SelfTile   = "self-tile"
	ShareNote  = "share-note" // says that we share our screen
	RecordChip = "recording-chip"
)

// RemoteTile is the id of a Participant's tile.
func RemoteTile(participantSID string) string { return "remote-tile-" + participantSID }

// RemoteSound is the id of the <audio> that plays what is heard in the tab that a
// Participant shares.
func RemoteSound(participantSID string) string { return "remote-sound-" + participantSID }

// RemoteVideo is the id of the <video> that shows a Participant's camera.
func RemoteVideo(participantSID string) string { return "remote-video-" + participantSID }

// RemoteScreen is the id of the <video> that shows a Participant's screen.
func RemoteScreen(participantSID string) string { return "remote-screen-" + participantSID }

// RemoteAudio is the id of the <audio> that plays a Participant's microphone.
func RemoteAudio(participantSID string) string { return "remote-audio-" + participantSID }
