package escalation_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"escalate/server/escalation"
)

// The first rating stands, whoever sends another from wherever, and everybody
// is told what is kept.
func TestFirstRatingStands(t *testing.T) {
	w := newWorld(t, nil)
	e := w.escalate(task1)
	w.agentIn(e.Code)
	w.called(e.Code)
	var mu sync.Mutex
	var wg sync.WaitGroup
	var kept []escalation.Rating
	for i := range 5 {
		wg.Go(func() {
			r, err := w.Rate(w.ctx, e.Code, "", i+1, fmt.Sprint("tab ", i))
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			kept = append(kept, r)
		})
	}
	wg.Wait()
	must(w.End(w.ctx, ana, e.Code))(t)
	kept = append(kept, must(w.Rate(w.ctx, e.Code, "", 1, "after the end"))(t))
	w.pass(time.Hour)
	kept = append(kept, must(w.Rate(w.ctx, e.Code, "", 1, "much later"))(t))
	for _, r := range kept {
		if r != kept[0] || r.Comment == "" {
			t.Errorf("told %+v and %+v", r, kept[0])
		}
	}
	if got := must(w.Get(w.ctx, e.Code))(t); *got.Rating != kept[0] || !got.Settled {
		t.Errorf("%+v is kept, %+v was told; settled %v", got.Rating, kept[0], got.Settled)
	}
	if r := w.object("escalation"); r["score"] != float64(kept[0].Score) || r["comment"] != kept[0].Comment {
		t.Errorf("the Task says %v", r)
	}
}

// A second rating costs Twilio nothing: anybody may send as many as they like.
func TestSecondRatingWritesNothing(t *testing.T) {
	w := newWorld(t, nil)
	w.rated(4, "good")
	code, _ := w.Tasks.Attributes(task1)["syncDocument"].(string)
	before := w.Calls("documents.update") + w.Calls("tasks.update") + w.Calls("rooms.complete")
	must(w.Rate(w.ctx, code, "", 1, "bad"))(t)
	if after := w.Calls("documents.update") + w.Calls("tasks.update") + w.Calls("rooms.complete"); after != before {
		t.Errorf("%d calls that change something", after-before)
	}
}

// A rating needs somebody who can have been in the call. Where no status
// callback comes, the sweep sees them.
func TestRatingNeedsACustomer(t *testing.T) {
	w := newWorld(t, nil)
	e := w.escalate(task1)
	refused := func(when string) {
		t.Helper()
		if _, err := w.Rate(w.ctx, e.Code, "", 5, "made up"); !errors.Is(err, escalation.ErrNotInCall) {
			t.Errorf("%s: %v, want ErrNotInCall", when, err)
		}
		if w.Tasks.Attributes(task1)["escalation"] != nil {
			t.Errorf("%s: it is on the Task", when)
		}
	}
	refused("before anybody joined")
	a := w.agentIn(e.Code)
	w.tell("participant-connected", a)
	refused("with the agent alone")
	must(w.JoinAsCustomer(w.ctx, e.Code, ""))(t)
	refused("with a token in the customer's hands")
	w.customerIn(e.Code)
	if err := w.Sweep(w.ctx); err != nil {
		t.Fatal(err)
	}
	if r, err := w.Rate(w.ctx, e.Code, "", 5, "real"); err != nil || r.Comment != "real" {
		t.Errorf("in the call: %+v, %v", r, err)
	}
}

// Agents have the code, and with it a token like a customer's: it rates nothing
// unless its bearer was in the Room.
func TestTokenAloneRatesNothing(t *testing.T) {
	w := newWorld(t, nil)
	e := w.escalate(task1)
	w.tell("participant-connected", w.agentIn(e.Code))
	customer := w.customerIn(e.Code)
	w.tell("participant-connected", customer)
	if err := w.Leave(w.ctx, e.Code, customer.Identity); err != nil {
		t.Fatal(err)
	}
	made := must(w.JoinAsCustomer(w.ctx, e.Code, ""))(t).Identity
	if err := w.Progress(w.ctx, e.Code, escalation.Progress{Phase: "in_call"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Rate(w.ctx, e.Code, made, 5, "made up"); !errors.Is(err, escalation.ErrNotInCall) {
		t.Errorf("who was not in the Room: %v, want ErrNotInCall", err)
	}
	if r, err := w.Rate(w.ctx, e.Code, customer.Identity, 2, "real"); err != nil || r.Comment != "real" {
		t.Errorf("the customer: %+v, %v", r, err)
	}
}
