package escalation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"escalate/app/wire"
	"escalate/server/escalation"
)

func TestRandomSchedules(t *testing.T) {
	play(t, func(s *stage) {
		s.twilio.Tasks.Add(task1, ana.Worker, map[string]any{"conversationSid": chat1})
		s.twilio.Tasks.Add(task2, ana.Worker, map[string]any{"conversationSid": chat2})
		s.Go("tab 1", func() { s.desk(ana, 5) })
		s.Go("tab 2", func() { s.desk(ana, 3) })
		if s.chance(300) {
			s.Go("boss", func() { s.desk(boss, 2) })
		}
		s.Go("customer", func() { s.phone(5) })
		s.Go("laptop", func() { s.phone(2) })
		s.Go("twilio", func() { s.callbacks(8) })
		for i, r := range s.replicas {
			s.Go(fmt.Sprint("sweeper ", i), func() { _ = r.Sweep(s.ctx) })
		}
		s.run()
		s.rest()
		s.dusk()
	})
}

// seat is where a browser is.
type seat struct{ code, room, identity string }

// desk is an agent's page: n things that agents do, some of them unwise.
func (s *stage) desk(a escalation.Agent, n int) {
	var at seat
	for i := range n {
		dice := s.Rand.IntN(100)
		switch {
		case i == 0 && a.Worker == ana.Worker || dice < 10:
			s.escalate(a)
		case i == 1 || dice < 45:
			s.joinAsAgent(a, &at)
		case dice < 60: // reload: the old page's leaving comes after the new page's join
			old := at
			s.twilio.Rooms.Disconnect(at.room, at.identity)
			s.joinAsAgent(a, &at)
			s.leave(&old)
		case dice < 75:
			s.leave(&at)
		case dice < 83: // the browser is gone without a word, and perhaps comes back
			s.twilio.Rooms.Disconnect(at.room, at.identity)
			if s.chance(500) {
				s.Yield()
				s.twilio.Rooms.Connect(at.room, at.identity)
			}
		case dice < 92:
			if code := s.code(); code != "" {
				_, err := s.replica().End(s.ctx, a, code)
				s.tell("end: %v", err)
			}
		default:
			s.wrapUp(a)
		}
		s.Yield()
	}
}

func (s *stage) escalate(a escalation.Agent) {
	task := task1
	if s.chance(400) {
		task = task2
	}
	var e escalation.Escalation
	var err error
	if s.early {
		e, err = s.replica().EscalateWithRoom(s.ctx, a, task)
	} else {
		e, _, err = s.replica().Escalate(s.ctx, a, task, escalation.Invite{})
	}
	s.tell("escalate: %s, %v", e.Code, err)
	if err == nil {
		s.codes = append(s.codes, e.Code)
		s.gaveCode(e)
	}
}

// code is one that was heard of, most likely a new one.
func (s *stage) code() string {
	if len(s.codes) == 0 {
		return ""
	}
	if s.chance(700) {
		return s.codes[len(s.codes)-1]
	}
	return s.codes[s.Rand.IntN(len(s.codes))]
}

func (s *stage) joinAsAgent(a escalation.Agent, at *seat) {
	code, began := s.code(), s.calls
	if code == "" {
		return
	}
	j, err := s.replica().JoinAsAgent(s.ctx, a, code)
	s.tell("agent joins %s: %s, %v", code, j.Identity, err)
	if err == nil {
		s.gaveToken(j, began)
		s.sit(at, code, j)
	}
}

// sit connects a browser with its new token, most of the time.
func (s *stage) sit(at *seat, code string, j escalation.Join) {
	*at = seat{code, j.Room, j.Identity}
	s.seats = append(s.seats, *at)
	if s.chance(900) {
		s.Yield()
		s.tell("connects: %q", s.twilio.Rooms.Connect(j.Room, j.Identity))
	}
}

func (s *stage) leave(at *seat) {
	if at.code == "" {
		return
	}
	if s.chance(500) {
		s.twilio.Rooms.Disconnect(at.room, at.identity)
	}
	s.tell("leaves %s: %v", at.code, s.replica().Leave(s.ctx, at.code, at.identity))
	*at = seat{}
}

func (s *stage) wrapUp(a escalation.Agent) {
	code := s.code()
	if code == "" {
		return
	}
	task := s.docs[code].Task
	v, err := s.replica().Task(s.ctx, a, task)
	if err != nil || !v.MayWrapUp {
		return
	}
	s.twilio.Tasks.SetStatus(task, "wrapping")
	s.Yield()
	if s.chance(500) {
		s.twilio.Tasks.SetStatus(task, "completed")
	}
	s.tell("%s is wrapped up", task)
}

// phone is a customer's page.
func (s *stage) phone(n int) {
	var at seat
	for range 2 * n {
		if s.code() != "" {
			break
		}
		s.Yield()
	}
	for range n {
		code := s.code()
		if code == "" {
			return
		}
		switch dice := s.Rand.IntN(100); {
		case dice < 5:
			name, err := s.replica().Notice(s.ctx, code)
			s.tell("notice of %s: %s, %v", code, name, err)
			if err == nil && s.twilio.Notices.Data(name) == nil {
				s.fail("the notice of %s is not there", code)
			}
		case dice < 15:
			phase := []wire.Phase{"opened", "permission", "ready", "trouble"}[dice%4]
			s.tell("progress: %v", s.replica().Progress(s.ctx, code, escalation.Progress{Phase: phase}))
		case dice < 60:
			began := s.calls
			j, err := s.replica().JoinAsCustomer(s.ctx, code, "I agree")
			s.tell("customer joins %s: %s, waiting %v, %v", code, j.Identity, j.Waiting, err)
			if err == nil && j.Waiting && s.chance(500) {
				began = s.calls
				j, err = s.replica().JoinOrWaitInRoom(s.ctx, code, "", always)
				s.tell("customer waits in the Room of %s: %s, outside %v, %v", code, j.Identity, j.Waiting, err)
			}
			if err == nil && !j.Waiting {
				s.gaveToken(j, began)
				s.sit(&at, code, j)
			}
		case dice < 75:
			s.leave(&at)
		case dice < 79:
			s.twilio.Rooms.Disconnect(at.room, at.identity)
		case dice < 85: // somebody has kept an old token
			if n := len(s.seats); n > 0 {
				old := s.seats[s.Rand.IntN(n)]
				s.tell("%s connects again: %q", old.identity, s.twilio.Rooms.Connect(old.room, old.identity))
			}
		default:
			s.serial++
			comment := fmt.Sprint("rating ", s.serial)
			kept, err := s.replica().Rate(s.ctx, code, "", 1+dice%5, comment)
			s.tell("rates %s %q: %q, %v", code, comment, kept.Comment, err)
			if err == nil && !s.ratings[kept.Comment] {
				s.fail("%s is lost", kept.Comment)
			}
		}
		s.Yield()
	}
}

// callbacks delivers up to n status callbacks in any order, some twice, some
// never.
func (s *stage) callbacks(n int) {
	for range 4 * n {
		if len(s.pending) == 0 || n == 0 {
			s.Yield()
			continue
		}
		n--
		i := s.Rand.IntN(len(s.pending))
		c := s.pending[i]
		if !s.chance(200) {
			s.pending = slices.Delete(s.pending, i, i+1)
		}
		if s.chance(100) {
			continue
		}
		s.tell("callback %s %s %d: %v", c.Event, c.Identity, c.Sequence, s.replica().Callback(s.ctx, c))
	}
}

// rest is a few minutes later: nobody does anything, and the sweepers have been
// round. Where people are, the Documents, the locks and Twilio must agree.
func (s *stage) rest() {
	s.safe = true
	s.pass(4 * time.Minute)
	s.sweep(0)
	s.sweep(1)
	for _, a := range []escalation.Agent{ana, boss} {
		var in []string
		for code, e := range s.docs {
			if slices.Contains(s.open(e), a.Worker) && s.twilio.Documents.Data(code) != nil {
				in = append(in, code)
			}
		}
		switch l := s.lock(a.Worker); {
		case len(in) > 1:
			s.fail("at rest: %s is in %v", a.Name, in)
		case len(in) == 1 && l.Holder != in[0], len(in) == 0 && l.Holder != "":
			s.fail("at rest: %s is in %v, the lock says %q", a.Name, in, l.Holder)
		}
	}
	for code, e := range s.docs {
		if final(e.Status) || s.twilio.Documents.Data(code) == nil {
			continue
		}
		if n := e.Notice; n.Name != "" && len(s.open(e)) > 0 && (!n.Told || !strings.Contains(string(s.twilio.Notices.Data(n.Name)), "RM")) {
			s.fail("at rest: nobody has told the notice of %s that the agent is there: %s", code, s.twilio.Notices.Data(n.Name))
		}
		for _, who := range s.twilio.Rooms.Identities(e.Room.SID) {
			if is := newestLike(e, who); is != who {
				s.fail("at rest: %s is in the Room of %s, and %s was let in since", who, code, is)
			}
		}
	}
}

// newestLike is who was let in last of those who are the same person.
func newestLike(e escalation.Escalation, identity string) (newest string) {
	person := identity[:strings.LastIndexByte(identity, ':')+1]
	for _, p := range e.Participants {
		if strings.HasPrefix(p.Identity, person) {
			newest = p.Identity
		}
	}
	return newest
}

// dusk is when everything is over, and everything that follows from it done.
func (s *stage) dusk() {
	for i := range 2 {
		s.pass(30*time.Minute + 31*time.Second)
		s.sweep(i)
	}
	s.sweep(0)
	for code, e := range s.docs {
		switch {
		case s.twilio.Documents.Data(code) == nil:
		case !final(e.Status) || !e.Settled:
			s.fail("at dusk: %s is %s, settled %v", code, e.Status, e.Settled)
		case e.Rating != nil:
			attrs, _ := s.twilio.Tasks.Attributes(e.Task)["escalation"].(map[string]any)
			if attrs["code"] == code && attrs["comment"] != e.Rating.Comment {
				s.fail("at dusk: the Task has not the rating of %s: %v", code, attrs)
			}
		}
	}
	if rooms := s.twilio.Rooms.InProgress(); len(rooms) > 0 {
		s.fail("at dusk: Rooms in progress: %v", rooms)
	}
	for _, a := range []escalation.Agent{ana, boss} {
		if l := s.lock(a.Worker); l.Holder != "" {
			s.fail("at dusk: the lock of %s is held by %s", a.Name, l.Holder)
		}
	}
}
