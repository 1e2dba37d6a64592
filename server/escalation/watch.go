package escalation

import (
	"context"
	"sync"
	"time"
)

// observer lets callers see an escalation change.
type observer struct {
	ledger  *ledger
	hub     *hub
	lookout *lookout
}

// watch is Service.Watch. Changes made in this process arrive at once; those made
// elsewhere when the lookout reads them.
func (o *observer) watch(ctx context.Context, code string) (<-chan Escalation, error) {
	code, err := parseCode(code)
	if err != nil {
		return nil, err
	}
	// Subscribe first: a change between reading and subscribing would be lost
	// until the next look.
	w := o.hub.subscribe(code)
	e, err := o.ledger.find(ctx, code)
	if err != nil {
		o.hub.unsubscribe(w)
		return nil, err
	}
	// Not before there is such a code: a guess is one read, however slow.
	if o.hub.begin(w, e) {
		o.lookout.start()
	}
	context.AfterFunc(ctx, func() { o.hub.unsubscribe(w) })
	return w.c, nil
}

// mark is what tells one state of an escalation from the next: a code expires without
// a new Version. The zero mark is before all.
type mark struct {
	version int
	expired bool
}

func markOf(e Escalation) mark { return mark{e.Version, e.Status == Expired} }

// newer says whether m is news after o.
func (m mark) newer(o mark) bool {
	return m.version > o.version || m.version == o.version && m.expired && !o.expired
}

// hub hands changes to the watchers of this process, and knows when each code is
// to be read again.
type hub struct {
	mu     sync.Mutex
	topics map[string]*topic // by code; guarded by mu
	begun  int               // topics that are to be read
	wake   chan struct{}     // something is to be read sooner than was known; holds one
}

// topic is the watchers of one code, and how it is looked after.
type topic struct {
	watchers map[*watcher]bool
	last     Escalation // newest that was published
	begun    bool       // there is such a code: it is read until its last watcher is gone
	attention
}

// watcher is one Watch. c holds the newest state that was not read yet; last
// is what was put there. Both are written under hub.mu.
type watcher struct {
	code string
	c    chan Escalation
	last mark
}

func newHub() *hub { return &hub{topics: map[string]*topic{}, wake: make(chan struct{}, 1)} }

// subscribe adds a watcher.
func (h *hub) subscribe(code string) *watcher {
	h.mu.Lock()
	defer h.mu.Unlock()
	w := &watcher{code: code, c: make(chan Escalation, 1)}
	t := h.topics[code]
	if t == nil {
		t = &topic{watchers: map[*watcher]bool{}}
		h.topics[code] = t
	}
	t.watchers[w] = true
	return w
}

// unsubscribe removes a watcher and closes its channel.
func (h *hub) unsubscribe(w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[w.code]
	if t == nil || !t.watchers[w] {
		return
	}
	delete(t.watchers, w)
	close(w.c)
	if len(t.watchers) > 0 {
		return
	}
	delete(h.topics, w.code)
	if t.begun {
		if h.begun--; h.begun == 0 {
			h.rouse() // the lookout may go home
		}
	}
}

// publish hands a state to all watchers of its code, wherever it was learned:
// by a look, by a change made here, or by reading for another reason.
func (h *hub) publish(e Escalation) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t := h.topics[e.Code]; t != nil {
		h.tell(t, e)
	}
}

// tell hands a state to the watchers of a topic; h.mu is held.
func (h *hub) tell(t *topic, e Escalation) {
	if !markOf(e).newer(markOf(t.last)) {
		return
	}
	t.last = e
	for w := range t.watchers {
		w.put(e)
	}
	if t.begun && t.news(time.Now()) {
		h.rouse()
	}
}

// begin hands the first state to a watcher. It says whether the code is the first
// of all that are to be read.
func (h *hub) begin(w *watcher, e Escalation) (first bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[w.code]
	if t == nil || !t.watchers[w] {
		return false
	}
	w.put(e)
	if t.begun {
		return false
	}
	if t.begun = true; t.last.Code == "" {
		t.last = e
	}
	t.since = time.Now()
	t.news(t.since)
	h.rouse()
	h.begun++
	return h.begun == 1
}

// rouse lets the lookout see again what is due.
func (h *hub) rouse() {
	select {
	case h.wake <- struct{}{}:
	default: // it will see anyhow
	}
}

// put replaces the unread state if e is news; hub.mu is held.
func (w *watcher) put(e Escalation) {
	if !markOf(e).newer(w.last) {
		return
	}
	w.last = markOf(e)
	select {
	case <-w.c: // nobody read it: only the newest counts
	default:
	}
	w.c <- e
}
