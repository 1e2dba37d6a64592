package escalation

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// scanEvery is the shortest time from one scan to the next.
	scanEvery = time.Second
	// pageTries is how often a scan asks for a page before it gives up, with a second
	// after the first time, and twice as long after each.
	pageTries = 4
)

// scanner reads all Documents there are, a page at a time, for those who watch and
// for the sweeper. A page is one read of the budget, and what others keep in the
// same Sync Service is read along.
type scanner struct {
	docs   Documents
	hub    *hub
	decode func(Document) (Escalation, error)
	now    func() time.Time
	meter  *meter
	// reads is the budget of everything that is read because somebody waits.
	reads *rate.Limiter

	turn chan struct{} // whoever scans holds it

	mu     sync.Mutex // guards what follows
	number int        // of the newest scan
	newest scan       // that came to its end
	failed int        // since then
	tried  time.Time  // when the newest scan began
}

// scan is what a scan came to.
type scan struct {
	began, ended  time.Time
	pages         int
	ours, foreign int // Documents: codes and locks of ours, and others
}

func newScanner(docs Documents, hub *hub, decode func(Document) (Escalation, error), now func() time.Time, budget float64, m *meter) *scanner {
	return &scanner{
		docs: docs, hub: hub, decode: decode, now: now, meter: m, turn: make(chan struct{}, 1),
		// Two seconds' worth at once: a scan may begin after a rest.
		reads: rate.NewLimiter(rate.Limit(budget), max(1, int(2*budget))),
	}
}

// pages is how many reads a scan costs, by the newest.
func (s *scanner) pages() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(1, s.newest.pages)
}

// pace is the time from one scan of so many pages to the next. It takes four fifths of
// the budget at most.
func (s *scanner) pace(pages int) time.Duration {
	pace := scanEvery
	if limit := float64(s.reads.Limit()); limit > 0 && !math.IsInf(limit, 0) {
		pace = max(pace, time.Duration(float64(pages)/(limit*4/5)*float64(time.Second)))
	}
	return pace
}

// slowed is pace while scans fail: ever slower.
func (s *scanner) slowed(pace time.Duration) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return min(pace<<min(s.failed, 5), max(pace, lookWorst))
}

// failing says whether the newest scan came to no end.
func (s *scanner) failing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed > 0
}

// until is the time until the next scan is due.
func (s *scanner) until(pace time.Duration) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return pace - time.Since(s.tried)
}

// look scans for those who watch, unless somebody else has done so meanwhile.
func (s *scanner) look(ctx context.Context, pace time.Duration) error {
	if err := s.take(ctx); err != nil {
		return err
	}
	defer s.give()
	if s.until(pace) > 0 {
		return nil
	}
	return s.read(ctx, func(Document) {})
}

// all scans, and returns what is ours.
func (s *scanner) all(ctx context.Context) ([]Document, error) {
	if err := s.take(ctx); err != nil {
		return nil, err
	}
	defer s.give()
	var all []Document
	err := s.read(ctx, func(d Document) {
		if ours(d.Name) {
			all = append(all, d)
		}
	})
	return all, err
}

func (s *scanner) take(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *scanner) give() { <-s.turn }

// read reads all pages, tells those who watch, and hands every Document to visit.
func (s *scanner) read(ctx context.Context, visit func(Document)) error {
	s.mu.Lock()
	s.number++
	n := s.number
	s.tried = time.Now()
	sum := scan{began: s.tried}
	s.mu.Unlock()
	err := s.readPages(ctx, &sum, func(d Document) {
		s.hub.saw(d, n, s.decode, s.now())
		visit(d)
	})
	sum.ended = time.Now()
	s.mu.Lock()
	if err == nil {
		s.newest, s.failed = sum, 0
	} else {
		s.failed++
	}
	s.mu.Unlock()
	s.meter.scanned(sum, err)
	if err != nil {
		return fmt.Errorf("list Documents: %w", err)
	}
	s.hub.missing(n, sum.began)
	return nil
}

func (s *scanner) readPages(ctx context.Context, sum *scan, visit func(Document)) error {
	for after := ""; ; {
		docs, next, err := s.readPage(ctx, after)
		if err != nil {
			return err
		}
		sum.pages++
		for _, d := range docs {
			if ours(d.Name) {
				sum.ours++
			} else {
				sum.foreign++
			}
			visit(d)
		}
		if next == "" {
			return nil
		}
		after = next
	}
}

// readPage reads the page that begins after another. One that fails in the middle of a
// scan is asked for again: of a hundred pages one is often lost, and with it everything
// that the others told would come later. When the first one fails, Twilio is in trouble,
// and the scan is over, so that they become fewer.
func (s *scanner) readPage(ctx context.Context, after string) (docs []Document, next string, err error) {
	for try := range pageTries {
		if err := s.reads.Wait(ctx); err != nil {
			return nil, "", err
		}
		if docs, next, err = s.docs.Page(ctx, after); after == "" || !errors.Is(err, ErrUnavailable) || try == pageTries-1 {
			break
		}
		if err := sleep(ctx, time.Second<<try); err != nil {
			return nil, "", err
		}
	}
	return docs, next, err
}

// ours says whether a Document's name is one that we give.
func ours(name string) bool {
	_, lock := lockOf(name)
	return lock || isCode(name)
}

// saw tells those who watch a code what scan n has read of it.
func (h *hub) saw(d Document, n int, decode func(Document) (Escalation, error), now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[d.Name]
	if t == nil {
		return
	}
	t.scan = n
	if t.revision != d.Revision {
		e, err := decode(d)
		if err != nil {
			return
		}
		t.revision = d.Revision
		h.tell(t, e)
	}
	h.tell(t, t.last.at(now)) // a code expires without anybody writing
}

// missing has those codes read by themselves that scan n has not seen, and that were
// watched when it began.
func (h *hub) missing(n int, began time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, t := range h.topics {
		if t.begun && t.scan < n && t.since.Before(began) {
			t.missed, t.due = true, time.Time{}
			h.rouse()
		}
	}
}
