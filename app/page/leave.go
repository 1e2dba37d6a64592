package page

import (
	"context"
	"encoding/json"

	"escalate/app/wire"
)

// abandon forgets an attempt to join, or the Room, without a word.
func (s *session) abandon() {
	s.joined++
	if s.cancel != nil {
		s.cancel()
		s.cancel = nil
	}
	if s.room != nil {
		s.room.Disconnect()
		s.room = nil
	}
	s.state = s.state.End()
	s.sleep()
}

// leave ends the call by our wish; ended follows.
func (s *session) leave() {
	s.leaving = true
	if s.room == nil {
		s.abandon()
		s.ended(nil)
		return
	}
	s.room.Disconnect()
}

// vanish leaves while the page is on its way out: there is no time to wait.
func (s *session) vanish(code string) {
	if s.room == nil {
		return
	}
	s.vanished = true
	if b, err := json.Marshal(s.leaveNote()); err == nil {
		s.deps.Host.Beacon(wire.CodePath(code, wire.ActionLeave), b)
	}
	s.room.Disconnect()
}

// giveUp takes an attempt to join back. The server may have let us in already,
// and keep the place.
func (s *session) giveUp(code string) {
	s.tellLeft(code)
	s.abandon()
}

// leaveNote is what the server is told when we leave.
func (s *session) leaveNote() wire.Leave {
	l := wire.Leave{Identity: s.identity, Key: s.leaveKey}
	if s.state.RoomSID != "" {
		l.Call = &wire.CallReport{Reconnects: s.state.Reconnects, Quality: s.state.WorstQuality}
	}
	return l
}

// tellLeft reports the leaving at once; the Room itself would notice later.
func (s *session) tellLeft(code string) {
	l := s.leaveNote()
	if l.Identity == "" {
		return // told already, or never in
	}
	s.identity = ""
	act(s, func(ctx context.Context) error { return s.deps.API.Leave(ctx, code, l) }, func(error) {
		// The server also hears it from the Room, only later.
	})
}
