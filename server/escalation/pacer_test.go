package escalation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"escalate/app/wire"
	"escalate/server/escalation"
)

// writesOf counts the writes of each second, by Document.
type writesOf struct {
	mu sync.Mutex
	at map[string][]time.Time
}

func countWrites(w *world) *writesOf {
	c := &writesOf{at: map[string][]time.Time{}}
	w.Documents.OnWrite(func(name string, _ json.RawMessage) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.at[name] = append(c.at[name], time.Now())
	})
	return c
}

// most is how many writes of one Document any one second saw.
func (c *writesOf) most(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	most := 0
	for i, from := range c.at[name] {
		n := 0
		for _, at := range c.at[name][i:] {
			if at.Sub(from) < time.Second {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

func (c *writesOf) total(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.at[name])
}

// A page that reports fifty steps a second, each another one.
func TestProgressIsCoalesced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		e := w.escalate(task1)
		writes := countWrites(w)
		phases := []wire.Phase{"opened", "permission", "ready"}
		var wg sync.WaitGroup
		for i := range 250 {
			wg.Go(func() {
				if err := w.Progress(w.ctx, e.Code, escalation.Progress{Phase: phases[i%3]}); err != nil {
					t.Error(err)
				}
			})
			time.Sleep(20 * time.Millisecond)
		}
		wg.Go(func() {
			if err := w.Progress(w.ctx, e.Code, escalation.Progress{Phase: "trouble", Detail: "denied"}); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		if n := writes.total(e.Code); n < 4 || n > 7 {
			t.Errorf("%d writes in 5 s, want one a second", n)
		}
		if got := must(w.Get(w.ctx, e.Code))(t); got.Customer.Phase != "trouble" || got.Customer.Detail != "denied" {
			t.Errorf("customer is %+v, want the newest report", got.Customer)
		}
	})
}

// What a page says while it is being closed is not lost.
func TestProgressOfAClosingPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		e := w.escalate(task1)
		if err := w.Progress(w.ctx, e.Code, escalation.Progress{Phase: "opened"}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(w.ctx, 100*time.Millisecond)
		defer cancel()
		if err := w.Progress(ctx, e.Code, escalation.Progress{Phase: "left"}); err != nil {
			t.Fatal(err)
		}
		if got := must(w.Get(w.ctx, e.Code))(t); got.Customer.Phase != "left" {
			t.Errorf("customer is %q, want left", got.Customer.Phase)
		}
	})
}

// An older report that hangs must not be written over a newer one.
func TestSlowProgressIsNotOvertaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		e := w.escalate(task1)
		var once sync.Once
		w.Fail(func(op, _ string) error {
			if op == "documents.update" {
				once.Do(func() { time.Sleep(5 * time.Second) })
			}
			return nil
		})
		var wg sync.WaitGroup
		for _, phase := range []wire.Phase{"opened", "permission", "ready"} {
			wg.Go(func() {
				if err := w.Progress(w.ctx, e.Code, escalation.Progress{Phase: phase}); err != nil {
					t.Error(err)
				}
			})
			time.Sleep(time.Second)
		}
		wg.Wait()
		if got := must(w.Get(w.ctx, e.Code))(t); got.Customer.Phase != "ready" {
			t.Errorf("customer is %q, want ready", got.Customer.Phase)
		}
	})
}

// Somebody who drives the customer's calls by hand cannot use up what Sync
// allows: the agent gets through.
func TestHammeringLeavesRoomForTheAgent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		e := w.escalate(task1)
		w.agentIn(e.Code)
		w.called(e.Code)
		writes := countWrites(w)
		refused := 0
		var mu sync.Mutex
		var wg sync.WaitGroup
		for i := range 300 {
			wg.Go(func() {
				var err error
				if i%2 == 0 {
					_, err = w.JoinAsCustomer(w.ctx, e.Code, "")
				} else {
					_, err = w.Rate(w.ctx, e.Code, "", 1+i%5, "")
				}
				mu.Lock()
				defer mu.Unlock()
				if errors.Is(err, escalation.ErrUnavailable) {
					refused++
				} else if err != nil && !errors.Is(err, escalation.ErrEnded) {
					t.Error(err)
				}
			})
			time.Sleep(10 * time.Millisecond)
		}
		began := time.Now()
		must(w.End(w.ctx, ana, e.Code))(t)
		if d := time.Since(began); d > time.Second {
			t.Errorf("the agent's End took %v", d)
		}
		wg.Wait()
		if n := writes.most(e.Code); n > 20 {
			t.Errorf("%d writes in a second, Sync takes 20", n)
		}
		if refused == 0 {
			t.Error("nothing was refused")
		}
	})
}

// Callbacks and conflicts count too: the limit holds whoever writes.
func TestWritesStayUnderSyncsLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		e := w.escalate(task1)
		j := w.agentIn(e.Code)
		var at []time.Time
		w.Fail(func(op, key string) error {
			if op == "documents.update" && key == e.Code {
				at = append(at, time.Now())
				if len(at)%3 == 0 {
					return escalation.ErrConflict
				}
			}
			return nil
		})
		for i := range 60 {
			event := []string{"participant-connected", "participant-disconnected"}[i%2]
			if err := w.Callback(w.ctx, escalation.Callback{Event: event, RoomSID: j.Room, RoomName: e.Code, Identity: j.Identity,
				ParticipantSID: fmt.Sprint("PA", i/2), Sequence: i + 1, At: w.clock().Add(time.Duration(i) * time.Second)}); err != nil {
				t.Fatal(err)
			}
		}
		for i := range at {
			if i >= 20 && at[i].Sub(at[i-20]) < time.Second {
				t.Fatalf("writes %d to %d within %v", i-20, i, at[i].Sub(at[i-20]))
			}
		}
		if len(at) < 60 {
			t.Errorf("only %d writes", len(at))
		}
	})
}
