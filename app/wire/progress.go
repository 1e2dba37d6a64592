package wire

import "time"

// Phase is how far the customer has come.
type Phase string

// The customer's phases.
const (
	PhaseInvited    Phase = "invited"    // link sent, not opened
	PhaseOpened     Phase = "opened"     // page open
	PhasePermission Phase = "permission" // the browser is asking for camera and microphone
	PhaseReady      Phase = "ready"      // in the green room
	PhaseWaiting    Phase = "waiting"    // pressed Join before the agent was there
	PhaseJoining    Phase = "joining"
	PhaseInCall     Phase = "in_call"
	PhaseLeft       Phase = "left"
	PhaseTrouble    Phase = "trouble" // Detail says which
)

// Trouble names what keeps the customer from joining; it travels in Progress.Detail.
const (
	TroubleDenied       = "denied"         // permission refused
	TroubleSystem       = "blocked_system" // the operating system blocks the device
	TroubleInUse        = "in_use"         // another program holds the device
	TroubleNoDevice     = "no_device"
	TroubleInAppBrowser = "in_app_browser"
	TroubleUnsupported  = "unsupported"
	TroubleInsecure     = "insecure"    // opened over http
	TroubleSDKBlocked   = "blocked_sdk" // something keeps twilio-video.js away from the page
	TroubleSDKSlow      = "slow_sdk"    // twilio-video.js has not arrived
	TroubleNetwork      = "network"
)

// Progress is the customer's latest step. Detail is a Trouble constant or
// empty. At is set by the server.
type Progress struct {
	Phase  Phase     `json:"phase"`
	Detail string    `json:"detail,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// Reportable says whether a customer's page may report the step. It is stored
// and shown to the agent, so nothing else gets through. PhaseInvited is not
// among it: it says that nobody has opened the link, which is how an escalation
// begins, and whoever reports has opened it.
func (p Progress) Reportable() bool {
	switch p.Phase {
	case PhaseOpened, PhasePermission, PhaseReady, PhaseWaiting, PhaseJoining, PhaseInCall, PhaseLeft, PhaseTrouble:
	default:
		return false
	}
	switch p.Detail {
	case "", TroubleDenied, TroubleSystem, TroubleInUse, TroubleNoDevice, TroubleInAppBrowser, TroubleUnsupported,
		TroubleInsecure, TroubleSDKBlocked, TroubleSDKSlow, TroubleNetwork:
		return true
	}
	return false
}
