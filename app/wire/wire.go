// Package wire is the JSON contract between the browser half and the server
// half of Escalate: paths, requests, answers, error codes, and the messages
// that the Video Room tab exchanges with the agent desktop. It has structs and
// constants, builds paths, reads and writes identities, says which steps may be
// reported, and does nothing else; it never imports net/http.
//
//	who       method and path                        request     answer
//	customer  GET  /api/escalations/{code}           -           State
//	customer  GET  /api/escalations/{code}/events    -           server-sent events: "state" with a State, "beat" with a Beat
//	customer  POST /api/escalations/{code}/token     JoinRequest Join
//	customer  POST /api/escalations/{code}/progress  Progress    204
//	both      POST /api/escalations/{code}/leave     Leave       204 (also by navigator.sendBeacon)
//	customer  POST /api/escalations/{code}/rating    Rating      Rating (the one that is kept: the first)
//	agent     POST /api/escalations                  Escalate    Escalation
//	agent     POST /api/escalations/{code}/agent-token  {}       Join
//	agent     POST /api/escalations/{code}/end       {}          State
//	agent     GET  /api/tasks/{taskSid}              -           Task
//	Twilio    POST /callbacks/video                  form        204
//
// {code} is what stands in the join link after /join/: a code with its tag. A
// code alone is taken as well, but as a guess, and guesses are rationed.
//
// Agent calls carry "Authorization: Bearer <Flex token>". Every answer of
// status 400 or more is an Error.
package wire

import "time"

// Status is where an escalation stands.
type Status string

// The states of an escalation, in the order they come.
const (
	StatusInvited Status = "invited" // code made, the agent is not in the Room yet
	StatusOpen    Status = "open"    // Room made, the agent has joined; the customer is not in
	StatusInCall  Status = "in_call" // both are in the Room
	StatusEnded   Status = "ended"   // over; may still be rated
	StatusExpired Status = "expired" // the code's time passed before it was used
)

// State is what the holder of a join code may know. Both pages draw from it.
type State struct {
	Code string `json:"code"`
	// Link is what stands in the join link after /join/, the code with its tag:
	// who asks with it is not taken for a guesser. Servers before it left it out.
	Link      string `json:"link,omitempty"`
	Status    Status `json:"status"`
	AgentName string `json:"agentName"`
	// AgentWorker is the Worker whose name AgentName is: WorkerOf tells them from
	// others in the Room. Servers before it left it out.
	AgentWorker string    `json:"agentWorker,omitempty"`
	Brand       string    `json:"brand"`
	Created     time.Time `json:"created"`
	// ValidUntil is when the code stops working, unless a call is running then.
	ValidUntil time.Time `json:"validUntil"`
	// Recording says that the call is recorded.
	Recording       bool     `json:"recording"`
	AgentPresent    bool     `json:"agentPresent"`
	CustomerPresent bool     `json:"customerPresent"`
	Customer        Progress `json:"customer"`
	// Rated says that a rating is stored.
	Rated bool `json:"rated"`
	// Version grows with every change; it is the id of the server-sent event.
	Version int `json:"version"`
}

// JoinRequest asks for the customer's Access Token. Consent is the wording
// that the customer agreed to, required when the call is recorded.
type JoinRequest struct {
	Consent string `json:"consent,omitempty"`
}

// Join is the answer to a wish to join: a token, or "wait".
type Join struct {
	// Waiting is true while the agent is not there; the other fields are then empty.
	Waiting bool `json:"waiting"`
	// Token is a Twilio Access Token with a VideoGrant for Room.
	Token    string `json:"token,omitempty"`
	Room     string `json:"room,omitempty"`
	Identity string `json:"identity,omitempty"`
	// LeaveKey shows, in a Leave or a Rating, that it comes from whom Identity was given to.
	LeaveKey string `json:"leaveKey,omitempty"`
	// Signaling is the WebSocket URL of the signalling server; empty means Twilio's own.
	Signaling string `json:"signaling,omitempty"`
	State     State  `json:"state"`
}

// Leave says that a Participant has left, for when the browser is closing and
// the Room would notice only later. Identity and Key (its LeaveKey) come from Join.
type Leave struct {
	Identity string `json:"identity"`
	Key      string `json:"key"`
	// Call is how the call went for this Participant; nil when not known.
	Call *CallReport `json:"call,omitempty"`
}

// CallReport is how a stay in the Room went, as the page has seen it. The
// server, which knows how long it was, writes the sum of a customer's stays to
// the Task.
type CallReport struct {
	// Reconnects counts how often the connection broke and was mended.
	Reconnects int `json:"reconnects"`
	// Quality is the worst network level, 0 (broken) to 5 (excellent), -1 when
	// it was never known.
	Quality int `json:"quality"`
}

// The names of the server-sent events.
const (
	EventState = "state"
	EventBeat  = "beat"
)

// Beat says that the server is there; it comes at once and then at its pace, so
// that a client notices a stream on which nothing can come any more.
type Beat struct {
	// Every is the pace in milliseconds.
	Every int64 `json:"every"`
}

// Rating is the customer's verdict. Score is 1 (worst) to 5; Comment is at
// most MaxComment characters. A call keeps the first one.
type Rating struct {
	Score   int    `json:"score"`
	Comment string `json:"comment,omitempty"`
	// Identity and Key (its LeaveKey) come from the customer's Join: agents have
	// the code as well. The answer leaves them out.
	Identity string `json:"identity,omitempty"`
	Key      string `json:"key,omitempty"`
}

// MaxComment is the longest rating comment, in characters.
const MaxComment = 1000

// Escalate asks for a join code for a Task. A second request for the same Task
// answers with the live one.
type Escalate struct {
	TaskSID string `json:"taskSid"`
	// SendInvite makes the server post the join link into the Task's
	// Conversation. A desktop that sends the message itself leaves it false.
	SendInvite bool `json:"sendInvite,omitempty"`
	// InviteKey is up to 64 letters, digits, "-" and "_" that the caller chooses for one
	// invite: requests that bring the same one post it once, so that a request without
	// an answer can be sent again.
	InviteKey string `json:"inviteKey,omitempty"`
	// Lang is the language of the invite, as a BCP 47 tag; empty means English.
	Lang string `json:"lang,omitempty"`
}

// Escalation is what an agent may know.
type Escalation struct {
	State
	TaskSID string `json:"taskSid"`
	// CustomerName is what to call the customer; empty when nobody knows. It is
	// no part of State, which whoever has the link may read.
	CustomerName string `json:"customerName,omitempty"`
	// JoinURL is the link for the customer, absolute.
	JoinURL string `json:"joinUrl"`
	// Invite is the text that belongs into the chat, with JoinURL in it.
	Invite string `json:"invite"`
	// Resumed says that the escalation was running already.
	Resumed bool `json:"resumed"`
}

// Task says whether a Task may be wrapped up or completed.
type Task struct {
	TaskSID   string `json:"taskSid"`
	MayWrapUp bool   `json:"mayWrapUp"`
	// Reason is a sentence for the agent when MayWrapUp is false.
	Reason string `json:"reason,omitempty"`
	// Escalation is the Task's live one, if any.
	Escalation *Escalation `json:"escalation,omitempty"`
}

// Page is what the server writes into a page for the Go program that takes it
// over: a JSON block with the id PageDataID.
type Page struct {
	// State is the escalation of a join page; nil on the other pages.
	State *State `json:"state,omitempty"`
	Brand string `json:"brand"`
	// Logo is the path of the brand's picture; empty shows the product's sign.
	Logo string `json:"logo,omitempty"`
	Lang string `json:"lang"`
	// LangChosen says that a person chose Lang, and not the browser.
	LangChosen bool `json:"langChosen,omitempty"`
	// Translate says that the reader would rather have another language than
	// Lang, so that the browser may translate the page.
	Translate bool `json:"translate,omitempty"`
	// Origins are the origins that may frame and message the agent page.
	Origins []string `json:"origins,omitempty"`
	// Network is what a call has to reach; nil when that is not known.
	Network *Network `json:"network,omitempty"`
}

// Network is where a page may look whether a call would get through.
type Network struct {
	// Signaling is a WebSocket URL, STUN are "stun:" URLs.
	Signaling string   `json:"signaling"`
	STUN      []string `json:"stun,omitempty"`
}

// PageDataID is the element id of the JSON block that holds a Page.
const PageDataID = "page-data"
