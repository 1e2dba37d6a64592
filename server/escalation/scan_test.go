package escalation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"escalate/app/wire"
	"escalate/server/escalation"
)

// crowd makes n escalations of as many Tasks.
func (w *world) crowd(n int) (codes []string) {
	w.t.Helper()
	for i := range n {
		task := fmt.Sprintf("WT1%031d", i)
		w.Twilio.Tasks.Add(task, ana.Worker, map[string]any{"conversationSid": chat1})
		codes = append(codes, w.escalate(task).Code)
	}
	return codes
}

// watchAll watches them, and reads what is there already.
func (w *world) watchAll(ctx context.Context, codes []string) map[string]<-chan escalation.Escalation {
	w.t.Helper()
	all := map[string]<-chan escalation.Escalation{}
	for _, code := range codes {
		all[code] = must(w.Watch(ctx, code))(w.t)
		<-all[code]
	}
	return all
}

// next is the next state that a watcher gets, and how long it took; a minute of the
// bubble's clock is too long.
func next(t *testing.T, c <-chan escalation.Escalation) (e escalation.Escalation, took time.Duration) {
	t.Helper()
	began := time.Now()
	select {
	case e = <-c:
	case <-time.After(time.Minute):
		t.Fatal("no news in a minute")
	}
	return e, time.Since(began)
}

// reads counts what is read of Sync: pages and single Documents.
func (w *world) reads() int { return w.Calls("documents.fetch") + w.Calls("documents.page") }

// Hundreds that wait cost the pages that they fill, and learn within a moment what
// another replica did.
func TestManyWatchedAreScanned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(c *escalation.Config) { c.ReadsPerSecond = 10 })
		other := escalation.New(escalation.Config{Now: w.clock}, w.Deps())
		codes := w.crowd(1200)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		all := w.watchAll(ctx, codes)
		time.Sleep(time.Minute) // of the bubble's clock
		before := w.reads()
		time.Sleep(time.Minute)
		// 12 pages, and four fifths of 10 reads a second for them.
		if n := w.reads() - before; n < 400 || n > 500 {
			t.Errorf("%d reads in a minute at rest, want 480", n)
		}
		for _, code := range []string{codes[0], codes[600], codes[1199]} {
			if err := other.Progress(ctx, code, escalation.Progress{Phase: "opened"}); err != nil {
				t.Fatal(err)
			}
			if got, took := next(t, all[code]); got.Customer.Phase != "opened" || took > 2*time.Second {
				t.Errorf("got %q after %v", got.Customer.Phase, took)
			}
		}
		// They expire by the clock, without anybody writing.
		w.pass(time.Hour)
		for code, c := range all {
			if got, _ := next(t, c); got.Status != escalation.Expired {
				t.Fatalf("%s is %s", code, got.Status)
			}
		}
	})
}

// While hundreds wait, a code in which something happens is read by itself, since
// more will follow: a scan may take its time.
func TestFreshCodesAreReadBetweenScans(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(c *escalation.Config) { c.ReadsPerSecond = 2 })
		other := escalation.New(escalation.Config{Now: w.clock}, w.Deps())
		codes := w.crowd(1200) // 7.5 s for a scan
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		all := w.watchAll(ctx, codes)
		time.Sleep(time.Minute)
		for i, code := range codes[:5] {
			if err := w.Progress(ctx, code, escalation.Progress{Phase: "opened"}); err != nil {
				t.Fatal(err)
			}
			<-all[code]
			time.Sleep(100 * time.Millisecond)
			if err := other.Progress(ctx, code, escalation.Progress{Phase: "ready"}); err != nil {
				t.Fatal(err)
			}
			if got, took := next(t, all[code]); got.Customer.Phase != "ready" || took > 5*time.Second {
				t.Errorf("%d: got %q after %v", i, got.Customer.Phase, took)
			}
			time.Sleep(10 * time.Second)
		}
	})
}

// A few codes in a Service that others keep their Documents in are read one by one:
// to read all would cost more.
func TestFewWatchedAmongManyForeign(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		for i := range 5000 {
			must(w.Documents.Create(w.ctx, fmt.Sprintf("basket.%d", i), json.RawMessage(`{}`), time.Hour))(t)
		}
		codes := w.crowd(30)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		w.watchAll(ctx, codes)
		if err := w.Sweep(ctx); err != nil { // which learns how many there are
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		pages, fetches := w.Calls("documents.page"), w.Calls("documents.fetch")
		time.Sleep(30 * time.Second)
		if n, m := w.Calls("documents.page")-pages, w.Calls("documents.fetch")-fetches; n != 0 || m < 270 || m > 330 { // each every 3 s; where the half minute begins is chance
			t.Errorf("%d pages and %d Documents were read in 30 s, want 300 Documents", n, m)
		}
	})
}

// A Document that Sync deleted is missing in the next scan.
func TestScanMissesADeletedDocument(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		codes := w.crowd(50)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		all := w.watchAll(ctx, codes)
		time.Sleep(time.Minute)
		w.Documents.Drop(codes[20])
		if got, took := next(t, all[codes[20]]); got.Status != escalation.Ended || took > 2*time.Second {
			t.Errorf("got %s after %v", got.Status, took)
		}
		select {
		case got := <-all[codes[21]]:
			t.Errorf("another is %s", got.Status)
		default:
		}
	})
}

// While Twilio refuses, scans come ever less often, and again when it does not.
func TestTroubleSlowsScans(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		codes := w.crowd(50)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		all := w.watchAll(ctx, codes)
		time.Sleep(time.Minute)
		w.Fail(func(op, _ string) error {
			if op == "documents.page" {
				return escalation.ErrUnavailable
			}
			return nil
		})
		before := w.Calls("documents.page")
		time.Sleep(2 * time.Minute)
		if n := w.Calls("documents.page") - before; n < 5 || n > 14 {
			t.Errorf("%d scans in two minutes of trouble", n)
		}
		// Meanwhile each code is read by itself.
		other := escalation.New(escalation.Config{Now: w.clock}, w.Deps())
		if err := other.Progress(ctx, codes[30], escalation.Progress{Phase: "opened"}); err != nil {
			t.Fatal(err)
		}
		if got, took := next(t, all[codes[30]]); got.Customer.Phase != "opened" || took > 5*time.Second {
			t.Errorf("got %q after %v", got.Customer.Phase, took)
		}
		w.Fail(nil)
		if err := other.Progress(ctx, codes[7], escalation.Progress{Phase: "opened"}); err != nil {
			t.Fatal(err)
		}
		if got, took := next(t, all[codes[7]]); got.Customer.Phase != "opened" || took > 16*time.Second {
			t.Errorf("got %q after %v", got.Customer.Phase, took)
		}
	})
}

// Of many pages one is often lost: it is asked for again, and what the others tell is
// known as soon as without that.
func TestLostPageIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		other := escalation.New(escalation.Config{Now: w.clock}, w.Deps())
		codes := w.crowd(1200)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		all := w.watchAll(ctx, codes)
		time.Sleep(time.Minute)
		var mu sync.Mutex
		asked := 0
		w.Fail(func(op, key string) error {
			mu.Lock()
			defer mu.Unlock()
			if op != "documents.page" || key == "" {
				return nil
			}
			if asked++; asked%7 == 0 { // one or two of each scan's
				return escalation.ErrUnavailable
			}
			return nil
		})
		before := w.Calls("documents.fetch")
		for n := range 10 {
			time.Sleep(7 * time.Second)
			code := codes[n*117]
			if err := other.Progress(ctx, code, escalation.Progress{Phase: "opened"}); err != nil {
				t.Fatal(err)
			}
			if got, took := next(t, all[code]); got.Customer.Phase != "opened" || took > 6*time.Second {
				t.Errorf("got %q after %v", got.Customer.Phase, took)
			}
		}
		// Scans that came to no end would have each code read by itself.
		if n := w.Calls("documents.fetch") - before; n > 200 {
			t.Errorf("%d Documents were read by themselves", n)
		}
	})
}

// wireless hands the news of replicas to each other, or loses them.
type wireless struct {
	hear []func(code string, version int)
	lost bool
}

func (n *wireless) Tell(code string, version int) {
	for _, f := range n.hear {
		if !n.lost {
			f(code, version)
		}
	}
}

// What another replica tells is read at once, however many wait; what it could not
// tell is found by the next scan.
func TestNewsAreReadAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &wireless{}
		w := newWorld(t, func(c *escalation.Config) { c.ReadsPerSecond = 2 })
		d := w.Deps()
		d.News = n
		other := escalation.New(escalation.Config{Now: w.clock}, d)
		codes := w.crowd(1200) // 7.5 s for a scan
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		all := w.watchAll(ctx, codes)
		time.Sleep(time.Minute)
		n.hear = append(n.hear, w.Heard)
		for _, code := range codes[:100] {
			if err := other.Progress(ctx, code, escalation.Progress{Phase: "opened"}); err != nil {
				t.Fatal(err)
			}
			if got, took := next(t, all[code]); got.Customer.Phase != "opened" || took > 50*time.Millisecond {
				t.Fatalf("got %q after %v", got.Customer.Phase, took)
			}
			time.Sleep(time.Second)
		}
		time.Sleep(20 * time.Second) // until nothing is fresh
		before := w.Calls("documents.fetch")
		w.Heard(codes[3], 2)   // has been seen
		w.Heard("nbdy234", 99) // is watched by nobody
		synctest.Wait()
		if n := w.Calls("documents.fetch") - before; n != 0 {
			t.Errorf("%d reads for what is no news", n)
		}
		n.lost = true
		if err := other.Progress(ctx, codes[200], escalation.Progress{Phase: "opened"}); err != nil {
			t.Fatal(err)
		}
		if got, took := next(t, all[codes[200]]); got.Customer.Phase != "opened" || took > 20*time.Second {
			t.Errorf("got %q after %v", got.Customer.Phase, took)
		}
	})
}

// However much other replicas tell, scans and sweeps go on, and what there is no budget
// for is seen by them.
func TestFloodOfNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(c *escalation.Config) { c.ReadsPerSecond = 10 })
		codes := w.crowd(1200)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		w.watchAll(ctx, codes)
		time.Sleep(time.Minute)
		flood := make(chan struct{})
		go func() {
			defer close(flood)
			for i := 0; ctx.Err() == nil; i++ {
				w.Heard(codes[i%len(codes)], 99)
				time.Sleep(20 * time.Millisecond)
			}
		}()
		pages, fetches := w.Calls("documents.page"), w.Calls("documents.fetch")
		time.Sleep(time.Minute)
		if n, m := w.Calls("documents.page")-pages, w.Calls("documents.fetch")-fetches; n < 250 || m < 550 || m > 700 {
			t.Errorf("%d pages and %d Documents in a minute of news, want some 400 and 600", n, m)
		}
		began := time.Now()
		if err := w.Sweep(ctx); err != nil || time.Since(began) > 10*time.Second {
			t.Errorf("a sweep took %v: %v", time.Since(began), err)
		}
		cancel()
		<-flood
	})
}

// A code that once could not be found is watched like any other when it is there again.
func TestWatchAgainAfterItWasGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		code := w.crowd(1)[0]
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		all := w.watchAll(ctx, []string{code})
		w.Fail(func(op, _ string) error {
			if op == "documents.fetch" {
				return escalation.ErrNotFound
			}
			return nil
		})
		if got, _ := next(t, all[code]); got.Status != escalation.Ended {
			t.Fatalf("got %s", got.Status)
		}
		w.Fail(nil)
		again := w.watchAll(ctx, []string{code})
		other := escalation.New(escalation.Config{Now: w.clock}, w.Deps())
		for _, phase := range []wire.Phase{"opened", "ready", "opened"} { // the guess at the end took a Version
			if err := other.Progress(ctx, code, escalation.Progress{Phase: phase}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Second)
		}
		if got, _ := next(t, again[code]); got.Customer.Phase != "opened" || got.Version != 4 {
			t.Errorf("got %q at %d", got.Customer.Phase, got.Version)
		}
	})
}

// Close ends a look that is under way, and waits for it.
func TestCloseEndsLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		codes := w.crowd(30)
		w.watchAll(t.Context(), codes)
		time.Sleep(time.Minute)
		w.Close()
		before := w.reads()
		time.Sleep(time.Minute)
		if n := w.reads() - before; n != 0 {
			t.Errorf("%d reads after Close", n)
		}
	})
}

// News that come while a code is read are read once more: the answer may be older.
func TestNewsDuringALook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		other := escalation.New(escalation.Config{Now: w.clock}, w.Deps())
		codes := w.crowd(1)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		all := w.watchAll(ctx, codes)
		var slow atomic.Bool
		slow.Store(true)
		w.Fail(func(op, _ string) error {
			if op == "documents.fetch" && slow.CompareAndSwap(true, false) {
				time.Sleep(300 * time.Millisecond)
				return escalation.ErrUnavailable // the answer is lost
			}
			return nil
		})
		time.Sleep(1100 * time.Millisecond) // in the middle of the first look
		if err := other.Progress(ctx, codes[0], escalation.Progress{Phase: "opened"}); err != nil {
			t.Fatal(err)
		}
		w.Heard(codes[0], 2)
		if got, took := next(t, all[codes[0]]); got.Customer.Phase != "opened" || took > 300*time.Millisecond {
			t.Errorf("got %q after %v", got.Customer.Phase, took)
		}
	})
}

// Nobody watches any more: nothing is read.
func TestLookoutGoesHome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		codes := w.crowd(50)
		ctx, cancel := context.WithCancel(t.Context())
		w.watchAll(ctx, codes)
		time.Sleep(10 * time.Second)
		cancel()
		synctest.Wait()
		before := w.reads()
		time.Sleep(time.Minute)
		if n := w.reads() - before; n != 0 {
			t.Errorf("%d reads with nobody watching", n)
		}
		// And comes back.
		ctx, cancel = context.WithCancel(t.Context())
		defer cancel()
		all := w.watchAll(ctx, codes[:1])
		w.Documents.Drop(codes[0])
		if got, _ := next(t, all[codes[0]]); got.Status != escalation.Ended {
			t.Errorf("got %s", got.Status)
		}
	})
}

// A sweep looks closer at as many as its budget allows: first at calls, then at
// those it has not seen for longest. In the end it has seen all.
func TestSweepTakesTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(c *escalation.Config) { c.ReadsPerSecond = 2 }) // 30 a sweep
		codes := w.crowd(100)
		j := w.agentIn(codes[99])
		looked := map[string]int{}
		w.Unpaced(func() {}) // one after the other
		w.Fail(func(op, key string) error {
			if op == "tasks.fetch" {
				looked[key]++
			}
			return nil
		})
		for i := 1; i <= 4; i++ {
			if err := w.Sweep(w.ctx); err != nil {
				t.Fatal(err)
			}
			if n := looked[j.Escalation.Task]; n != i {
				t.Errorf("sweep %d: the call was looked at %d times", i, n)
			}
			time.Sleep(15 * time.Second)
		}
		for _, code := range codes[:99] {
			if n := looked[must(w.Get(w.ctx, code))(t).Task]; n < 1 || n > 2 {
				t.Errorf("%s was looked at %d times in four sweeps", code, n)
			}
		}
	})
}

// More calls than a sweep can look at leave a quarter to those who wait.
func TestSweepLooksAtThoseWhoWaitToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(c *escalation.Config) { c.ReadsPerSecond = 1 }) // 15 a sweep
		codes := w.crowd(60)
		for i, code := range codes[:40] {
			agent := ana
			agent.Worker = fmt.Sprintf("WK1%031d", i)
			agent.Supervisor = true
			must(w.JoinAsAgent(w.ctx, agent, code))(t)
		}
		looked := map[string]bool{}
		w.Unpaced(func() {})
		w.Fail(func(op, key string) error {
			if op == "tasks.fetch" {
				looked[key] = true
			}
			return nil
		})
		for range 6 {
			if err := w.Sweep(w.ctx); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		for _, code := range codes {
			if !looked[must(w.Get(w.ctx, code))(t).Task] {
				t.Errorf("%s was not looked at in six sweeps", code)
			}
		}
	})
}

// Twilio takes its time: a sweep asks for several at the same time.
func TestSweepIsOverBeforeTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.crowd(600)
		w.Fail(func(string, string) error {
			time.Sleep(60 * time.Millisecond)
			return nil
		})
		began := time.Now()
		if err := w.Sweep(w.ctx); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("a sweep over 600 took %v", took)
		}
	})
}

// A page that cannot be read fails the sweep, which says so: what was not listed
// is not gone.
func TestSweepOfAnUnreadablePage(t *testing.T) {
	synctest.Test(t, sweepOfAnUnreadablePage)
}

func sweepOfAnUnreadablePage(t *testing.T) {
	w := newWorld(t, nil)
	w.crowd(150)
	w.Fail(func(op, key string) error {
		if op == "documents.page" && key != "" {
			return escalation.ErrUnavailable
		}
		return nil
	})
	if err := w.Sweep(w.ctx); !errors.Is(err, escalation.ErrUnavailable) {
		t.Errorf("%v, want ErrUnavailable", err)
	}
}
