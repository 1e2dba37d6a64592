package escalation

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
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
// there are in pages, they are scanned, and only the newest read by themselves. Both
// draw on the budget of reads, which bounds what waiting costs however many wait.
type lookout struct {
	ledger  *ledger
	hub     *hub
	scanner *scanner
	log     *slog.Logger

	mu      sync.Mutex
	running bool // guarded by mu
}

// start makes sure that there is a goroutine that looks. It ends by itself when
// nobody watches any more.
func (l *lookout) start() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running {
		return
	}
	l.running = true
	go l.run()
}

// done says whether there is nothing left to look at; then the next start begins anew.
func (l *lookout) done() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hub.watched() > 0 {
		return false
	}
	l.running = false
	return true
}

func (l *lookout) run() {
	ctx, cancel := context.WithCancel(Background(context.Background()))
	var wg sync.WaitGroup
	slots := make(chan struct{}, looksAtOnce)
	scanning := make(chan struct{}, 1)
	t := time.NewTimer(0)
	defer t.Stop()
	for {
		next := lookWorst
		scans, pace := l.scans()
		if until := l.scanner.until(pace); scans && until <= 0 {
			select {
			case scanning <- struct{}{}:
				wg.Go(func() {
					l.scan(ctx, pace)
					<-scanning
					l.hub.stir()
				})
			default: // one is under way
			}
		} else if scans {
			next = min(next, until)
		}
		codes, soonest := l.hub.due(time.Now(), scans)
		for code, must := range codes {
			switch {
			case must:
				l.scanner.reads.Reserve() // scans come later by it
			case scans && !l.scanner.reads.Allow():
				l.hub.looked(code, nil) // a scan will see it
				continue
			}
			slots <- struct{}{}
			wg.Go(func() {
				l.look(ctx, code)
				<-slots
			})
		}
		t.Reset(max(min(next, soonest), lookGrain))
		select {
		case <-l.hub.wake:
		case <-t.C:
		}
		if l.done() {
			cancel() // what is under way has nobody to tell
			wg.Wait()
			return
		}
	}
}

// scans says whether reading all in pages is cheaper than reading what is watched
// one by one, and how often it is to be done then.
func (l *lookout) scans() (yes bool, pace time.Duration) {
	pages := l.scanner.pages()
	pace = l.scanner.pace(pages)
	return float64(l.hub.watched())/lookQuiet.Seconds() > float64(pages)/pace.Seconds(), pace
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

// due takes the codes that are to be read now by themselves, those that must be
// whatever the budget with true, and says how long it is to the next. With scans that
// is only what has changed of late.
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

// stir lets the lookout see again what is due.
func (h *hub) stir() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rouse()
}
