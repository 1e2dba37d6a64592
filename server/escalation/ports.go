package escalation

import (
	"context"
	"encoding/json"
	"time"
)

// Deps is what a Service needs of Twilio. The ports return the sentinels of
// errors.go, and wrap ErrUnavailable when trying again may help.
type Deps struct {
	Documents Documents
	Rooms     Rooms
	Tasks     Tasks
	Chat      Chat
	Tokens    Tokens
	// Notices are the Documents that customers may read through Sync themselves,
	// perhaps of another Sync Service; nil where there are none.
	Notices Documents
	// News tells other replicas what was changed here; nil where there is no way.
	News News
}

// News is a way to other replicas that may lose what it is told: the truth is in
// Documents. What others tell is handed to Service.Heard.
type News interface {
	// Tell says that a code is at a version, and does not wait.
	Tell(code string, version int)
}

// noNews has nobody to tell.
type noNews struct{}

func (noNews) Tell(string, int) {}

// Documents keeps small JSON texts under unique names (Twilio Sync).
type Documents interface {
	// Create returns ErrNameTaken when the name is in use.
	Create(ctx context.Context, name string, data json.RawMessage, ttl time.Duration) (Document, error)
	// Fetch returns ErrNotFound when there is none.
	Fetch(ctx context.Context, name string) (Document, error)
	// Update replaces the data if the revision is still the newest, else
	// returns ErrConflict. A ttl of zero leaves the expiry as it is.
	Update(ctx context.Context, name, revision string, data json.RawMessage, ttl time.Duration) (Document, error)
	// Page returns up to a hundred of them with their data, in one read, and where
	// the next page begins: empty after the last. The first begins at "".
	Page(ctx context.Context, begin string) (docs []Document, next string, err error)
}

// Document is a JSON text with a revision.
type Document struct {
	Name     string
	Data     json.RawMessage
	Revision string
}

// Rooms is what is asked of Twilio Video.
type Rooms interface {
	// Create returns ErrNameTaken when a Room in progress has the name.
	Create(ctx context.Context, o RoomOptions) (Room, error)
	// Fetch finds a Room by SID, or by name while it is in progress.
	Fetch(ctx context.Context, key string) (Room, error)
	// Complete ends a Room for everyone. A Room that is over already, or was
	// never there, is not an error.
	Complete(ctx context.Context, sid string) error
	// Participants returns those who are connected or reconnecting.
	Participants(ctx context.Context, roomSID string) ([]Participant, error)
	// Remove disconnects a Participant. One that is gone is not an error.
	Remove(ctx context.Context, roomSID, participantSID string) error
	// Record starts recording everything in the Room, or stops it.
	Record(ctx context.Context, roomSID string, on bool) error
}

// RoomOptions describes a Room to make.
type RoomOptions struct {
	UniqueName string
	Type       string // group, or one of Twilio's older types
	// Paused makes a recordable Room that records nothing until Record is called.
	Paused bool
	// EmptyTimeout and UnusedTimeout are 1 to 60 whole minutes.
	EmptyTimeout, UnusedTimeout time.Duration
	MaxParticipants             int
	MaxParticipantDuration      time.Duration
	StatusCallback              string // empty for none
}

// Room is a Twilio Video Room.
type Room struct {
	SID        string
	UniqueName string
	InProgress bool
}

// Participant is someone in a Room.
type Participant struct {
	SID      string
	Identity string
	Started  time.Time // when it connected; zero when unknown
}

// Tasks is what is asked of TaskRouter.
type Tasks interface {
	// Fetch returns ErrNotFound when there is none.
	Fetch(ctx context.Context, sid string) (Task, error)
	// UpdateAttributes replaces all attributes if the revision is still the
	// newest, else returns ErrConflict; ErrTooLarge when they are too long for
	// TaskRouter, which does not say how it counts.
	UpdateAttributes(ctx context.Context, sid, revision string, attributes json.RawMessage) error
	// AssignedTo says whether the Worker has accepted the Task, and has not
	// completed or handed over its Reservation.
	AssignedTo(ctx context.Context, sid, worker string) (bool, error)
}

// Task is a TaskRouter Task.
type Task struct {
	SID        string
	Status     string // pending, reserved, assigned, wrapping, completed, canceled
	Attributes json.RawMessage
	Revision   string
}

// Chat reads Conversations and posts into them.
type Chat interface {
	// Fetch returns ErrNotFound when there is none.
	Fetch(ctx context.Context, conversationSID string) (Conversation, error)
	Send(ctx context.Context, conversationSID string, m Message) error
	// Newest returns up to a hundred Messages, the newest first.
	Newest(ctx context.Context, conversationSID string) ([]Message, error)
}

// Message is a chat message. Attributes is a JSON object or nil.
type Message struct {
	Author     string
	Body       string
	Attributes json.RawMessage
}

// Tokens mints Access Tokens.
type Tokens interface {
	// Mint makes a token with which identity may join the one room.
	Mint(identity, room string, ttl time.Duration) (string, error)
}
