package store

import (
	"sync"
	"time"
)

// EventKind says what happened. Those of Rooms are the names that Twilio's
// status callbacks have.
type EventKind string

// The events and what they carry besides Kind, Seq and At. Those of Rooms carry
// the Room, and Sequence where a status callback exists.
const (
	RoomCreated             EventKind = "room-created"
	RoomEnded               EventKind = "room-ended"
	ParticipantConnected    EventKind = "participant-connected"    // Participant
	ParticipantReconnecting EventKind = "participant-reconnecting" // Participant; no status callback
	ParticipantReconnected  EventKind = "participant-reconnected"  // Participant; no status callback
	ParticipantDisconnected EventKind = "participant-disconnected" // Participant
	TrackAdded              EventKind = "track-added"              // Participant, Track
	TrackRemoved            EventKind = "track-removed"            // Participant, Track
	TrackEnabled            EventKind = "track-enabled"            // Participant, Track
	TrackDisabled           EventKind = "track-disabled"           // Participant, Track
	SubscribeRulesChanged   EventKind = "subscribe-rules-changed"  // Participant; no status callback
	RecordingChanged        EventKind = "recording-changed"        // no status callback
	RecordingStarted        EventKind = "recording-started"        // Participant, Recording
	RecordingCompleted      EventKind = "recording-completed"      // Participant, Recording
	RecordingFailed         EventKind = "recording-failed"         // Participant, Recording
	RecordingDeleted        EventKind = "recording-deleted"        // Recording alone; no status callback
	CompositionChanged      EventKind = "composition-changed"      // Composition alone; no status callback

	DocumentCreated EventKind = "document-created" // Document
	DocumentUpdated EventKind = "document-updated" // Document
	DocumentRemoved EventKind = "document-removed" // Document; deleted or expired

	WorkerCreated      EventKind = "worker-created"      // Worker
	WorkerUpdated      EventKind = "worker-updated"      // Worker
	TaskCreated        EventKind = "task-created"        // Task
	TaskUpdated        EventKind = "task-updated"        // Task
	TaskRemoved        EventKind = "task-removed"        // Task
	ReservationCreated EventKind = "reservation-created" // Task, Reservation
	ReservationUpdated EventKind = "reservation-updated" // Task, Reservation

	ConversationCreated EventKind = "conversation-created" // Conversation
	ConversationUpdated EventKind = "conversation-updated" // Conversation
	MessageAdded        EventKind = "message-added"        // Conversation, Message
	MessageUpdated      EventKind = "message-updated"      // Conversation, Message

	ChatParticipantAdded   EventKind = "chat-participant-added"   // Conversation, ChatParticipant
	ChatParticipantUpdated EventKind = "chat-participant-updated" // Conversation, ChatParticipant
	ChatParticipantRemoved EventKind = "chat-participant-removed" // Conversation, ChatParticipant
	ChatUserUpdated        EventKind = "chat-user-updated"        // ChatUser

	CollectionRemoved EventKind = "collection-removed" // Collection; deleted or expired
	ItemAdded         EventKind = "item-added"         // Collection, Item
	ItemUpdated       EventKind = "item-updated"       // Collection, Item
	ItemRemoved       EventKind = "item-removed"       // Collection, Item; deleted or expired
)

// Event is one committed change, with copies of the things it touched.
type Event struct {
	Kind EventKind
	// Seq counts all events of this Store since Open, from 1.
	Seq uint64
	// Sequence is the SequenceNumber of the Room's status callback, from 0; it
	// goes on counting over restarts. -1 where no status callback exists.
	Sequence int
	At       time.Time

	Room         Room
	Participant  Participant
	Track        Track
	Recording    Recording
	Composition  Composition
	Document     Document
	Worker       Worker
	Task         Task
	Reservation  Reservation
	Conversation Conversation
	Message      Message

	ChatParticipant ChatParticipant
	ChatUser        ChatUser
	Collection      Collection
	Item            Item
}

// Watch calls f with every change from now on, in commit order, on a goroutine
// of its own and never with a lock held, so f may use the Store. A slow f
// holds up nobody: its events queue. stop ends the calls and waits for one that
// is running; it drops what is still queued and must not be called by f. Close
// stops all watches.
func (s *Store) Watch(f func(Event)) (stop func()) {
	w := &watch{wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{})}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return func() {}
	}
	s.watches[w] = struct{}{}
	s.mu.Unlock()
	go w.run(f)
	return func() {
		s.mu.Lock()
		delete(s.watches, w)
		s.mu.Unlock()
		w.stop()
	}
}

// watch is an unbounded queue and the goroutine that empties it.
type watch struct {
	wake chan struct{} // holds one token: "the queue is not empty"
	quit chan struct{}
	done chan struct{} // closed when run has returned
	once sync.Once

	mu    sync.Mutex
	queue []Event
}

func (w *watch) push(events []Event) {
	w.mu.Lock()
	w.queue = append(w.queue, events...)
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default: // a token is there already
	}
}

func (w *watch) run(f func(Event)) {
	defer close(w.done)
	for {
		select {
		case <-w.quit:
			return
		case <-w.wake:
		}
		w.mu.Lock()
		events := w.queue
		w.queue = nil
		w.mu.Unlock()
		for _, e := range events {
			select {
			case <-w.quit:
				return
			default:
			}
			f(e)
		}
	}
}

func (w *watch) stop() {
	w.once.Do(func() { close(w.quit) })
	<-w.done
}
