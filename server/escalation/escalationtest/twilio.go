// Package escalationtest is a double of what package escalation needs of
// Twilio, in memory and without HTTP: Documents with revisions and time to
// live, Rooms, Tasks, chat and tokens. Tests can make any call fail. It knows
// nothing of the use cases.
package escalationtest

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"escalate/server/escalation"
)

// Twilio is the double. It is safe for concurrent use.
type Twilio struct {
	now func() time.Time

	mu       sync.Mutex // guards all below
	fail     func(op, key string) error
	lose     func(op, key string) error
	written  func(name string, data json.RawMessage)
	event    func(escalation.Callback)
	late     time.Duration
	length   func(json.RawMessage) int // of a Task's attributes
	calls    map[string]int
	docs     map[string]*document
	rooms    []*room
	tasks    map[string]*task
	messages map[string][]escalation.Message
	serial   int

	conversations map[string]escalation.Conversation
}

type document struct {
	serial   int // order of creation
	data     json.RawMessage
	revision int
	expires  time.Time
}

type room struct {
	escalation.Room
	options      escalation.RoomOptions
	participants []escalation.Participant
	recording    bool
	sequence     int       // of the last status callback
	idle         time.Time // since when nobody is in it; zero while somebody is
	used         bool      // somebody has been in it
}

type task struct {
	escalation.Task
	revision int
	workers  map[string]bool
}

// New makes an empty account. now tells the time for Documents' time to live.
func New(now func() time.Time) *Twilio {
	return &Twilio{
		now:           now,
		calls:         map[string]int{},
		docs:          map[string]*document{},
		tasks:         map[string]*task{},
		messages:      map[string][]escalation.Message{},
		length:        func(raw json.RawMessage) int { return utf8.RuneCount(raw) },
		conversations: map[string]escalation.Conversation{},
	}
}

// Deps are the ports of the double.
func (t *Twilio) Deps() escalation.Deps {
	return escalation.Deps{
		Documents: documents{t}, Rooms: rooms{t}, Tasks: tasks{t}, Chat: chat{t}, Tokens: tokens{t},
	}
}

// Fail asks f before every call; an error of f is the call's answer, and the
// call has no effect. op is port and method, such as "documents.update"; key
// is the name or SID. A nil f ends it.
func (t *Twilio) Fail(f func(op, key string) error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fail = f
}

// Lose asks f after every call that changes something and succeeded; an error of
// f is answered although the change was made. f must not call back. A nil f ends it.
func (t *Twilio) Lose(f func(op, key string) error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lose = f
}

// answer is the end of every call that changed something; t.mu is held.
func (t *Twilio) answer(op, key string) error {
	if t.lose == nil {
		return nil
	}
	return t.lose(op, key)
}

// OnWrite tells f of everything that is written into a Document, in order. f
// must not call back.
func (t *Twilio) OnWrite(f func(name string, data json.RawMessage)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.written = f
}

// OnEvent tells f of the status callbacks that Twilio would send: room-ended,
// participant-connected and participant-disconnected. f must not call back.
func (t *Twilio) OnEvent(f func(escalation.Callback)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.event = f
}

// DeleteLate makes expired Documents stay readable for d, as Sync may.
func (t *Twilio) DeleteLate(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.late = d
}

// Calls counts the calls of an op so far.
func (t *Twilio) Calls(op string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.calls[op]
}

// enter is the beginning of every call; it returns with the lock held unless
// there is an error.
func (t *Twilio) enter(ctx context.Context, op, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t.mu.Lock()
	t.calls[op]++
	f := t.fail
	t.mu.Unlock()
	if f != nil {
		if err := f(op, key); err != nil { // unlocked: f may call back
			return err
		}
	}
	t.mu.Lock()
	return nil
}

func (t *Twilio) sid(prefix string) string {
	t.serial++
	return prefix + fmt.Sprintf("%032x", t.serial)
}

// AddTask makes a Task in status assigned, accepted by the Worker.
func (t *Twilio) AddTask(sid, worker string, attributes map[string]any) {
	raw, err := json.Marshal(attributes)
	if err != nil {
		panic(err) // a fault of the test
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tasks[sid] = &task{
		Task:    escalation.Task{SID: sid, Status: "assigned", Attributes: raw},
		workers: map[string]bool{worker: true},
	}
}

// SetAttributes sets a Task's attributes to a text as others may have written it.
func (t *Twilio) SetAttributes(sid, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tasks[sid].Attributes = json.RawMessage(text)
	t.tasks[sid].revision++
}

// Measure makes TaskRouter count a Task's attributes by f; at first it counts
// characters of Unicode.
func (t *Twilio) Measure(f func(attributes json.RawMessage) int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.length = f
}

// SetConversation sets what a Conversation says of itself.
func (t *Twilio) SetConversation(sid string, c escalation.Conversation) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.conversations[sid] = c
}

// SetTaskStatus sets a Task's assignment status; empty deletes the Task.
func (t *Twilio) SetTaskStatus(sid, status string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if status == "" {
		delete(t.tasks, sid)
		return
	}
	t.tasks[sid].Status = status
}

// Transfer gives a Task to another Worker.
func (t *Twilio) Transfer(sid, worker string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tasks[sid].workers = map[string]bool{worker: true}
}

// Attributes returns a Task's attributes.
func (t *Twilio) Attributes(sid string) map[string]any {
	t.mu.Lock()
	defer t.mu.Unlock()
	var m map[string]any
	if tk := t.tasks[sid]; tk != nil {
		if err := json.Unmarshal(tk.Attributes, &m); err != nil {
			panic(err)
		}
	}
	return m
}

// AttributesText returns a Task's attributes as they were written.
func (t *Twilio) AttributesText(sid string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.tasks[sid].Attributes)
}

// Messages returns what was posted into a Conversation.
func (t *Twilio) Messages(conversation string) []escalation.Message {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]escalation.Message(nil), t.messages[conversation]...)
}

// Document returns a Document's data, nil when there is none.
func (t *Twilio) Document(name string) json.RawMessage {
	t.mu.Lock()
	defer t.mu.Unlock()
	if d := t.doc(name); d != nil {
		return d.data
	}
	return nil
}

// DocumentNames returns the names of all Documents.
func (t *Twilio) DocumentNames() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var names []string
	for name := range t.docs {
		if t.doc(name) != nil {
			names = append(names, name)
		}
	}
	return names
}

// DropDocument deletes a Document.
func (t *Twilio) DropDocument(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.docs, name)
}

// doc returns a Document that has not expired; t.mu is held.
func (t *Twilio) doc(name string) *document {
	d := t.docs[name]
	if d == nil || !d.expires.IsZero() && !t.now().Before(d.expires.Add(t.late)) {
		return nil
	}
	return d
}

// Connect puts somebody into a Room, as a browser with a token does, and
// returns the Participant SID; it is empty when the Room is over.
func (t *Twilio) Connect(roomSID, identity string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.room(roomSID)
	if r == nil || !r.InProgress {
		return ""
	}
	p := escalation.Participant{SID: t.sid("PA"), Identity: identity}
	r.participants = append(r.participants, p)
	r.used, r.idle = true, time.Time{}
	t.tell(r, "participant-connected", p)
	return p.SID
}

// Disconnect takes somebody out of a Room without anybody telling.
func (t *Twilio) Disconnect(roomSID, identity string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.room(roomSID); r != nil {
		t.drop(r, func(p escalation.Participant) bool { return p.Identity == identity })
	}
}

// Identities returns who is in a Room.
func (t *Twilio) Identities(roomSID string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []string
	if r := t.room(roomSID); r != nil {
		for _, p := range r.participants {
			all = append(all, p.Identity)
		}
	}
	return all
}

// RoomOptions returns what a Room was made with, and whether it is being
// recorded and still in progress.
func (t *Twilio) RoomOptions(key string) (o escalation.RoomOptions, recording, inProgress bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.room(key); r != nil {
		return r.options, r.recording, r.InProgress
	}
	return o, false, false
}

// RoomCount returns how many Rooms were ever made.
func (t *Twilio) RoomCount() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.rooms)
}

// EndRoom ends a Room behind everybody's back, as a time-out does.
func (t *Twilio) EndRoom(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.room(key); r != nil {
		t.end(r)
	}
}

// EndIdleRooms ends the Rooms whose time-outs have passed.
func (t *Twilio) EndIdleRooms() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.rooms {
		limit := r.options.UnusedTimeout
		if r.used {
			limit = r.options.EmptyTimeout
		}
		if r.InProgress && !r.idle.IsZero() && limit > 0 && t.now().Sub(r.idle) >= limit {
			t.end(r)
		}
	}
}

// RoomsInProgress returns the SIDs of the Rooms that go on.
func (t *Twilio) RoomsInProgress() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []string
	for _, r := range t.rooms {
		if r.InProgress {
			all = append(all, r.SID)
		}
	}
	return all
}

// room finds by SID, or by name while in progress; t.mu is held.
func (t *Twilio) room(key string) *room {
	for _, r := range t.rooms {
		if r.SID == key || r.UniqueName == key && r.InProgress {
			return r
		}
	}
	return nil
}

// end ends a Room for everyone; t.mu is held.
func (t *Twilio) end(r *room) {
	if !r.InProgress {
		return
	}
	t.drop(r, func(escalation.Participant) bool { return true })
	r.InProgress = false
	t.tell(r, "room-ended", escalation.Participant{})
}

// drop takes Participants out of a Room; t.mu is held.
func (t *Twilio) drop(r *room, which func(escalation.Participant) bool) {
	var kept []escalation.Participant
	for _, p := range r.participants {
		if !which(p) {
			kept = append(kept, p)
			continue
		}
		t.tell(r, "participant-disconnected", p)
	}
	r.participants = kept
	if len(kept) == 0 && r.idle.IsZero() {
		r.idle = t.now()
	}
}

// tell makes a status callback; t.mu is held.
func (t *Twilio) tell(r *room, event string, p escalation.Participant) {
	r.sequence++
	if t.event != nil {
		t.event(escalation.Callback{
			Event: event, RoomSID: r.SID, RoomName: r.UniqueName,
			Identity: p.Identity, ParticipantSID: p.SID, Sequence: r.sequence, At: t.now(),
		})
	}
}

func revision(n int) string { return strconv.Itoa(n) }

// TokenFor is the token that the double mints.
func TokenFor(identity, room string) string {
	return strings.Join([]string{"token", identity, room}, "|")
}
