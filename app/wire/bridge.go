package wire

// BridgeVersion is the version of the messages between the agent desktop and
// the Video Room tab.
const BridgeVersion = 1

// Bridge is a window.postMessage between the agent desktop (Flex plugin, demo
// desk) and the Video Room tab (the page at AgentPage in an iframe). Both
// sides check the sender's origin; only "ready" may be posted to any origin, and
// a "left" without a code, from a tab whose program has ended.
//
//	tab -> desktop  ready                  loaded, send me token and open
//	desktop -> tab  token{token}           Flex token, also after each refresh
//	desktop -> tab  open{taskSid, code}    show this escalation
//	tab -> desktop  state{phase, code, muted}  what the agent is doing there
//	desktop -> tab  mute{muted}            switch the microphone off or on
//	desktop -> tab  leave                  disconnect now (wrap-up was chosen)
//	tab -> desktop  left{code}             disconnected, for whatever reason
type Bridge struct {
	// Escalate is BridgeVersion; it marks the message as ours.
	Escalate int    `json:"escalate"`
	Type     string `json:"type"`
	Token    string `json:"token,omitempty"`
	TaskSID  string `json:"taskSid,omitempty"`
	Code     string `json:"code,omitempty"`
	// Phase is a call phase: "idle", "joining", "in_call", "reconnecting", "left".
	Phase string `json:"phase,omitempty"`
	// Muted says that the agent's microphone is off, or is to be.
	Muted bool `json:"muted,omitempty"`
}

// The types of Bridge messages.
const (
	BridgeReady = "ready"
	BridgeToken = "token"
	BridgeOpen  = "open"
	BridgeState = "state"
	BridgeMute  = "mute"
	BridgeLeave = "leave"
	BridgeLeft  = "left"
)
