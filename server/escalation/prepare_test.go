package escalation_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"escalate/app/wire"
	"escalate/server/escalation"
)

// withRoom escalates the first Task with its Room.
func (w *world) withRoom() escalation.Escalation {
	w.t.Helper()
	return must(w.EscalateWithRoom(w.ctx, ana, task1))(w.t)
}

func always(escalation.Escalation) bool { return true }

// waitInRoom lets a customer in, also alone.
func (w *world) waitInRoom(code string) (escalation.Join, error) {
	return w.JoinOrWaitInRoom(w.ctx, code, "I agree", always)
}

// A customer who comes first waits in the Room, and the agent finds them there.
func TestCustomerWaitsInTheRoom(t *testing.T) {
	w := newWorld(t, nil)
	e := w.withRoom()
	if e.Room.SID == "" || e.Status != escalation.Invited || w.Twilio.Tasks.Attributes(task1)["videoRoomSid"] != e.Room.SID {
		t.Fatalf("Room %+v, status %s, attributes %v", e.Room, e.Status, w.Twilio.Tasks.Attributes(task1))
	}
	if again := w.withRoom(); again.Room != e.Room || again.Code != e.Code || w.Rooms.Count() != 1 {
		t.Errorf("asked again: %+v, %d Rooms", again.Room, w.Rooms.Count())
	}
	j := must(w.JoinAsCustomer(w.ctx, e.Code, ""))(t)
	if !j.Waiting {
		t.Fatal("our own page's customers wait outside")
	}
	no := func(escalation.Escalation) bool { return false }
	if j := must(w.JoinOrWaitInRoom(w.ctx, e.Code, "", no))(t); !j.Waiting {
		t.Fatal("who may not be alone in the Room is")
	}
	j = must(w.waitInRoom(e.Code))(t)
	if j.Waiting || j.Room != e.Room.SID || j.Token == "" {
		t.Fatalf("customer: %+v", j)
	}
	w.Rooms.Connect(j.Room, j.Identity)
	w.tell("participant-connected", j)
	if got := must(w.Get(w.ctx, e.Code))(t); got.Status != escalation.Invited || got.Customer.Phase != wire.PhaseWaiting {
		t.Errorf("while the customer waits: %s, %s", got.Status, got.Customer.Phase)
	}
	w.pass(10 * time.Minute)
	if err := w.Sweep(w.ctx); err != nil {
		t.Fatal(err)
	}
	if in := w.Rooms.Identities(j.Room); len(in) != 1 || in[0] != j.Identity {
		t.Fatalf("in the Room are %v", in)
	}
	a := w.agentIn(e.Code)
	if a.Room != j.Room {
		t.Errorf("the agent is in another Room: %s", a.Room)
	}
	if got := must(w.Get(w.ctx, e.Code))(t); got.Status != escalation.InCall || got.Customer.Phase != wire.PhaseInCall {
		t.Errorf("with the agent: %s, %s", got.Status, got.Customer.Phase)
	}
	must(w.End(w.ctx, ana, e.Code))(t)
	if _, _, on := w.Rooms.Options(j.Room); on {
		t.Error("the Room goes on")
	}
}

// The page asks for its token long before its user clicks.
func TestCustomerConnectsLate(t *testing.T) {
	w := newWorld(t, nil)
	e := w.withRoom()
	j := must(w.waitInRoom(e.Code))(t)
	w.pass(2 * time.Minute)
	if err := w.Sweep(w.ctx); err != nil { // not seen: not on the way any more
		t.Fatal(err)
	}
	w.agentIn(e.Code)
	if got := must(w.Get(w.ctx, e.Code))(t); got.Status != escalation.Open || got.Customer.Phase != wire.PhaseWaiting {
		t.Errorf("before the click: %s, %s", got.Status, got.Customer.Phase)
	}
	w.pass(time.Second)
	w.Rooms.Connect(j.Room, j.Identity)
	w.tell("participant-connected", j)
	if got := must(w.Get(w.ctx, e.Code))(t); got.Status != escalation.InCall || got.Customer.Phase != wire.PhaseInCall {
		t.Errorf("after it: %s, %s", got.Status, got.Customer.Phase)
	}
}

func TestCustomerStopsWaiting(t *testing.T) {
	w := newWorld(t, nil)
	e := w.withRoom()
	j := must(w.waitInRoom(e.Code))(t)
	w.Rooms.Connect(j.Room, j.Identity)
	w.tell("participant-connected", j)
	if err := w.Leave(w.ctx, e.Code, j.Identity); err != nil {
		t.Fatal(err)
	}
	if got := must(w.Get(w.ctx, e.Code))(t); got.Customer.Phase != wire.PhaseLeft || got.Status != escalation.Invited {
		t.Errorf("%s, %s", got.Customer.Phase, got.Status)
	}
	// And comes back by another page, which takes the place of the first.
	again := must(w.waitInRoom(e.Code))(t)
	w.Rooms.Connect(again.Room, again.Identity)
	w.agentIn(e.Code)
	if got := must(w.Get(w.ctx, e.Code))(t); got.Status != escalation.InCall {
		t.Errorf("back, and %s", got.Status)
	}
}

// The Room lasts as long as the code, up to Twilio's hour, and no longer.
func TestRoomOfACode(t *testing.T) {
	for _, c := range []struct{ ttl, unused, empty int }{{1, 10, 5}, {30, 31, 31}, {60, 60, 60}, {300, 60, 60}} {
		w := newWorld(t, func(o *escalation.Config) { o.CodeTTL = time.Duration(c.ttl) * time.Minute })
		o, _, _ := w.Rooms.Options(w.withRoom().Room.SID)
		if o.UnusedTimeout != time.Duration(c.unused)*time.Minute || o.EmptyTimeout != time.Duration(c.empty)*time.Minute {
			t.Errorf("code of %d min: the Room lasts %v unused, %v empty; want %d and %d min", c.ttl, o.UnusedTimeout, o.EmptyTimeout, c.unused, c.empty)
		}
	}
	w := newWorld(t, nil)
	e := w.withRoom()
	w.pass(61 * time.Minute)
	if err := w.Sweep(w.ctx); err != nil {
		t.Fatal(err)
	}
	if _, _, on := w.Rooms.Options(e.Room.SID); on || w.status(e.Code) != escalation.Expired {
		t.Errorf("after the code's time: %s, in progress %t", w.status(e.Code), on)
	}
	if _, err := w.waitInRoom(e.Code); !errors.Is(err, escalation.ErrExpired) {
		t.Errorf("waiting then: %v", err)
	}
}

// Who waits for the agent in the Room has the whole call ahead of them, up to
// Twilio's day.
func TestWaitingIsNoneOfTheCall(t *testing.T) {
	for _, c := range []struct{ code, call, stay time.Duration }{
		{time.Hour, 2 * time.Hour, 3 * time.Hour},
		{30 * time.Minute, time.Minute, 40 * time.Minute},
		{5 * time.Hour, 20 * time.Hour, 24 * time.Hour},
	} {
		w := newWorld(t, func(o *escalation.Config) { o.CodeTTL, o.MaxCall = c.code, c.call })
		o, _, _ := w.Rooms.Options(w.withRoom().Room.SID)
		if o.MaxParticipantDuration != c.stay {
			t.Errorf("code of %v, call of at most %v: Participants stay %v, want %v", c.code, c.call, o.MaxParticipantDuration, c.stay)
		}
	}
}

// Where there is no Room, or Twilio has ended it, or the call is to be recorded,
// nobody gets in alone.
func TestNoWaitingInTheRoom(t *testing.T) {
	w := newWorld(t, nil)
	e := w.escalate(task1)
	if j := must(w.waitInRoom(e.Code))(t); !j.Waiting || j.Token != "" {
		t.Errorf("without a Room: %+v", j)
	}
	e = w.withRoom()
	if err := w.Deps().Rooms.Complete(w.ctx, e.Room.SID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.waitInRoom(e.Code); !errors.Is(err, escalation.ErrEnded) {
		t.Errorf("in a Room that is over: %v", err)
	}
	w = newWorld(t, func(c *escalation.Config) { c.Record = true })
	e = w.withRoom()
	if j := must(w.waitInRoom(e.Code))(t); !j.Waiting || j.Token != "" {
		t.Errorf("in a call to be recorded: %+v", j)
	}
	if o, _, _ := w.Rooms.Options(e.Room.SID); !o.Paused {
		t.Error("the Room records")
	}
}

// Who waits in the Room has a token that works until a call could be over.
func TestWaitingTokenLastsForTheCall(t *testing.T) {
	w := newWorld(t, nil)
	var got mints
	deps := w.Deps()
	deps.Tokens = &got
	svc := escalation.New(escalation.Config{Now: w.clock, CodeTTL: time.Hour, MaxCall: 2 * time.Hour, TokenTTL: 24 * time.Hour}, deps)
	e := must(svc.EscalateWithRoom(w.ctx, ana, task1))(t)
	must(svc.JoinOrWaitInRoom(w.ctx, e.Code, "", always))(t)
	if got[0] != 3*time.Hour {
		t.Errorf("the token lives %v, want 3h", got[0])
	}
}

// The SID on the Task is that of its present call's Room.
func TestTaskNamesThePresentRoom(t *testing.T) {
	w := newWorld(t, nil)
	named := func() any { return w.Twilio.Tasks.Attributes(task1)["videoRoomSid"] }
	e := w.withRoom()
	if err := w.Deps().Rooms.Complete(w.ctx, e.Room.SID); err != nil { // Twilio's time-out
		t.Fatal(err)
	}
	if j := w.agentIn(e.Code); j.Room == e.Room.SID || named() != j.Room {
		t.Errorf("the agent is in %s, the Task names %v", j.Room, named())
	}
	must(w.End(w.ctx, ana, e.Code))(t)
	next := w.escalate(task1)
	if next.Code == e.Code || named() != nil {
		t.Errorf("escalated again, the Task names %v", named())
	}
	if w.agentIn(next.Code); named() != nil {
		t.Errorf("on a Task that had no Room's SID is %v", named())
	}
}

// An attribute of somebody else's Room is left alone.
func TestRoomSIDOfAnotherCallStays(t *testing.T) {
	w := newWorld(t, nil)
	e := w.escalate(task1)
	w.Tasks.SetAttributes(task1, `{"conversationSid":"`+chat1+`","videoRoom":"theirs","videoRoomSid":"RM1"}`)
	w.agentIn(e.Code)
	if got := w.Tasks.Attributes(task1)["videoRoomSid"]; got != "RM1" {
		t.Errorf("videoRoomSid is %v", got)
	}
}

// The SID of a Room that is over stands back for what became of the call.
func TestRoomSIDStandsBack(t *testing.T) {
	w := newWorld(t, nil)
	w.Tasks.SetAttributes(task1, filled(limit-len(`,"syncDocument":"abcdefg","videoRoom":"abcdefg","videoRoomSid":""`)-34, "x"))
	e := w.withRoom()
	if w.Tasks.Attributes(task1)["videoRoomSid"] != e.Room.SID {
		t.Fatalf("attributes %s", w.Tasks.AttributesText(task1))
	}
	w.agentIn(e.Code)
	w.called(e.Code)
	must(w.End(w.ctx, ana, e.Code))(t)
	if _, err := w.Rate(w.ctx, e.Code, "", 4, ""); err != nil {
		t.Fatal(err)
	}
	if m := w.object("conversations"); len(m) != 3 {
		t.Errorf("of the three measures are there %v", m)
	}
	if got := w.Tasks.Attributes(task1)["videoRoomSid"]; got != nil {
		t.Errorf("videoRoomSid is %v where there is no space for it", got)
	}
}

// A Task without space for the Room's SID is escalated all the same.
func TestTaskHasNoSpaceForTheRoom(t *testing.T) {
	w := newWorld(t, nil)
	const empty = len(`{"conversationSid":"` + chat1 + `","note":"","syncDocument":"abc2345","videoRoom":"abc2345"}`)
	w.Twilio.Tasks.Add(task1, ana.Worker, map[string]any{"conversationSid": chat1, "note": strings.Repeat("x", 4096-empty-10)})
	e := w.withRoom()
	attrs := w.Twilio.Tasks.Attributes(task1)
	if e.Room.SID == "" || attrs["videoRoom"] != e.Code || attrs["videoRoomSid"] != nil {
		t.Errorf("Room %+v, attributes %v", e.Room, attrs)
	}
}
