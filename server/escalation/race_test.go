package escalation_test

import (
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"escalate/server/escalation"
)

// These tests do one thing in the middle of another: Fail's function is called
// at a chosen call of the first and does the second, once.

// during runs do at the n-th call of op on a key with the prefix, from now on.
func (w *world) during(op, prefix string, n int, do func()) {
	var count atomic.Int32
	w.Fail(func(got, key string) error {
		if got == op && strings.HasPrefix(key, prefix) && int(count.Add(1)) == n {
			do()
		}
		return nil
	})
}

// The lock is taken before the join is written, and must hold in between.
func TestSecondJoinDuringTheFirst(t *testing.T) {
	w := newWorld(t, nil)
	one, two := w.escalate(task1), w.escalate(task2)
	var second error
	w.during("rooms.create", one.Code, 1, func() {
		w.pass(time.Second)
		_, second = w.JoinAsAgent(w.ctx, ana, two.Code)
	})
	w.agentIn(one.Code)
	var busy *escalation.BusyError
	if !errors.As(second, &busy) || busy.Code != one.Code {
		t.Errorf("got %v, want busy with %s", second, one.Code)
	}
}

// A reload whose leaving is still being written when the new page joins.
func TestReloadDuringLeaving(t *testing.T) {
	w := newWorld(t, nil)
	e := w.escalate(task1)
	old := w.agentIn(e.Code)
	w.pass(time.Minute)
	w.during("documents.fetch", "agentlock.", 1, func() {
		w.pass(time.Second)
		w.agentIn(e.Code)
	})
	if err := w.Leave(w.ctx, e.Code, old.Identity); err != nil {
		t.Fatal(err)
	}
	if w.lockHolder(ana) != e.Code {
		t.Error("the old page's leaving freed the new page's lock")
	}
}

func TestEndDuringJoin(t *testing.T) {
	w := newWorld(t, nil)
	e := w.escalate(task1)
	w.during("rooms.create", e.Code, 1, func() { must(w.End(w.ctx, ana, e.Code))(t) })
	if _, err := w.JoinAsAgent(w.ctx, ana, e.Code); !errors.Is(err, escalation.ErrEnded) {
		t.Errorf("got %v, want ErrEnded", err)
	}
	if _, _, inProgress := w.Rooms.Options(e.Code); inProgress || w.lockHolder(ana) != "" {
		t.Errorf("Room in progress %v, lock %q", inProgress, w.lockHolder(ana))
	}
}

// A rating that could not go to the Task while the end is being settled must
// go there later.
func TestRatingDuringSettling(t *testing.T) {
	w := newWorld(t, nil)
	e := w.escalate(task1)
	w.agentIn(e.Code)
	w.called(e.Code)
	reported, rated := false, false
	w.Fail(func(op, key string) error {
		switch {
		case op == "tasks.update" && !reported:
			reported = true
		case op == "tasks.update" && rated:
			return escalation.ErrUnavailable
		case op == "documents.fetch" && key == e.Code && reported && !rated:
			rated = true
			if _, err := w.Rate(w.ctx, e.Code, "", 1, "late"); err != nil {
				t.Error(err)
			}
		}
		return nil
	})
	must(w.End(w.ctx, ana, e.Code))(t)
	w.Fail(nil)
	if got := must(w.Get(w.ctx, e.Code))(t); !rated || got.Settled {
		t.Fatalf("rated %v, settled %v with the rating not on the Task", rated, got.Settled)
	}
	if err := w.Sweep(w.ctx); err != nil {
		t.Fatal(err)
	}
	if r := w.Tasks.Attributes(task1)["escalation"].(map[string]any); r["score"] != 1.0 {
		t.Errorf("after the sweep %v", r)
	}
}

// The agent comes back at the last moment.
func TestReturnDuringSweep(t *testing.T) {
	w := newWorld(t, nil)
	e := w.escalate(task1)
	j := w.agentIn(e.Code)
	if err := w.Leave(w.ctx, e.Code, j.Identity); err != nil {
		t.Fatal(err)
	}
	w.pass(2 * time.Minute)
	// The sweep reads it to correct presences, then to end it.
	w.during("documents.fetch", e.Code, 2, func() { w.agentIn(e.Code) })
	if err := w.Sweep(w.ctx); err != nil {
		t.Fatal(err)
	}
	if got := must(w.Get(w.ctx, e.Code))(t); got.Status != escalation.Open || !got.AgentPresent() {
		t.Errorf("got %s, agent present %v", got.Status, got.AgentPresent())
	}
}

// A crash between making the Room and writing its SID.
func TestEndCompletesAnUnknownRoom(t *testing.T) {
	w := newWorld(t, nil)
	e := w.escalate(task1)
	room := must(w.Deps().Rooms.Create(w.ctx, escalation.RoomOptions{UniqueName: e.Code}))(t)
	must(w.End(w.ctx, ana, e.Code))(t)
	if _, _, inProgress := w.Rooms.Options(room.SID); inProgress {
		t.Error("the Room goes on")
	}
}

func TestNoJoinIntoAClosedTask(t *testing.T) {
	for _, status := range []string{"wrapping", "completed", "canceled"} {
		w := newWorld(t, nil)
		e := w.escalate(task1)
		w.Tasks.SetStatus(task1, status)
		if _, err := w.JoinAsAgent(w.ctx, ana, e.Code); !errors.Is(err, escalation.ErrTaskClosed) {
			t.Errorf("%s: %v, want ErrTaskClosed", status, err)
		}
		if w.lockHolder(ana) != "" || w.Rooms.Count() != 0 {
			t.Errorf("%s: a refused join left a lock or a Room", status)
		}
	}
}

// A second device of the customer takes the place of the first.
func TestCustomerOnAnotherDevice(t *testing.T) {
	w := newWorld(t, nil)
	e := w.escalate(task1)
	a := w.agentIn(e.Code)
	w.customerIn(e.Code)
	second := w.customerIn(e.Code)
	if ids := w.Rooms.Identities(a.Room); !slices.Equal(ids, []string{a.Identity, second.Identity}) {
		t.Errorf("in the Room: %v", ids)
	}
	if got := must(w.Get(w.ctx, e.Code))(t); got.Status != escalation.InCall {
		t.Errorf("status %s", got.Status)
	}
}
