package web

import (
	"escalate/app/wire"
	"escalate/server/escalation"
)

// The wire's structs are filled field by field: what the server knows must not
// reach a browser because two structs happen to match.

// state is what the holder of the code may know of e.
func (s *server) state(e escalation.Escalation) wire.State {
	return wire.State{
		Code:            e.Code,
		Link:            s.Links.Of(e.Code),
		Status:          wire.Status(e.Status),
		AgentName:       e.Agent.Name,
		AgentWorker:     e.Agent.Worker,
		Brand:           s.Brand,
		Created:         e.Created,
		ValidUntil:      e.ValidUntil,
		Recording:       e.Recording,
		AgentPresent:    e.AgentPresent(),
		CustomerPresent: e.CustomerPresent(),
		Customer:        wire.Progress{Phase: e.Customer.Phase, Detail: e.Customer.Detail, At: e.Customer.At},
		Rated:           e.Rating != nil,
		Version:         e.Version,
	}
}

// join is the way in; a Join that waits carries nothing but the state.
func (s *server) join(j escalation.Join) wire.Join {
	out := wire.Join{Waiting: j.Waiting, State: s.state(j.Escalation)}
	if !j.Waiting {
		out.Token, out.Room, out.Identity, out.Signaling = j.Token, j.Room, j.Identity, s.Signaling
		out.LeaveKey = s.leaves.of(j.Escalation.Code, j.Identity)
	}
	return out
}

// escalation is what an agent may know of e.
func (s *server) escalation(e escalation.Escalation, resumed bool, lang string) wire.Escalation {
	return wire.Escalation{
		State:   s.state(e),
		TaskSID: e.Task,

		CustomerName: e.CustomerName,
		JoinURL:      s.Escalations.JoinURL(e.Code),
		Invite:       s.Escalations.Invite(e, lang),
		Resumed:      resumed,
	}
}

func (s *server) task(sid string, v escalation.TaskView, lang string) wire.Task {
	out := wire.Task{TaskSID: sid, MayWrapUp: v.MayWrapUp, Reason: v.Reason}
	if out.Reason != "" && lang != "" && lang != english.Lang {
		out.Reason = speechIn(lang).MustLeave // the only reason there is
	}
	if v.Escalation != nil {
		e := s.escalation(*v.Escalation, true, lang)
		out.Escalation = &e
	}
	return out
}
