package escalationtest

import (
	"context"
	"encoding/json"
	"sync"
	"unicode/utf8"

	"escalate/server/escalation"
)

// maxAttributes is TaskRouter's limit for a Task's attributes, in characters.
const maxAttributes = 4096

// Tasks is TaskRouter.
type Tasks struct {
	faults *Faults

	mu     sync.Mutex // guards all below
	all    map[string]*task
	length func(json.RawMessage) int // of a Task's attributes
}

var _ escalation.Tasks = (*Tasks)(nil)

type task struct {
	escalation.Task
	revision int
	workers  map[string]bool
}

// characters counts as TaskRouter does unless a test says otherwise.
func characters(attributes json.RawMessage) int { return utf8.RuneCount(attributes) }

// Fetch is escalation.Tasks.
func (p *Tasks) Fetch(ctx context.Context, sid string) (escalation.Task, error) {
	if err := p.faults.enter(ctx, "tasks.fetch", sid); err != nil {
		return escalation.Task{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.all[sid]
	if t == nil {
		return escalation.Task{}, escalation.ErrNotFound
	}
	got := t.Task
	got.Revision = revision(t.revision)
	return got, nil
}

// UpdateAttributes is escalation.Tasks.
func (p *Tasks) UpdateAttributes(ctx context.Context, sid, rev string, attributes json.RawMessage) error {
	if err := p.faults.enter(ctx, "tasks.update", sid); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.all[sid]
	if t == nil {
		return escalation.ErrNotFound
	}
	if revision(t.revision) != rev {
		return escalation.ErrConflict
	}
	if p.length(attributes) > maxAttributes {
		return escalation.ErrTooLarge
	}
	t.Attributes = append(json.RawMessage(nil), attributes...)
	t.revision++
	return p.faults.leave("tasks.update", sid)
}

// AssignedTo is escalation.Tasks.
func (p *Tasks) AssignedTo(ctx context.Context, sid, worker string) (bool, error) {
	if err := p.faults.enter(ctx, "tasks.assigned", sid); err != nil {
		return false, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.all[sid]
	if t == nil {
		return false, escalation.ErrNotFound
	}
	return t.workers[worker], nil
}

// Add makes a Task in status assigned, accepted by the Worker.
func (p *Tasks) Add(sid, worker string, attributes map[string]any) {
	raw, err := json.Marshal(attributes)
	if err != nil {
		panic(err) // a fault of the test
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all[sid] = &task{
		Task:    escalation.Task{SID: sid, Status: "assigned", Attributes: raw},
		workers: map[string]bool{worker: true},
	}
}

// SetStatus sets a Task's assignment status; empty deletes the Task.
func (p *Tasks) SetStatus(sid, status string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if status == "" {
		delete(p.all, sid)
		return
	}
	p.all[sid].Status = status
}

// Transfer gives a Task to another Worker.
func (p *Tasks) Transfer(sid, worker string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all[sid].workers = map[string]bool{worker: true}
}

// SetAttributes sets a Task's attributes to a text as others may have written it.
func (p *Tasks) SetAttributes(sid, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all[sid].Attributes = json.RawMessage(text)
	p.all[sid].revision++
}

// Attributes returns a Task's attributes.
func (p *Tasks) Attributes(sid string) map[string]any {
	p.mu.Lock()
	defer p.mu.Unlock()
	var m map[string]any
	if t := p.all[sid]; t != nil {
		if err := json.Unmarshal(t.Attributes, &m); err != nil {
			panic(err)
		}
	}
	return m
}

// AttributesText returns a Task's attributes as they were written.
func (p *Tasks) AttributesText(sid string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.all[sid].Attributes)
}

// Measure makes TaskRouter count a Task's attributes by f; at first it counts
// characters of Unicode.
func (p *Tasks) Measure(f func(attributes json.RawMessage) int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.length = f
}
