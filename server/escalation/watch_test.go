package escalation_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"escalate/app/wire"
	"escalate/server/escalation"
)

func TestWatchTellsLocalChangesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		e := w.escalate(task1)
		ctx, cancel := context.WithCancel(t.Context())
		c := must(w.Watch(ctx, e.Code))(t)
		if first := <-c; first.Version != 1 {
			t.Errorf("first value %+v", first)
		}
		began := time.Now()
		w.agentIn(e.Code)
		if got := <-c; got.Status != escalation.Open || time.Since(began) > 0 {
			t.Errorf("got %s after %v", got.Status, time.Since(began))
		}
		cancel()
		if _, open := <-c; open {
			t.Error("a value after the end")
		}
	})
}

// A second Service is another replica: its changes come with the next poll.
func TestWatchTellsOtherReplicasChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		other := escalation.New(escalation.Config{Now: w.clock}, w.Deps())
		e := w.escalate(task1)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		c := must(w.Watch(ctx, e.Code))(t)
		<-c
		if err := other.Progress(ctx, e.Code, escalation.Progress{Phase: "opened"}); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if got := <-c; got.Customer.Phase != "opened" || time.Since(began) > time.Second {
			t.Errorf("got %q after %v", got.Customer.Phase, time.Since(began))
		}
		// It expires by the clock, without anybody writing.
		w.pass(time.Hour)
		if got := <-c; got.Status != escalation.Expired {
			t.Errorf("got %s", got.Status)
		}
	})
}

func TestWatchersShareOnePoller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		e := w.escalate(task1)
		ctx, cancel := context.WithCancel(t.Context())
		var all []<-chan escalation.Escalation
		for range 5 {
			c := must(w.Watch(ctx, e.Code))(t)
			<-c
			all = append(all, c)
		}
		before := w.Calls("documents.fetch")
		time.Sleep(10*time.Second + time.Millisecond) // of the bubble's clock
		if n := w.Calls("documents.fetch") - before; n != 10 {
			t.Errorf("%d reads in 10 s, want 10", n)
		}
		time.Sleep(time.Minute)
		before = w.Calls("documents.fetch")
		time.Sleep(30 * time.Second)
		if n := w.Calls("documents.fetch") - before; n != 10 {
			t.Errorf("%d reads in 30 quiet seconds, want 10", n)
		}
		cancel()
		for _, c := range all {
			for range c { // until closed
			}
		}
		synctest.Wait()
		before = w.Calls("documents.fetch")
		time.Sleep(time.Minute)
		if n := w.Calls("documents.fetch") - before; n != 0 {
			t.Errorf("%d reads with nobody watching", n)
		}
	})
}

// What happens here wakes the poller from its long pauses, because what others
// do about it comes next.
func TestLocalChangesWakeThePoller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		other := escalation.New(escalation.Config{Now: w.clock}, w.Deps())
		e := w.escalate(task1)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		c := must(w.Watch(ctx, e.Code))(t)
		<-c
		time.Sleep(time.Minute) // of the bubble's clock
		before := w.Calls("documents.fetch")
		for w.Calls("documents.fetch") == before {
			time.Sleep(10 * time.Millisecond) // until right after a poll
		}
		if err := w.Progress(ctx, e.Code, escalation.Progress{Phase: "opened"}); err != nil {
			t.Fatal(err)
		}
		<-c
		began := time.Now()
		if err := other.Progress(ctx, e.Code, escalation.Progress{Phase: "ready"}); err != nil {
			t.Fatal(err)
		}
		if got := <-c; got.Customer.Phase != "ready" || time.Since(began) > time.Second {
			t.Errorf("got %q after %v", got.Customer.Phase, time.Since(began))
		}
		time.Sleep(5500 * time.Millisecond) // away from the polls
		before = w.Calls("documents.fetch")
		time.Sleep(10 * time.Second)
		if n := w.Calls("documents.fetch") - before; n != 10 {
			t.Errorf("%d reads in 10 s after a change, want 10", n)
		}
	})
}

// A stream of changes here must not put off the look at what others do.
func TestManyLocalChangesDoNotHoldUpThePoller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.Unpaced(func() {})
		e := w.escalate(task1)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		c := must(w.Watch(ctx, e.Code))(t)
		<-c
		synctest.Wait()
		phases := []wire.Phase{"opened", "ready"}
		reads := w.Calls("documents.fetch")
		for i := range 100 {
			if err := w.Progress(ctx, e.Code, escalation.Progress{Phase: phases[i%2]}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		// Each change reads once; the rest is the poller's.
		if n := w.Calls("documents.fetch") - reads - 100; n < 9 || n > 11 {
			t.Errorf("%d polls in 10 busy seconds, want 10", n)
		}
	})
}

// A change of another replica is told as soon as anybody here reads it: a
// callback that comes twice, or somebody asking for the state.
func TestReadingIsTellingToo(t *testing.T) {
	for _, ca := range []struct {
		name string
		read func(w *world, code string) error
	}{
		{"the state is asked for", func(w *world, code string) error {
			_, err := w.Get(w.ctx, code)
			return err
		}},
		{"a report that changes nothing", func(w *world, code string) error {
			return w.Progress(w.ctx, code, escalation.Progress{Phase: "opened"})
		}},
	} {
		t.Run(ca.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, nil)
				other := escalation.New(escalation.Config{Now: w.clock}, w.Deps())
				e := w.escalate(task1)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				c := must(w.Watch(ctx, e.Code))(t)
				<-c
				if err := other.Progress(ctx, e.Code, escalation.Progress{Phase: "opened"}); err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				if err := ca.read(w, e.Code); err != nil {
					t.Fatal(err)
				}
				if got := <-c; got.Customer.Phase != "opened" || time.Since(began) > 0 {
					t.Errorf("got %q after %v", got.Customer.Phase, time.Since(began))
				}
			})
		})
	}
}

func TestSlowWatcherGetsTheNewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		e := w.escalate(task1)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		c := must(w.Watch(ctx, e.Code))(t)
		for _, phase := range []wire.Phase{"opened", "permission", "ready"} {
			if err := w.Progress(ctx, e.Code, escalation.Progress{Phase: phase}); err != nil {
				t.Fatal(err)
			}
		}
		if got := <-c; got.Customer.Phase != "ready" {
			t.Errorf("got %q, want ready", got.Customer.Phase)
		}
	})
}

func TestWatchSurvivesTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		e := w.escalate(task1)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		c := must(w.Watch(ctx, e.Code))(t)
		<-c
		w.Fail(func(string, string) error { return escalation.ErrUnavailable })
		before := w.Calls("documents.fetch")
		time.Sleep(2 * time.Minute)
		if n := w.Calls("documents.fetch") - before; n > 14 {
			t.Errorf("%d reads in two minutes of trouble", n)
		}
		w.Fail(nil)
		other := escalation.New(escalation.Config{Now: w.clock}, w.Deps())
		if err := other.Progress(ctx, e.Code, escalation.Progress{Phase: "opened"}); err != nil {
			t.Fatal(err)
		}
		if got := <-c; got.Customer.Phase != "opened" {
			t.Errorf("got %q", got.Customer.Phase)
		}
	})
}

func TestWatchOfADeletedDocument(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		e := w.escalate(task1)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		c := must(w.Watch(ctx, e.Code))(t)
		<-c
		time.Sleep(2 * time.Second)
		w.Documents.Drop(e.Code)
		if got := <-c; got.Status != escalation.Ended {
			raw, _ := json.Marshal(got)
			t.Errorf("got %s", raw)
		}
	})
}

// Somebody who guesses gets one read, also when Twilio is slower than pollers
// look.
func TestAGuessIsOneRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		reads := 0
		w.Fail(func(string, string) error {
			reads++
			time.Sleep(5 * time.Second)
			return nil
		})
		if _, err := w.Watch(w.ctx, "nbdy234"); !errors.Is(err, escalation.ErrUnknownCode) {
			t.Errorf("%v, want ErrUnknownCode", err)
		}
		time.Sleep(time.Minute)
		if reads != 1 {
			t.Errorf("%d reads, want 1", reads)
		}
	})
}
