package rsp

import (
	"errors"

	"escalate/server/token"
)

// handler gives one connection's messages their meaning. It is used on the
// connection's reading goroutine alone.
type handler struct {
	srv     *Server
	conn    wire
	region  string   // that the client asked for
	session *session // nil until connected or synced
}

func (h *handler) message(m message) {
	switch m := m.(type) {
	case *ice:
		h.ice(m)
	case *connect:
		if h.session != nil {
			return // one connection carries one session
		}
		x, err := h.srv.join(h.conn, h.region, m)
		if err != nil {
			h.refuse("connect", err, codeRoomConnect)
			return
		}
		h.session = x
	case *syncing:
		if h.session != nil {
			return
		}
		x, err := h.srv.resume(h.conn, m)
		if err != nil {
			h.refuse("sync", err, codeSignalingLost)
			return
		}
		h.session = x
		x.update(&m.update)
	case *update:
		if h.session != nil {
			h.session.update(m)
		}
	case *disconnect:
		// The client says this after every end, those by the server included.
		if h.session != nil {
			h.session.room.leave(h.session, nil)
			h.session = nil
		}
	}
}

// malformed ends an attempt to get in; later the client only logs it.
func (h *handler) malformed(err error) {
	if h.session == nil {
		h.refuse("decode", err, codeInvalidMessage)
		return
	}
	h.srv.log.Warn("unreadable signalling message", "participant", h.session.sid, "err", err)
	h.conn.bad(err)
}

// lost is told that the connection has ended, for whatever reason.
func (h *handler) lost() {
	if h.session != nil {
		h.session.room.lost(h.session, h.conn)
	}
}

func (h *handler) ice(m *ice) {
	if _, err := h.srv.verify(m.Token); err != nil {
		h.refuse("ice", err, codeTokenMalformed)
		return
	}
	h.conn.admit()
	var list any
	if h.srv.cfg.ICEServers != nil {
		list = h.srv.cfg.ICEServers()
	}
	if list == nil {
		list = []struct{}{}
	}
	h.conn.send(iced{head: headOf("iced"), ICEServers: list})
}

// refuse replies with the code that an error carries, or else with otherwise.
func (h *handler) refuse(what string, err error, otherwise int) {
	if end, ok := errors.AsType[*ending](err); ok {
		h.conn.send(end.final)
	} else {
		h.conn.send(errorOf(codeOf(err, otherwise)))
	}
	h.conn.finish()
	h.srv.log.Info("signalling refused", "message", what, "err", err)
}

// verify checks an Access Token and that it is good for Rooms at all.
func (s *Server) verify(raw string) (token.Claims, error) {
	c, err := s.cfg.Verify(raw)
	if err != nil {
		return token.Claims{}, tokenFailure(err)
	}
	if !c.HasVideo {
		return token.Claims{}, fail(codeTokenGrants, errors.New("no video grant"))
	}
	return c, nil
}
