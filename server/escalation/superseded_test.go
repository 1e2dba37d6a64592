package escalation_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"escalate/server/escalation"
)

// expectInRoom wants exactly these in the Room.
func (w *world) expectInRoom(room string, want ...string) {
	w.t.Helper()
	got := w.Rooms.Identities(room)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.t.Errorf("in the Room: %v, want %v", got, want)
	}
}

// A token stays good for as long as a call may last. Whoever was given another
// since, and connects with the old one straight at signalling, is sent out again.
func TestSupersededTokensOpenNothing(t *testing.T) {
	type call struct {
		*world
		code          string
		agent         escalation.Join // the newest
		first, second escalation.Join // the customer's
		formerlyAgent escalation.Join
	}
	for _, c := range []struct {
		name string
		back func(call) string   // connects somebody, and returns who
		in   func(call) []string // who is to be there after it
	}{
		{"the customer's first token", func(c call) string { return c.first.Identity }, nil},
		{"the agent's first token", func(c call) string { return c.formerlyAgent.Identity }, nil},
		{"the customer's, after the second has left", func(c call) string {
			if err := c.Leave(c.ctx, c.code, c.second.Identity); err != nil {
				c.t.Fatal(err)
			}
			return c.first.Identity
		}, func(c call) []string { return []string{c.agent.Identity} }},
		{"one so old that it is forgotten", func(c call) string {
			for range 20 {
				c.pass(time.Second)
				c.second = c.customerIn(c.code)
			}
			return c.first.Identity
		}, func(c call) []string {
			e := must(c.Get(c.ctx, c.code))(c.t)
			return []string{c.agent.Identity, e.Participants[len(e.Participants)-1].Identity}
		}},
		{"nobody of ours", func(call) string { return "recorder-7" }, func(c call) []string {
			return []string{c.agent.Identity, c.second.Identity, "recorder-7"}
		}},
		{"the newest, which had left", func(c call) string {
			if err := c.Leave(c.ctx, c.code, c.second.Identity); err != nil {
				c.t.Fatal(err)
			}
			c.pass(time.Second)
			return c.second.Identity
		}, func(c call) []string { return []string{c.agent.Identity, c.second.Identity} }},
	} {
		for _, callback := range []bool{true, false} {
			t.Run(c.name+map[bool]string{true: ", by callback", false: ", by sweep"}[callback], func(t *testing.T) {
				w := newWorld(t, nil)
				w.Unpaced(func() {})
				e := w.escalate(task1)
				k := call{world: w, code: e.Code}
				k.formerlyAgent = w.agentIn(e.Code)
				w.pass(time.Second)
				k.agent = w.agentIn(e.Code)
				k.first = w.called(e.Code)
				w.pass(time.Second)
				k.second = w.called(e.Code)
				w.pass(time.Minute)
				in := []string{k.agent.Identity, k.second.Identity}
				w.expectInRoom(k.agent.Room, in...)

				who := c.back(k)
				w.Rooms.Connect(k.agent.Room, who)
				status := w.status(e.Code)
				before := w.Calls("documents.update")
				if callback {
					w.tell("participant-connected", escalation.Join{Room: k.agent.Room, Identity: who, Escalation: e})
				} else if err := w.Sweep(w.ctx); err != nil {
					t.Fatal(err)
				}
				if c.in != nil {
					in = c.in(k)
				}
				w.expectInRoom(k.agent.Room, in...)
				if slices.Contains(in, who) {
					return
				}
				if got := w.status(e.Code); got != status {
					t.Errorf("status %s, was %s", got, status)
				}
				if n := w.Calls("documents.update") - before; callback && n != 0 {
					t.Errorf("%d writes: an old token could make any number of them", n)
				}
			})
		}
	}
}

// What Twilio tells of a Participant who was superseded must not bring them
// back, nor throw out who took their place.
func TestLateNewsOfTheSuperseded(t *testing.T) {
	w := newWorld(t, nil)
	e := w.escalate(task1)
	a := w.agentIn(e.Code)
	first := w.customerIn(e.Code)
	sid := must(w.Deps().Rooms.Participants(w.ctx, a.Room))(t)[1].SID
	w.pass(time.Second)
	second := w.called(e.Code)
	for i, event := range []string{"participant-connected", "participant-disconnected", "participant-connected"} {
		w.pass(time.Second)
		c := escalation.Callback{Event: event, RoomSID: a.Room, RoomName: e.Code, Identity: first.Identity, ParticipantSID: sid, Sequence: 20 + i, At: w.clock()}
		if err := w.Callback(w.ctx, c); err != nil {
			t.Fatal(err)
		}
		w.expectInRoom(a.Room, a.Identity, second.Identity)
		if got := w.status(e.Code); got != escalation.InCall {
			t.Errorf("after %s: %s", event, got)
		}
	}
}

// Twilio may not be there to remove somebody: the sweep does it later.
func TestSupersededIsRemovedLater(t *testing.T) {
	w := newWorld(t, nil)
	e := w.escalate(task1)
	a := w.agentIn(e.Code)
	first := w.customerIn(e.Code)
	second := w.called(e.Code)
	w.Rooms.Connect(a.Room, first.Identity)
	w.Fail(func(op, _ string) error {
		if op == "rooms.remove" {
			return escalation.ErrUnavailable
		}
		return nil
	})
	w.tell("participant-connected", first)
	w.expectInRoom(a.Room, a.Identity, first.Identity, second.Identity)
	w.Fail(nil)
	if err := w.Sweep(w.ctx); err != nil {
		t.Fatal(err)
	}
	w.expectInRoom(a.Room, a.Identity, second.Identity)
}

// A join that comes to nothing supersedes nobody.
func TestFailedJoinSupersedesNobody(t *testing.T) {
	w := newWorld(t, nil)
	e := w.escalate(task1)
	a := w.agentIn(e.Code)
	first := w.called(e.Code)
	w.Fail(func(op, _ string) error {
		if op == "tokens.mint" {
			return errors.New("no key")
		}
		return nil
	})
	if _, err := w.JoinAsCustomer(w.ctx, e.Code, ""); err == nil {
		t.Fatal("joined without a token")
	}
	if _, err := w.JoinAsAgent(w.ctx, ana, e.Code); err == nil {
		t.Fatal("joined without a token")
	}
	w.Fail(nil)
	w.pass(time.Minute)
	if err := w.Sweep(w.ctx); err != nil {
		t.Fatal(err)
	}
	w.expectInRoom(a.Room, a.Identity, first.Identity)
	if got := w.status(e.Code); got != escalation.InCall {
		t.Errorf("status %s", got)
	}
}

// However often the customer comes back, that the agent's stay is the newest of
// theirs is not forgotten.
func TestManyStaysForgetNobodyElse(t *testing.T) {
	w := newWorld(t, nil)
	w.Unpaced(func() {})
	e := w.escalate(task1)
	a := w.agentIn(e.Code)
	if err := w.Leave(w.ctx, e.Code, a.Identity); err != nil {
		t.Fatal(err)
	}
	must(w.JoinAsAgent(w.ctx, boss, e.Code))(t)
	for range 30 {
		w.pass(time.Second)
		w.customerIn(e.Code)
	}
	got := must(w.Get(w.ctx, e.Code))(t)
	if !slices.ContainsFunc(got.Participants, func(p escalation.Presence) bool { return p.Identity == a.Identity }) {
		t.Error("the agent's stay is forgotten")
	}
	w.Rooms.Connect(a.Room, a.Identity)
	w.tell("participant-connected", a)
	if !slices.Contains(w.Rooms.Identities(a.Room), a.Identity) {
		t.Error("an agent whom nobody superseded was sent out")
	}
}
