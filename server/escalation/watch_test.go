package escalation_test

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

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

func TestSlowWatcherGetsTheNewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		e := w.escalate(task1)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		c := must(w.Watch(ctx, e.Code))(t)
		for _, phase := range []string{"opened", "permission", "ready"} {
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
		w.DropDocument(e.Code)
		if got := <-c; got.Status != escalation.Ended {
			raw, _ := json.Marshal(got)
			t.Errorf("got %s", raw)
		}
	})
}
