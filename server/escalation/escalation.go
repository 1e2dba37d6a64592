// Package escalation holds the use cases of the product: making a join code
// for a Task, letting agent and customer into the Room, ending, rating. It is
// one state machine whose truth is one Document per code; it says what it
// needs of Twilio in ports.go and knows neither HTTP nor twilio-go. It keeps
// nothing between calls, so any number of replicas may run it.
package escalation

import (
	"time"

	"escalate/app/wire"
)

// Status is where an escalation stands.
type Status string

// The states, in the order they come. See Service for what moves them.
const (
	Invited Status = "invited"
	Open    Status = "open"
	InCall  Status = "in_call"
	Ended   Status = "ended"
	Expired Status = "expired"
)

// Escalation is the content of the Document whose unique name is the code. It
// stays under 16 KiB, Sync's limit.
type Escalation struct {
	// Version grows by one with every change.
	Version      int       `json:"version"`
	Code         string    `json:"code"`
	Status       Status    `json:"status"`
	Task         string    `json:"task"`         // WT…
	Conversation string    `json:"conversation"` // CH…
	Agent        AgentRef  `json:"agent"`
	Room         RoomRef   `json:"room"`
	Created      time.Time `json:"created"`
	// ValidUntil is our own deadline: Sync may delete an expired Document late.
	ValidUntil time.Time `json:"validUntil"`
	// OpenedAt is when an agent first joined; the longest call counts from here.
	OpenedAt  time.Time `json:"openedAt,omitzero"`
	Recording bool      `json:"recording"`
	Consent   []Consent `json:"consent,omitempty"`
	Customer  Progress  `json:"customer"`
	// CustomerName is what to call the customer, for the agent alone: it is told
	// by Escalate and Task, and never stored.
	CustomerName string `json:"-"`
	// Participants are those seen in the Room, newest last, bounded.
	Participants stays `json:"participants,omitempty"`
	// CustomerCame is when a customer was first known to be in the call; stays
	// may be forgotten, this is not. Servers before it left it out.
	CustomerCame time.Time `json:"customerCame,omitzero"`
	Reached      Reached   `json:"reached,omitzero"`
	Outcome
	// LastSequence is the SequenceNumber of the newest status callback, per Room SID.
	LastSequence map[string]int `json:"lastSequence,omitempty"`
	Told
}

// Told is where else something stands of an escalation; its fields, too, stand beside
// the others in the Document.
type Told struct {
	Notice Notice `json:"notice,omitzero"`
	// Invites are those in the chat that are to be posted only once.
	Invites postings `json:"invites,omitempty"`
}

// Outcome is what became of an escalation; its fields stand beside the others
// in the Document.
type Outcome struct {
	EndedAt time.Time `json:"endedAt,omitzero"`
	Rating  *Rating   `json:"rating,omitempty"`
	Receipt *Receipt  `json:"receipt,omitempty"`
	// Settled says that everything that follows from the end is done: the Room
	// completed, the agent's lock free, the receipt and the rating on the Task.
	Settled bool `json:"settled,omitempty"`
}

// Reached is when the customer first came as far: kept for the metrics alone, which
// count each step once, whichever replica makes it.
type Reached struct {
	Opened time.Time `json:"opened,omitzero"` // the link was opened
	Token  time.Time `json:"token,omitzero"`  // an Access Token was handed out
}

// AgentRef is the agent of an escalation.
type AgentRef struct {
	Worker   string `json:"worker"`   // WK…
	Identity string `json:"identity"` // the Flex user's
	Name     string `json:"name"`     // what the customer reads
}

// RoomRef is the Room of an escalation; SID is empty until there is one, which is
// when the agent joins, or before that where EscalateWithRoom was asked.
type RoomRef struct {
	Name string `json:"name"`
	SID  string `json:"sid,omitempty"`
}

// Consent is one person's agreement to be recorded.
type Consent struct {
	Who     string    `json:"who"` // identity
	At      time.Time `json:"at"`
	Wording string    `json:"wording"`
}

// Progress is the customer's latest step, as wire.Progress.
type Progress struct {
	Phase  wire.Phase `json:"phase"`
	Detail string     `json:"detail,omitempty"`
	At     time.Time  `json:"at,omitzero"`
}

// Presence is one Participant's stay in the Room. From Joined on the
// Participant counts as present, because status callbacks may never come.
type Presence struct {
	Identity string `json:"identity"`
	SID      string `json:"sid,omitempty"` // PA…, once Twilio told it
	// Joined is when the token was handed out.
	Joined time.Time `json:"joined"`
	// Connected is when Twilio saw the Participant in the Room; zero before.
	Connected time.Time `json:"connected,omitzero"`
	Left      time.Time `json:"left,omitzero"`
	// Sequence is the SequenceNumber of the newest status callback about this
	// Participant. Callbacks come in any order, so each stay counts for itself.
	Sequence int `json:"sequence,omitempty"`
	// Line is how the connection did, as the page told when it left.
	Line *Line `json:"line,omitempty"`
}

// Line is how the connection of a stay did: how often it broke and was mended,
// and its worst network level, 0 (broken) to 5 (excellent), -1 if never known.
type Line struct {
	Reconnects int `json:"reconnects"`
	Quality    int `json:"quality"`
}

// Rating is the customer's verdict: Score 1 to 5.
type Rating struct {
	Score   int       `json:"score"`
	Comment string    `json:"comment,omitempty"`
	At      time.Time `json:"at"`
}

// Receipt sums a call up for the Task.
type Receipt struct {
	Seconds    int `json:"seconds"` // both were in the Room
	Reconnects int `json:"reconnects"`
	// Quality is the customer's worst network level, 0 to 5; nil if never known.
	Quality *int `json:"quality,omitempty"`
}

// Agent is a Flex user whose token was validated.
type Agent struct {
	Worker     string // WK…
	Identity   string
	Name       string
	Roles      []string
	Supervisor bool // supervisor or admin role
}

// Join is a way into a Room, or the word to wait.
type Join struct {
	Waiting    bool
	Token      string
	Room       string
	Identity   string
	Escalation Escalation
}

// Callback is a Twilio Video status callback, parsed and with its signature
// checked.
type Callback struct {
	Event          string // room-created, participant-connected, …
	RoomSID        string
	RoomName       string
	Identity       string
	ParticipantSID string
	Sequence       int
	At             time.Time
}

// TaskView says whether a Task may be wrapped up, and its live escalation.
type TaskView struct {
	MayWrapUp  bool
	Reason     string
	Escalation *Escalation
}
