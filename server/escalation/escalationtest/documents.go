package escalationtest

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"time"

	"escalate/server/escalation"
)

// maxData is Sync's limit for a Document's data, in bytes.
const maxData = 16 << 10

// Documents is a Sync Service.
type Documents struct {
	port   string // before the operations' names, for Faults
	faults *Faults
	now    func() time.Time

	mu      sync.Mutex // guards all below
	docs    map[string]*document
	serial  int
	late    time.Duration
	written func(name string, data json.RawMessage)
}

var _ escalation.Documents = (*Documents)(nil)

type document struct {
	serial   int // order of creation
	data     json.RawMessage
	revision int
	expires  time.Time
}

// Create is escalation.Documents.
func (p *Documents) Create(ctx context.Context, name string, data json.RawMessage, ttl time.Duration) (escalation.Document, error) {
	if err := p.faults.enter(ctx, p.port+".create", name); err != nil {
		return escalation.Document{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.doc(name) != nil {
		return escalation.Document{}, escalation.ErrNameTaken
	}
	p.serial++
	return p.write(p.port+".create", name, &document{serial: p.serial}, data, ttl)
}

// write stores d under name; p.mu is held.
func (p *Documents) write(op, name string, d *document, data json.RawMessage, ttl time.Duration) (escalation.Document, error) {
	if len(data) > maxData {
		return escalation.Document{}, errTooLarge
	}
	d.data = append(json.RawMessage(nil), data...)
	d.revision++
	if ttl > 0 {
		d.expires = p.now().Add(ttl)
	}
	p.docs[name] = d
	if p.written != nil {
		p.written(name, d.data)
	}
	return d.as(name), p.faults.leave(op, name)
}

func (d *document) as(name string) escalation.Document {
	return escalation.Document{Name: name, Data: d.data, Revision: revision(d.revision)}
}

// Fetch is escalation.Documents.
func (p *Documents) Fetch(ctx context.Context, name string) (escalation.Document, error) {
	if err := p.faults.enter(ctx, p.port+".fetch", name); err != nil {
		return escalation.Document{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	d := p.doc(name)
	if d == nil {
		return escalation.Document{}, escalation.ErrNotFound
	}
	return d.as(name), nil
}

// Update is escalation.Documents.
func (p *Documents) Update(ctx context.Context, name, rev string, data json.RawMessage, ttl time.Duration) (escalation.Document, error) {
	if err := p.faults.enter(ctx, p.port+".update", name); err != nil {
		return escalation.Document{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	d := p.doc(name)
	if d == nil {
		return escalation.Document{}, escalation.ErrNotFound
	}
	if revision(d.revision) != rev {
		return escalation.Document{}, escalation.ErrConflict
	}
	return p.write(p.port+".update", name, d, data, ttl)
}

// pageSize is how many Documents Sync puts into a page at most.
const pageSize = 100

// Page is escalation.Documents. The order is that of creation, so that what a
// test does can be repeated.
func (p *Documents) Page(ctx context.Context, begin string) ([]escalation.Document, string, error) {
	if err := p.faults.enter(ctx, p.port+".page", begin); err != nil {
		return nil, "", err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	after, _ := strconv.Atoi(begin)
	var page []escalation.Document
	for _, name := range p.names() {
		d := p.docs[name]
		if d.serial <= after {
			continue
		}
		if len(page) == pageSize {
			return page, strconv.Itoa(p.docs[page[pageSize-1].Name].serial), nil
		}
		page = append(page, d.as(name))
	}
	return page, "", nil
}

// OnWrite tells f of everything that is written into a Document, in order. f
// must not call back.
func (p *Documents) OnWrite(f func(name string, data json.RawMessage)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.written = f
}

// DeleteLate makes expired Documents stay readable for d, as Sync may.
func (p *Documents) DeleteLate(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.late = d
}

// Data returns a Document's data, nil when there is none.
func (p *Documents) Data(name string) json.RawMessage {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d := p.doc(name); d != nil {
		return d.data
	}
	return nil
}

// Names returns the names of all Documents, in the order of creation.
func (p *Documents) Names() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.names()
}

// Drop deletes a Document.
func (p *Documents) Drop(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.docs, name)
}

// doc returns a Document that has not expired; p.mu is held.
func (p *Documents) doc(name string) *document {
	d := p.docs[name]
	if d == nil || !d.expires.IsZero() && !p.now().Before(d.expires.Add(p.late)) {
		return nil
	}
	return d
}

// names are those of the Documents that have not expired; p.mu is held.
func (p *Documents) names() []string {
	var names []string
	for name := range p.docs {
		if p.doc(name) != nil {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(p.docs[a].serial, p.docs[b].serial) })
	return names
}

func revision(n int) string { return strconv.Itoa(n) }
