package page

// Element ids; browser tests use them too.
const (
	LinkLife   = "link-life" // how long the link works
	CodeInput  = "code-input"
	CodeSubmit = "code-submit"

	JoinButton      = "join-button"
	QuietJoinButton = "join-quiet-button" // join without camera
	ConsentInput    = "consent-input"
	ConsentError    = "consent-error"
	CancelButton    = "cancel-button" // stop waiting or joining
	NetworkLine     = "network-line"

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
