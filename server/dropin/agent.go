package dropin

import (
	"errors"
	"net/http"
	"time"

	"escalate/server/escalation"
	"escalate/server/sids"
)

// agent serves a call of a Flex user. What they may do is escalation's to judge.
func (s *server) agent(serve func(*http.Request, params, escalation.Agent) (any, error)) endpoint {
	return func(r *http.Request, p params) (any, error) {
		token := p.secret("Token")
		if token == "" {
			return nil, escalation.ErrUnauthorized
		}
		a, err := s.Limiters.SignIn(r, token, s.Agents.Known, s.Agents.Authenticate)
		if err != nil {
			return nil, err
		}
		return serve(r, p, a)
	}
}

type codeAnswer struct {
	UniqueCode string    `json:"unique_code"`
	ValidUntil time.Time `json:"valid_until"`
	FullURL    string    `json:"full_url"`
}

// generateCode makes the code of a Task, or returns the one it has. The template's
// front ends post the link into the chat themselves.
func (s *server) generateCode(r *http.Request, p params, a escalation.Agent) (any, error) {
	task, err := p.need("taskSid")
	if err != nil {
		return nil, err
	}
	e, _, err := s.Escalations.Escalate(r.Context(), a, task, escalation.Invite{})
	if err != nil {
		return nil, err
	}
	return codeAnswer{UniqueCode: s.Link(e.Code), ValidUntil: e.ValidUntil, FullURL: s.Escalations.JoinURL(e.Code)}, nil
}

type roomAnswer struct {
	RoomName string `json:"roomName"`
	RoomSID  string `json:"roomSid"`
}

// generateRoom makes the Room of a Task, or returns the one it has.
func (s *server) generateRoom(r *http.Request, p params, a escalation.Agent) (any, error) {
	task, err := p.need("taskSid")
	if err != nil {
		return nil, err
	}
	e, err := s.Escalations.EscalateWithRoom(r.Context(), a, task)
	if err != nil {
		return nil, err
	}
	return roomAnswer{RoomName: e.Code, RoomSID: e.Room.SID}, nil
}

type tokenAnswer struct {
	Token string `json:"token"`
}

// agentToken lets the agent in. DocumentSid is what the Task's attribute
// syncDocument says, which is the code; a Document's SID will do as well.
func (s *server) agentToken(r *http.Request, p params, a escalation.Agent) (any, error) {
	given, err := p.need("DocumentSid")
	if err != nil {
		return nil, err
	}
	if sids.Is("ET", given) {
		sid := given
		err = s.Limiters.AgentGuess(r, a, sid, func() (err error) {
			given, err = s.Documents.NameOf(r.Context(), sid)
			return unknown(err)
		})
		if err != nil {
			return nil, err
		}
	}
	var j escalation.Join
	err = s.Limiters.AgentCode(r, a, given, func(code string) (err error) {
		j, err = s.Escalations.JoinAsAgent(r.Context(), a, code)
		return err
	})
	if err != nil {
		return nil, err
	}
	return tokenAnswer{j.Token}, nil
}

type successAnswer struct {
	Success bool `json:"success"`
}

// completeRoom ends the call for everyone.
func (s *server) completeRoom(r *http.Request, p params, a escalation.Agent) (any, error) {
	given, err := p.need("roomSid")
	if err != nil {
		return nil, err
	}
	if sids.Is("RM", given) {
		sid := given
		err := s.Limiters.AgentGuess(r, a, sid, func() error {
			room, err := s.Rooms.Fetch(r.Context(), sid)
			given = room.UniqueName
			return unknown(err)
		})
		if err != nil {
			return nil, err
		}
	}
	err = s.Limiters.AgentCode(r, a, given, func(code string) error {
		_, err := s.Escalations.End(r.Context(), a, code)
		return err
	})
	if err != nil {
		return nil, err
	}
	return successAnswer{true}, nil
}

// unknown makes one of what is not there and what is none of ours.
func unknown(err error) error {
	if errors.Is(err, escalation.ErrNotFound) {
		return escalation.ErrUnknownCode
	}
	return err
}
