package escalation

import (
	"context"
	"errors"
	"sync"
	"time"
)

// How often a watched Document is read. Quick while something happens; Sync
// allows 20 reads a second of one object, and each replica is one reader.
const (
	pollQuick = time.Second
	pollQuiet = 3 * time.Second
	pollWorst = 15 * time.Second // while Twilio is in trouble
	quietFrom = 30 * time.Second // without a change
)

// observer lets callers see an escalation change.
type observer struct {
	ledger *ledger
	hub    *hub
}

// watch is Service.Watch. All watchers of a code in this process share one poller,
// and changes made in this process arrive without waiting for it.
func (o *observer) watch(ctx context.Context, code string) (<-chan Escalation, error) {
	code, err := parseCode(code)
	if err != nil {
		return nil, err
	}
	// Subscribe first: a change between reading and subscribing would be lost
	// until the next poll.
	w := o.hub.subscribe(code)
	e, err := o.ledger.find(ctx, code)
	if err != nil {
		o.hub.unsubscribe(w)
		return nil, err
	}
	// Not before there is such a code: a guess is one read, however slow.
	o.hub.begin(w, e, func(ctx context.Context, news <-chan struct{}) { o.poll(ctx, code, news) })
	context.AfterFunc(ctx, func() { o.hub.unsubscribe(w) })
	return w.c, nil
}

// poll reads a Document until ctx ends or the Document is gone. news is told of
// changes that came without it: more will follow, so it is quick again.
func (o *observer) poll(ctx context.Context, code string, news <-chan struct{}) {
	var last Escalation
	changed := time.Now()
	wait := pollQuick
	t := time.NewTimer(wait)
	defer t.Stop()
	for due := time.Now().Add(wait); ; {
		select {
		case <-ctx.Done():
			return
		case <-news:
			changed = time.Now()
			// Never later than it was due: a stream of changes here must not
			// hide those made elsewhere.
			if soon := changed.Add(pollQuick); soon.Before(due) {
				due = soon
				t.Reset(time.Until(due))
			}
			continue
		case <-t.C:
		}
		e, err := o.ledger.find(ctx, code) // which publishes
		switch {
		case errors.Is(err, ErrUnknownCode):
			if last.Code != "" && last.live() {
				// Sync deleted it: its time has passed.
				last.Version++
				last.Status = Ended
				o.hub.publish(last)
			}
			return
		case err != nil:
			wait = min(2*wait, pollWorst)
		default:
			if newer(e, last) {
				last, changed = e, time.Now()
			}
			wait = pollQuick
			if time.Since(changed) >= quietFrom {
				wait = pollQuiet
			}
		}
		due = time.Now().Add(wait)
		t.Reset(wait)
	}
}

// newer says whether a is news after b. A code expires without a new version.
func newer(a, b Escalation) bool {
	return a.Version > b.Version || a.Version == b.Version && a.Status == Expired && b.Status != Expired
}

// hub hands changes to the watchers of this process.
type hub struct {
	mu     sync.Mutex
	topics map[string]*topic // by code; guarded by mu
}

// topic is the watchers of one code and the poller they share.
type topic struct {
	watchers map[*watcher]bool
	last     Escalation         // newest that was published
	news     chan struct{}      // wakes the poller; holds one
	stop     context.CancelFunc // ends the poller; nil while there is none
}

// watcher is one Watch. c holds the newest state that was not read yet; last
// is what was put there. Both are written under hub.mu.
type watcher struct {
	code string
	c    chan Escalation
	last Escalation
}

func newHub() *hub { return &hub{topics: map[string]*topic{}} }

// subscribe adds a watcher.
func (h *hub) subscribe(code string) *watcher {
	h.mu.Lock()
	defer h.mu.Unlock()
	w := &watcher{code: code, c: make(chan Escalation, 1)}
	t := h.topics[code]
	if t == nil {
		t = &topic{watchers: map[*watcher]bool{}, news: make(chan struct{}, 1)}
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
	if len(t.watchers) == 0 {
		if t.stop != nil {
			t.stop()
		}
		delete(h.topics, w.code)
	}
}

// publish hands a state to all watchers of its code, wherever it was learned:
// by a poll, by a change made here, or by reading for another reason.
func (h *hub) publish(e Escalation) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[e.Code]
	if t == nil || t.last.Code != "" && !newer(e, t.last) {
		return
	}
	t.last = e
	for w := range t.watchers {
		w.put(e)
	}
	select {
	case t.news <- struct{}{}:
	default: // it will wake anyhow
	}
}

// begin hands the first state to a watcher. The first watcher of a code starts
// its poller, which runs until the last is gone.
func (h *hub) begin(w *watcher, e Escalation, poll func(context.Context, <-chan struct{})) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[w.code]
	if t == nil || !t.watchers[w] {
		return
	}
	w.put(e)
	if t.stop == nil {
		ctx, stop := context.WithCancel(context.Background())
		t.stop = stop
		go poll(ctx, t.news)
	}
}

// put replaces the unread state if e is news; hub.mu is held.
func (w *watcher) put(e Escalation) {
	if w.last.Code != "" && !newer(e, w.last) {
		return
	}
	w.last = e
	select {
	case <-w.c: // nobody read it: only the newest counts
	default:
	}
	w.c <- e
}
