package escalation_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"escalate/server/escalation"
)

// Sixteen pages of one agent want to join four calls, and browsers and servers
// die on the way. She is never in two calls, and never shut out.
func TestRandomContenders(t *testing.T) {
	play(t, func(s *stage) {
		if s.chance(200) { // nobody sets these clocks
			s.skew = [2]time.Duration{-5 * time.Minute, 5 * time.Minute}
		}
		s.safe = true
		for i := range 4 {
			task := fmt.Sprintf("WT%032d", i+1)
			s.twilio.Tasks.Add(task, ana.Worker, map[string]any{"conversationSid": chat1})
			s.calm("escalate", func() error {
				e, _, err := s.replicas[0].Escalate(s.ctx, ana, task, escalation.Invite{})
				s.codes = append(s.codes, e.Code)
				return err
			})
		}
		s.oldLock()
		s.safe = false
		for i := range 16 {
			s.Go(fmt.Sprint("page ", i+1), func() { s.contend(s.codes[i%4]) })
		}
		s.Go("twilio", func() { s.callbacks(4) })
		s.Go("sweeper", func() { _ = s.replica().Sweep(s.ctx) })
		s.run()
		s.rest()
		s.notShutOut()
		s.dusk()
	})
}

// oldLock leaves behind what an earlier session may have left.
func (s *stage) oldLock() {
	data := []string{
		"",
		`{"holder":"","since":"2026-03-01T11:00:00Z","until":"2026-03-01T11:30:00Z"}`,
		`{"holder":"gone234","since":"2026-03-01T11:59:59Z","until":"2026-03-01T15:00:00Z","confirmed":true}`,
		// Its time has passed, and Sync has not deleted it yet.
		`{"holder":"gone234","since":"2026-02-28T09:00:00Z","until":"2026-02-28T12:00:00Z","confirmed":true}`,
		`"not a lock"`,
	}[s.Rand.IntN(5)]
	if data == "" {
		return
	}
	s.tell("lock left behind: %s", data)
	s.calm("lock", func() error {
		_, err := s.twilio.Deps().Documents.Create(s.ctx, "agentlock."+ana.Worker, json.RawMessage(data), time.Hour)
		return err
	})
}

// contend is one page: it joins, stays or not, and may be killed.
func (s *stage) contend(code string) {
	var at seat
	began := s.calls
	j, err := s.replica().JoinAsAgent(s.ctx, ana, code)
	s.tell("joins %s: %s, %v", code, j.Identity, err)
	if err != nil {
		return
	}
	s.gaveToken(j, began)
	s.sit(&at, code, j)
	switch dice := s.Rand.IntN(4); dice {
	case 0:
		s.leave(&at)
	case 1:
		s.twilio.Rooms.Disconnect(at.room, at.identity)
	case 2:
		_, err := s.replica().End(s.ctx, ana, code)
		s.tell("ends %s: %v", code, err)
	}
}

// notShutOut joins one more call: that must work unless she is in another.
func (s *stage) notShutOut() {
	if s.failure != "" {
		return
	}
	const task = "WT00000000000000000000000000000009"
	s.twilio.Tasks.Add(task, ana.Worker, map[string]any{"conversationSid": chat2})
	holder := s.lock(ana.Worker).Holder
	s.calm("join afterwards", func() error {
		e, _, err := s.replicas[1].Escalate(s.ctx, ana, task, escalation.Invite{})
		if err != nil {
			return err
		}
		_, err = s.replicas[1].JoinAsAgent(s.ctx, ana, e.Code)
		var busy *escalation.BusyError
		if errors.As(err, &busy) && busy.Code == holder {
			return nil
		}
		return err
	})
}
