package rsp

import (
	"errors"

	"escalate/server/token"
)

// remember lets a session be found by a later sync.
func (s *Server) remember(x *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[x.id] = x
}

// forget is called for a session that has ended. One whose browser was away at
// that moment is kept a while longer, to be told how it ended.
func (s *Server) forget(x *session) {
	if x.out.untold() == nil {
		s.drop(x)
		return
	}
	s.sockets.AfterFunc(s.cfg.SessionTimeout, func() { s.drop(x) })
}

func (s *Server) drop(x *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, x.id)
}

// resume carries out the first half of a sync: the session continues on c. The
// second half is an update.
func (s *Server) resume(c wire, m *syncing) (*session, error) {
	claims, err := s.cfg.Verify(m.Token)
	expired := errors.Is(err, token.ErrExpired)
	if err != nil && !expired {
		return nil, tokenFailure(err)
	}
	s.mu.Lock()
	x := s.sessions[m.Session]
	s.mu.Unlock()
	switch {
	case x == nil && expired:
		return nil, tokenFailure(err)
	case x == nil:
		return nil, fail(codeSignalingLost, errors.New("unknown session"))
	// A client syncs with the token that it joined with, and stays welcome when
	// that has expired in the meantime: the session's id proves more.
	case !expired && claims.Identity != x.identity:
		return nil, fail(codeTokenGrants, errors.New("token of another identity"))
	case x.room.resume(x, c):
		c.admit()
		return x, nil
	}
	if final := x.out.untold(); final != nil {
		return nil, &ending{final}
	}
	return nil, fail(codeSignalingLost, errors.New("session has ended"))
}
