package escalation

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often a watched Document is read by itself. Quick while something happens;
// Sync allows 20 reads a second of one object, and each replica is one reader.
const (
	lookQuick = time.Second
	lookQuiet = 3 * time.Second
	lookWorst = 15 * time.Second // while Twilio is in trouble
	quietFrom = 30 * time.Second // without a change
	// freshFor is how long after a change a code is read by itself though scans
	// see it too: more will follow.
	freshFor = 5 * time.Second
	// looksAtOnce bounds the reads under way.
	looksAtOnce = 16
	// lookLater is how long a look is put off for which there is no room.
	lookLater = 100 * time.Millisecond
	// lookGrain is the shortest time between two looks at what is due, so that
	// thousands of codes do not wake the lookout one by one.
	lookGrain = 20 * time.Millisecond
)

// attention is when a code was last looked at, and when it will be; hub.mu guards it.
type attention struct {
	changed time.Time
	due     time.Time
	wait    time.Duration // until the next look after this one, while looks fail
	reading bool
	since   time.Time // when it began to be watched

	scan     int    // newest scan that has seen it
	revision string // of the Document that it has seen
	missed   bool   // it is to be read by itself: the newest scan has not seen it, or there are news
	again    bool   // news came while it was read
}

// news notes a change, and says whether the next look comes sooner by it. It is
// never put off: a stream of changes here must not hide those made elsewhere.
func (a *attention) news(now time.Time) (sooner bool) {
	a.changed = now
	soon := now.Add(lookQuick)
	if sooner = a.due.IsZero() || soon.Before(a.due); sooner {
		a.due = soon
	}
	return sooner
}

// lookout reads what is watched in this process, for changes that were made in
// others. Few codes are read one by one. When that costs more than to read all
// there are in pages, they are scanned, and only the newest read by themselves. A
// budget of reads bounds what waiting costs however many wait: scans take four fifths
// of it, and leave a fifth. What other replicas told of draws on another of the same
// size, so that neither keeps the other waiting.
type lookout struct {
	ledger  *ledger
	hub     *hub
	scanner *scanner
	told    *rate.Limiter // for looks at what others told of
	fresh   *rate.Limiter // for looks beside scans
	log     *slog.Logger

	ctx    context.Context
	cancel context.CancelFunc
	slots  chan struct{} // of the looks under way

	mu      sync.Mutex // guards what follows
	running bool
	over    bool
	wg      sync.WaitGroup
}

func newLookout(l *ledger, h *hub, s *scanner, log *slog.Logger) *lookout {
	limit, burst := s.reads.Limit(), s.reads.Burst()
	o := &lookout{
		ledger: l, hub: h, scanner: s, told: rate.NewLimiter(limit, burst), fresh: rate.NewLimiter(limit/5, max(1, burst/5)), log: log,
		slots: make(chan struct{}, looksAtOnce),
	}
	o.ctx, o.cancel = context.WithCancel(Background(context.Background()))
	return o
}

// start makes sure that there is a goroutine that looks. It ends by itself when
// nobody watches any more, and with close.
func (l *lookout) start() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running || l.over {
		return
	}
	l.running = true
	l.wg.Go(l.run)
}

// close ends what looks, and waits for it. Nothing is told after it.
func (l *lookout) close() {
	l.mu.Lock()
	l.over = true
	l.mu.Unlock()
	l.cancel()
	l.wg.Wait()
}

// done says whether there is nothing left to look at; then the next start begins anew.
func (l *lookout) done() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hub.watched() > 0 && !l.over {
		return false
	}
	l.running = false
	return true
}

func (l *lookout) run() {
	ctx, cancel := context.WithCancel(l.ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel() // what is under way has nobody to tell
	scanning := make(chan struct{}, 1)
	t := time.NewTimer(0)
	defer t.Stop()
	for !l.done() {
		next := lookWorst
		scans, pace := l.scans()
		switch until := l.scanner.until(pace); {
		case scans && until > 0:
			next = min(next, until)
		case scans:
			select {
			case scanning <- struct{}{}:
				wg.Go(func() {
					l.scan(ctx, pace)
					<-scanning
					l.hub.rouse()
				})
			default: // one is under way
			}
		}
		// While scans fail, nothing is seen by them.
		budget := l.scanner.reads
		if scans = scans && !l.scanner.failing(); scans {
			budget = l.fresh
		}
		codes, soonest := l.hub.due(time.Now(), scans)
		for code, told := range codes {
			if told && !l.mayLook(l.told) || !told && !l.mayLook(budget) {
				l.hub.later(code)
				continue
			}
			wg.Go(func() {
				l.look(ctx, code)
				<-l.slots
			})
		}
		t.Reset(max(min(next, soonest), lookGrain))
		select {
		case <-l.hub.wake:
		case <-t.C:
		case <-ctx.Done():
		}
	}
}

// mayLook takes a slot for a look, and a read of the budget.
func (l *lookout) mayLook(budget *rate.Limiter) bool {
	select {
	case l.slots <- struct{}{}:
	default:
		return false
	}
	if !budget.Allow() {
		<-l.slots
		return false
	}
	return true
}

// scans says whether reading all in pages is cheaper than reading what is watched
// one by one, and how often it is to be done then.
func (l *lookout) scans() (yes bool, pace time.Duration) {
	pages := l.scanner.pages()
	pace = l.scanner.pace(pages)
	return float64(l.hub.watched())/lookQuiet.Seconds() > float64(pages)/pace.Seconds(), l.scanner.slowed(pace)
}

// look reads one code.
func (l *lookout) look(ctx context.Context, code string) {
	_, err := l.ledger.find(ctx, code) // which publishes
	if errors.Is(err, ErrUnknownCode) {
		l.hub.gone(code)
		return
	}
	l.hub.looked(code, err)
}

// scan reads all.
func (l *lookout) scan(ctx context.Context, pace time.Duration) {
	if err := l.scanner.look(ctx, pace); err != nil && ctx.Err() == nil {
		l.log.WarnContext(ctx, "scan", "err", err)
	}
}

// watched is how many codes are to be read.
func (h *hub) watched() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.begun
}

// due takes the codes that are to be read now by themselves, with true those that were
// told of, and says how long it is to the next. With scans that is only what has changed
// of late.
func (h *hub) due(now time.Time, scans bool) (codes map[string]bool, next time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	next, codes = lookWorst, map[string]bool{}
	for code, t := range h.topics {
		if !t.begun || t.reading || scans && now.Sub(t.changed) > freshFor && t.wait == 0 && !t.missed {
			continue
		}
		if wait := t.due.Sub(now); wait > 0 {
			next = min(next, wait)
			continue
		}
		t.reading = true
		codes[code] = t.missed
	}
	return codes, next
}

// later puts off a look for which there was no room.
func (h *hub) later(code string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t := h.topics[code]; t != nil {
		t.reading, t.due = false, time.Now().Add(lookLater)
	}
}

// looked notes that a code was read, and when to read it again.
func (h *hub) looked(code string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[code]
	if t == nil {
		return
	}
	now := time.Now()
	t.reading = false
	wait := lookQuick
	switch {
	case err != nil:
		t.wait = min(2*max(t.wait, lookQuick), lookWorst)
		wait = t.wait
	case now.Sub(t.changed) >= quietFrom:
		wait = lookQuiet
	}
	if err == nil {
		t.wait, t.missed = 0, t.again
	}
	if t.again {
		t.again, wait = false, 0
	}
	t.due = now.Add(wait)
	h.rouse()
}

// gone notes that there is no such code any more: Sync deleted it, because its
// time has passed.
func (h *hub) gone(code string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[code]
	if t == nil {
		return
	}
	if e := t.last; e.live() {
		e.Version++
		e.Status = Ended
		h.tell(t, e)
	}
	if t.begun {
		t.begun = false
		h.begun--
	}
	t.attention = attention{}
	h.rouse()
}

// heard has a code read at once that is known to have changed elsewhere.
func (h *hub) heard(code string, version int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[code]
	if t == nil || !t.begun || t.last.Version >= version {
		return
	}
	if t.missed, t.due = true, time.Now(); t.reading {
		t.again = true
	}
	h.rouse()
}
