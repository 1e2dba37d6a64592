package page

// Element ids; browser tests use them too.
const (
	LinkLife   = "link-life" // how long the link works
	CodeInput  = "code-input"
	CodeSubmit = "code-submit"

	JoinButton      = "join-button"
	QuietJoinButton = "join-quiet-button" // join without camera
	CheckButton     = "check-button"      // ask for camera and microphone now
	ConsentInput    = "consent-input"
	ConsentError    = "consent-error"
	PreviewVideo    = "preview-video"
	CancelButton    = "cancel-button" // stop waiting or joining
	ChimeButton     = "chime-button"  // test the speaker
	ChimeNote       = "chime-note"
	NetworkLine     = "network-line"
	AdviceSteps     = "advice-steps" // what to press to allow the devices
	KeysSwitch      = "keys-switch"

	MuteButton       = "mute-button"
	CameraButton     = "camera-button"
	ShareButton      = "share-button"
	FlipButton       = "flip-button"
	FitButton        = "fit-button" // others' pictures whole, or filling their tiles
	MoreButton       = "more-button"
	MorePanel        = "more-panel"
	FullScreenButton = "fullscreen-button"
	LeaveButton      = "leave-button"
	ResumeButton     = "resume-button" // play the sound that autoplay blocked
	BlurButton       = "blur-button"
	MiniButton       = "mini-button" // the call in a small window on top
	TalkButton       = "talk-button"
	TalkPanel        = "talk-panel"
	TalkLog          = "talk-log"
	TalkInput        = "talk-input"
	TalkSend         = "talk-send"
	RefreshButton    = "refresh-button" // take back what a phone call has taken
	QualityNote      = "quality-note"   // our own connection, in words
	CallNotice       = "call-notice"    // what the page did by itself
	MicSelect        = "mic-select"
	CameraSelect     = "camera-select"
	SpeakerSelect    = "speaker-select"

	CallStage  = "call-stage"
	SelfVideo  = "self-video"
	SelfTile   = "self-tile"
	ShareNote  = "share-note" // says that we share our screen
	RecordChip = "recording-chip"

	RejoinButton = "rejoin-button"
	RatingForm   = "rating-form"
	RatingText   = "rating-comment"
	RatingSend   = "rating-send"
	RatingThanks = "rating-thanks"

	AgentStatus  = "agent-status" // the customer's progress, in words
	CopyButton   = "copy-link-button"
	ResendButton = "resend-button"
	LinkText     = "join-link"
	EndButton    = "end-button"
	BusyNote     = "busy-note"
)

// RatingStar is the id of the radio button for a score, 1 to 5.
func RatingStar(score int) string { return "rating-" + string(rune('0'+score)) }

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

// Phase is the current step of a page: the value of data-phase on its root.
type Phase string

// The steps of the pages.
const (
	PhaseHome      Phase = "home"
	PhaseLoading   Phase = "loading" // the page came without its state
	PhaseGreenRoom Phase = "green_room"
	PhaseAsking    Phase = "asking" // the browser is asking for camera and microphone
	PhaseWaiting   Phase = "waiting"
	PhaseJoining   Phase = "joining"
	PhaseInCall    Phase = "in_call"
	PhaseRejoining Phase = "rejoining" // the connection was lost; trying again
	PhaseLost      Phase = "lost"      // trying again was given up
	PhaseAfter     Phase = "after"     // post-video page
	PhaseOver      Phase = "over"      // expired or ended without us
	PhaseBlocked   Phase = "blocked"   // this browser cannot

	PhaseConnecting Phase = "connecting" // the tab waits for the agent desktop
	PhaseIdle       Phase = "idle"       // the agent may join
	PhaseLeft       Phase = "left"       // the agent has left; may join again
)
