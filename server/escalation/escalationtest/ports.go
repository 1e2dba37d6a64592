package escalationtest

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"escalate/server/escalation"
)

// maxData is Sync's limit for a Document's data, in bytes.
const maxData = 16 << 10

// maxAttributes is TaskRouter's limit for a Task's attributes, in characters.
const maxAttributes = 4096

type documents struct{ t *Twilio }

func (p documents) Create(ctx context.Context, name string, data json.RawMessage, ttl time.Duration) (escalation.Document, error) {
	if err := p.t.enter(ctx, "documents.create", name); err != nil {
		return escalation.Document{}, err
	}
	defer p.t.mu.Unlock()
	if p.t.doc(name) != nil {
		return escalation.Document{}, escalation.ErrNameTaken
	}
	p.t.serial++
	d := &document{serial: p.t.serial}
	p.t.docs[name] = d
	return p.write("documents.create", name, d, data, ttl)
}

func (p documents) write(op, name string, d *document, data json.RawMessage, ttl time.Duration) (escalation.Document, error) {
	if len(data) > maxData {
		return escalation.Document{}, errTooLarge
	}
	d.data = append(json.RawMessage(nil), data...)
	d.revision++
	if ttl > 0 {
		d.expires = p.t.now().Add(ttl)
	}
	if p.t.written != nil {
		p.t.written(name, d.data)
	}
	return escalation.Document{Name: name, Data: d.data, Revision: revision(d.revision)}, p.t.answer(op, name)
}

func (p documents) Fetch(ctx context.Context, name string) (escalation.Document, error) {
	if err := p.t.enter(ctx, "documents.fetch", name); err != nil {
		return escalation.Document{}, err
	}
	defer p.t.mu.Unlock()
	d := p.t.doc(name)
	if d == nil {
		return escalation.Document{}, escalation.ErrNotFound
	}
	return escalation.Document{Name: name, Data: d.data, Revision: revision(d.revision)}, nil
}

func (p documents) Update(ctx context.Context, name, rev string, data json.RawMessage, ttl time.Duration) (escalation.Document, error) {
	if err := p.t.enter(ctx, "documents.update", name); err != nil {
		return escalation.Document{}, err
	}
	defer p.t.mu.Unlock()
	d := p.t.doc(name)
	if d == nil {
		return escalation.Document{}, escalation.ErrNotFound
	}
	if revision(d.revision) != rev {
		return escalation.Document{}, escalation.ErrConflict
	}
	return p.write("documents.update", name, d, data, ttl)
}

func (p documents) List(ctx context.Context) ([]escalation.Document, error) {
	if err := p.t.enter(ctx, "documents.list", ""); err != nil {
		return nil, err
	}
	defer p.t.mu.Unlock()
	var names []string
	for name := range p.t.docs {
		if p.t.doc(name) != nil {
			names = append(names, name)
		}
	}
	// In the same order each time, so that what a test does can be repeated.
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(p.t.docs[a].serial, p.t.docs[b].serial) })
	all := make([]escalation.Document, 0, len(names))
	for _, name := range names {
		d := p.t.docs[name]
		all = append(all, escalation.Document{Name: name, Data: d.data, Revision: revision(d.revision)})
	}
	return all, nil
}

type rooms struct{ t *Twilio }

func (p rooms) Create(ctx context.Context, o escalation.RoomOptions) (escalation.Room, error) {
	if err := p.t.enter(ctx, "rooms.create", o.UniqueName); err != nil {
		return escalation.Room{}, err
	}
	defer p.t.mu.Unlock()
	if p.t.room(o.UniqueName) != nil {
		return escalation.Room{}, escalation.ErrNameTaken
	}
	r := &room{
		Room:      escalation.Room{SID: p.t.sid("RM"), UniqueName: o.UniqueName, InProgress: true},
		options:   o,
		recording: false,
		idle:      p.t.now(),
	}
	p.t.rooms = append(p.t.rooms, r)
	return r.Room, p.t.answer("rooms.create", o.UniqueName)
}

func (p rooms) Fetch(ctx context.Context, key string) (escalation.Room, error) {
	if err := p.t.enter(ctx, "rooms.fetch", key); err != nil {
		return escalation.Room{}, err
	}
	defer p.t.mu.Unlock()
	r := p.t.room(key)
	if r == nil {
		return escalation.Room{}, escalation.ErrNotFound
	}
	return r.Room, nil
}

func (p rooms) Complete(ctx context.Context, sid string) error {
	if err := p.t.enter(ctx, "rooms.complete", sid); err != nil {
		return err
	}
	defer p.t.mu.Unlock()
	if r := p.t.room(sid); r != nil {
		p.t.end(r)
	}
	return p.t.answer("rooms.complete", sid)
}

func (p rooms) Participants(ctx context.Context, roomSID string) ([]escalation.Participant, error) {
	if err := p.t.enter(ctx, "rooms.participants", roomSID); err != nil {
		return nil, err
	}
	defer p.t.mu.Unlock()
	r := p.t.room(roomSID)
	if r == nil {
		return nil, escalation.ErrNotFound
	}
	return append([]escalation.Participant(nil), r.participants...), nil
}

func (p rooms) Remove(ctx context.Context, roomSID, participantSID string) error {
	if err := p.t.enter(ctx, "rooms.remove", participantSID); err != nil {
		return err
	}
	defer p.t.mu.Unlock()
	if r := p.t.room(roomSID); r != nil {
		p.t.drop(r, func(x escalation.Participant) bool { return x.SID == participantSID })
	}
	return p.t.answer("rooms.remove", participantSID)
}

func (p rooms) Record(ctx context.Context, roomSID string, on bool) error {
	if err := p.t.enter(ctx, "rooms.record", roomSID); err != nil {
		return err
	}
	defer p.t.mu.Unlock()
	r := p.t.room(roomSID)
	if r == nil {
		return escalation.ErrNotFound
	}
	r.recording = on
	return p.t.answer("rooms.record", roomSID)
}

type tasks struct{ t *Twilio }

func (p tasks) Fetch(ctx context.Context, sid string) (escalation.Task, error) {
	if err := p.t.enter(ctx, "tasks.fetch", sid); err != nil {
		return escalation.Task{}, err
	}
	defer p.t.mu.Unlock()
	t := p.t.tasks[sid]
	if t == nil {
		return escalation.Task{}, escalation.ErrNotFound
	}
	answer := t.Task
	answer.Revision = revision(t.revision)
	return answer, nil
}

func (p tasks) UpdateAttributes(ctx context.Context, sid, rev string, attributes json.RawMessage) error {
	if err := p.t.enter(ctx, "tasks.update", sid); err != nil {
		return err
	}
	defer p.t.mu.Unlock()
	t := p.t.tasks[sid]
	if t == nil {
		return escalation.ErrNotFound
	}
	if revision(t.revision) != rev {
		return escalation.ErrConflict
	}
	if p.t.length(attributes) > maxAttributes {
		return escalation.ErrTooLarge
	}
	t.Attributes = append(json.RawMessage(nil), attributes...)
	t.revision++
	return p.t.answer("tasks.update", sid)
}

func (p tasks) AssignedTo(ctx context.Context, sid, worker string) (bool, error) {
	if err := p.t.enter(ctx, "tasks.assigned", sid); err != nil {
		return false, err
	}
	defer p.t.mu.Unlock()
	t := p.t.tasks[sid]
	if t == nil {
		return false, escalation.ErrNotFound
	}
	return t.workers[worker], nil
}

type chat struct{ t *Twilio }

func (p chat) Fetch(ctx context.Context, conversation string) (escalation.Conversation, error) {
	if err := p.t.enter(ctx, "chat.fetch", conversation); err != nil {
		return escalation.Conversation{}, err
	}
	defer p.t.mu.Unlock()
	return p.t.conversations[conversation], nil
}

func (p chat) Send(ctx context.Context, conversation string, m escalation.Message) error {
	if err := p.t.enter(ctx, "chat.send", conversation); err != nil {
		return err
	}
	defer p.t.mu.Unlock()
	p.t.messages[conversation] = append(p.t.messages[conversation], m)
	return nil
}

type tokens struct{ t *Twilio }

func (p tokens) Mint(identity, room string, _ time.Duration) (string, error) {
	if err := p.t.enter(context.Background(), "tokens.mint", identity); err != nil {
		return "", err
	}
	defer p.t.mu.Unlock()
	return TokenFor(identity, room), nil
}
