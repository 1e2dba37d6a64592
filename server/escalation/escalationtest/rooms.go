package escalationtest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"escalate/server/escalation"
)

// Rooms is Twilio Video.
type Rooms struct {
	faults *Faults
	now    func() time.Time

	mu     sync.Mutex // guards all below
	all    []*room
	serial int
	event  func(escalation.Callback)
}

var _ escalation.Rooms = (*Rooms)(nil)

type room struct {
	escalation.Room
	options      escalation.RoomOptions
	participants []escalation.Participant
	recording    bool
	sequence     int       // of the last status callback
	idle         time.Time // since when nobody is in it; zero while somebody is
	used         bool      // somebody has been in it
}

// Create is escalation.Rooms.
func (p *Rooms) Create(ctx context.Context, o escalation.RoomOptions) (escalation.Room, error) {
	if err := p.faults.enter(ctx, "rooms.create", o.UniqueName); err != nil {
		return escalation.Room{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.room(o.UniqueName) != nil {
		return escalation.Room{}, escalation.ErrNameTaken
	}
	r := &room{
		Room:    escalation.Room{SID: p.sid("RM"), UniqueName: o.UniqueName, InProgress: true},
		options: o,
		idle:    p.now(),
	}
	p.all = append(p.all, r)
	return r.Room, p.faults.leave("rooms.create", o.UniqueName)
}

// Fetch is escalation.Rooms.
func (p *Rooms) Fetch(ctx context.Context, key string) (escalation.Room, error) {
	if err := p.faults.enter(ctx, "rooms.fetch", key); err != nil {
		return escalation.Room{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.room(key)
	if r == nil {
		return escalation.Room{}, escalation.ErrNotFound
	}
	return r.Room, nil
}

// Complete is escalation.Rooms.
func (p *Rooms) Complete(ctx context.Context, sid string) error {
	if err := p.faults.enter(ctx, "rooms.complete", sid); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.room(sid); r != nil {
		p.end(r)
	}
	return p.faults.leave("rooms.complete", sid)
}

// Participants is escalation.Rooms.
func (p *Rooms) Participants(ctx context.Context, roomSID string) ([]escalation.Participant, error) {
	if err := p.faults.enter(ctx, "rooms.participants", roomSID); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.room(roomSID)
	if r == nil {
		return nil, escalation.ErrNotFound
	}
	return slices.Clone(r.participants), nil
}

// Remove is escalation.Rooms.
func (p *Rooms) Remove(ctx context.Context, roomSID, participantSID string) error {
	if err := p.faults.enter(ctx, "rooms.remove", participantSID); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.room(roomSID); r != nil {
		p.drop(r, func(x escalation.Participant) bool { return x.SID == participantSID })
	}
	return p.faults.leave("rooms.remove", participantSID)
}

// Record is escalation.Rooms.
func (p *Rooms) Record(ctx context.Context, roomSID string, on bool) error {
	if err := p.faults.enter(ctx, "rooms.record", roomSID); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.room(roomSID)
	if r == nil {
		return escalation.ErrNotFound
	}
	r.recording = on
	return p.faults.leave("rooms.record", roomSID)
}

// OnEvent tells f of the status callbacks that Twilio would send: room-ended,
// participant-connected and participant-disconnected. f must not call back.
func (p *Rooms) OnEvent(f func(escalation.Callback)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.event = f
}

// Connect puts somebody into a Room, as a browser with a token does, and
// returns the Participant SID; it is empty when the Room is over.
func (p *Rooms) Connect(roomSID, identity string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.room(roomSID)
	if r == nil || !r.InProgress {
		return ""
	}
	x := escalation.Participant{SID: p.sid("PA"), Identity: identity}
	r.participants = append(r.participants, x)
	r.used, r.idle = true, time.Time{}
	p.tell(r, "participant-connected", x)
	return x.SID
}

// Disconnect takes somebody out of a Room without anybody telling.
func (p *Rooms) Disconnect(roomSID, identity string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.room(roomSID); r != nil {
		p.drop(r, func(x escalation.Participant) bool { return x.Identity == identity })
	}
}

// Identities returns who is in a Room.
func (p *Rooms) Identities(roomSID string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []string
	if r := p.room(roomSID); r != nil {
		for _, x := range r.participants {
			all = append(all, x.Identity)
		}
	}
	return all
}

// Options returns what a Room was made with, and whether it is being recorded
// and still in progress.
func (p *Rooms) Options(key string) (o escalation.RoomOptions, recording, inProgress bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.room(key); r != nil {
		return r.options, r.recording, r.InProgress
	}
	return o, false, false
}

// Count returns how many Rooms were ever made.
func (p *Rooms) Count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.all)
}

// InProgress returns the SIDs of the Rooms that go on.
func (p *Rooms) InProgress() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []string
	for _, r := range p.all {
		if r.InProgress {
			all = append(all, r.SID)
		}
	}
	return all
}

// End ends a Room behind everybody's back, as a time-out does.
func (p *Rooms) End(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.room(key); r != nil {
		p.end(r)
	}
}

// EndIdle ends the Rooms whose time-outs have passed.
func (p *Rooms) EndIdle() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.all {
		limit := r.options.UnusedTimeout
		if r.used {
			limit = r.options.EmptyTimeout
		}
		if r.InProgress && !r.idle.IsZero() && limit > 0 && p.now().Sub(r.idle) >= limit {
			p.end(r)
		}
	}
}

// room finds by SID, or by name while in progress; p.mu is held.
func (p *Rooms) room(key string) *room {
	for _, r := range p.all {
		if r.SID == key || r.UniqueName == key && r.InProgress {
			return r
		}
	}
	return nil
}

// end ends a Room for everyone; p.mu is held.
func (p *Rooms) end(r *room) {
	if !r.InProgress {
		return
	}
	p.drop(r, func(escalation.Participant) bool { return true })
	r.InProgress = false
	p.tell(r, "room-ended", escalation.Participant{})
}

// drop takes Participants out of a Room; p.mu is held.
func (p *Rooms) drop(r *room, which func(escalation.Participant) bool) {
	var kept []escalation.Participant
	for _, x := range r.participants {
		if !which(x) {
			kept = append(kept, x)
			continue
		}
		p.tell(r, "participant-disconnected", x)
	}
	r.participants = kept
	if len(kept) == 0 && r.idle.IsZero() {
		r.idle = p.now()
	}
}

// tell makes a status callback; p.mu is held.
func (p *Rooms) tell(r *room, event string, x escalation.Participant) {
	r.sequence++
	if p.event != nil {
		p.event(escalation.Callback{
			Event: event, RoomSID: r.SID, RoomName: r.UniqueName,
			Identity: x.Identity, ParticipantSID: x.SID, Sequence: r.sequence, At: p.now(),
		})
	}
}

// sid makes a SID; p.mu is held.
func (p *Rooms) sid(prefix string) string {
	p.serial++
	return prefix + fmt.Sprintf("%032x", p.serial)
}
