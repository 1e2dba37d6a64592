package store

import "time"

// Event is one committed change. It is small, so that a watch's queue is too;
// what it says of the things it touched is one copy that all watches share.
type Event struct {
	// Seq counts all events of this Store since Open, from 1.
	Seq uint64
	At  time.Time
	// Notice is for the webhooks of Conversations; nil where they tell nobody.
	Notice *ChatNotice
	// Change is what happened. Nobody may write to what it points at.
	Change Change
}

// Change is what happened: a pointer to one of the types below, which are all
// there are. It holds the things as they were when it was committed.
type Change interface{ change() }

// Announced is a Change that Twilio tells a Room's receiver of, in a status
// callback named like the type.
type Announced interface {
	Change
	Details() *Announcement
}

// Announcement is what every status callback says.
type Announcement struct {
	Room Room
	// Sequence is the callback's SequenceNumber, from 0 in each Room; it goes on
	// counting over restarts.
	Sequence int
}

// Details returns a itself.
func (a *Announcement) Details() *Announcement { return a }

func (a *Announcement) change() {}

// What is announced of a Room, with who and what it concerns.
type (
	RoomCreated struct{ Announcement }
	RoomEnded   struct{ Announcement }

	ParticipantConnected struct {
		Announcement
		Participant Participant
	}
	ParticipantDisconnected struct {
		Announcement
		Participant Participant
	}

	TrackAdded struct {
		Announcement
		Participant Participant
		Track       Track
	}
	TrackRemoved struct {
		Announcement
		Participant Participant
		Track       Track
	}
	TrackEnabled struct {
		Announcement
		Participant Participant
		Track       Track
	}
	TrackDisabled struct {
		Announcement
		Participant Participant
		Track       Track
	}

	RecordingStarted struct {
		Announcement
		Participant Participant
		Recording   Recording
	}
	RecordingCompleted struct {
		Announcement
		Participant Participant
		Recording   Recording
	}
	RecordingFailed struct {
		Announcement
		Participant Participant
		Recording   Recording
	}
)

// What else happens to a Room and to what was recorded of it.
type (
	ParticipantReconnecting struct{ Participant Participant }
	ParticipantReconnected  struct{ Participant Participant }
	SubscribeRulesChanged   struct{ Participant Participant }
	RecordingRulesChanged   struct{ Room Room } // or the Room's option of the same purpose
	RecordingDeleted        struct{ Recording Recording }
	CompositionChanged      struct{ Composition Composition }
	TranscriptionChanged    struct{ Transcription Transcription }

	CompositionProgressed struct {
		Composition Composition
		Percent     int
		Remaining   time.Duration
	}
	CompositionHookFailed struct {
		Hook    CompositionHook
		RoomSID string
		Why     string
	}
)

// What happens in Sync. What expires is removed.
type (
	DocumentCreated   struct{ Document Document }
	DocumentUpdated   struct{ Document Document }
	DocumentRemoved   struct{ Document Document }
	CollectionRemoved struct{ Collection Collection }

	StreamMessagePublished struct {
		Collection Collection
		Message    StreamMessage
	}
	ItemAdded struct {
		Collection Collection
		Item       Item
	}
	ItemUpdated struct {
		Collection Collection
		Item       Item
	}
	ItemRemoved struct {
		Collection Collection
		Item       Item
	}
)

// What happens in TaskRouter.
type (
	WorkerCreated struct{ Worker Worker }
	WorkerUpdated struct {
		Worker Worker
		Was    Worker // before
	}
	WorkerRemoved struct{ Worker Worker }
	TaskCreated   struct{ Task Task }
	TaskUpdated   struct {
		Task Task
		Was  string // its AssignmentStatus before
	}
	TaskRemoved struct{ Task Task }
	// RoutingDue says that a Task has waited in its step of a Workflow as long as that allows.
	RoutingDue struct{ Task Task }
	// RoutingChanged says that something of TaskRouter's has: a Workspace, Activity, TaskChannel, TaskQueue or Workflow.
	RoutingChanged       struct{}
	WorkerChannelUpdated struct {
		Channel WorkerChannel
		Was     WorkerChannel // before
	}

	ReservationCreated struct {
		Task        Task
		Reservation Reservation
	}
	ReservationUpdated struct {
		Task        Task
		Reservation Reservation
	}
)

// What happens in Conversations.
type (
	ConversationCreated struct{ Conversation Conversation }
	ConversationUpdated struct {
		Conversation Conversation
		// StateFrom is the State before, where it is another now, and StateReason what
		// made it so: API, TIMER or EVENT.
		StateFrom, StateReason string
	}
	// ConversationRemoved comes before the removals of those who were in it.
	ConversationRemoved struct{ Conversation Conversation }

	ChatUserCreated struct{ ChatUser ChatUser }
	ChatUserUpdated struct{ ChatUser ChatUser }

	MessageAdded struct {
		Conversation Conversation
		Message      Message
	}
	MessageUpdated struct {
		Conversation Conversation
		Message      Message
	}
	// MessageRemoved has the Message as it was.
	MessageRemoved struct {
		Conversation Conversation
		Message      Message
	}

	// MediaRemoved says that no Message has the file any more.
	MediaRemoved struct{ Media Media }

	ChatParticipantAdded struct {
		Conversation    Conversation
		ChatParticipant ChatParticipant
	}
	ChatParticipantUpdated struct {
		Conversation    Conversation
		ChatParticipant ChatParticipant
	}
	ChatParticipantRemoved struct {
		Conversation    Conversation
		ChatParticipant ChatParticipant
	}
)

func (*ParticipantReconnecting) change() {}
func (*ParticipantReconnected) change()  {}
func (*SubscribeRulesChanged) change()   {}
func (*RecordingRulesChanged) change()   {}
func (*RecordingDeleted) change()        {}
func (*CompositionChanged) change()      {}
func (*TranscriptionChanged) change()    {}
func (*CompositionProgressed) change()   {}
func (*CompositionHookFailed) change()   {}
func (*DocumentCreated) change()         {}
func (*DocumentUpdated) change()         {}
func (*DocumentRemoved) change()         {}
func (*CollectionRemoved) change()       {}
func (*StreamMessagePublished) change()  {}
func (*ItemAdded) change()               {}
func (*ItemUpdated) change()             {}
func (*ItemRemoved) change()             {}
func (*WorkerCreated) change()           {}
func (*WorkerUpdated) change()           {}
func (*WorkerRemoved) change()           {}
func (*WorkerChannelUpdated) change()    {}
func (*RoutingDue) change()              {}
func (*RoutingChanged) change()          {}
func (*TaskCreated) change()             {}
func (*TaskUpdated) change()             {}
func (*TaskRemoved) change()             {}
func (*ReservationCreated) change()      {}
func (*ReservationUpdated) change()      {}
func (*ConversationCreated) change()     {}
func (*ConversationUpdated) change()     {}
func (*ConversationRemoved) change()     {}
func (*ChatUserCreated) change()         {}
func (*ChatUserUpdated) change()         {}
func (*MessageAdded) change()            {}
func (*MessageUpdated) change()          {}
func (*MediaRemoved) change()            {}
func (*MessageRemoved) change()          {}
func (*ChatParticipantAdded) change()    {}
func (*ChatParticipantUpdated) change()  {}
func (*ChatParticipantRemoved) change()  {}
