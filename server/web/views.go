package web

import (
	"escalate/app/wire"
	"escalate/server/escalation"
	"escalate/server/joincode"
)

// The wire's structs are filled field by field: what the server knows must not
// reach a browser because two structs happen to match.

// views makes the wire's structs.
type views struct {
	escalations Escalations // for links and invitations
	links       joincode.Links
	keys        leaveKeys
	brand       string
	signaling   string // the signalling server's URL; may be empty
}

// state is what the holder of the code may know of e.
func (v *views) state(e escalation.Escalation) wire.State {
	return wire.State{
		Code:            e.Code,
		Link:            v.links.Of(e.Code),
		Status:          wire.Status(e.Status),
		AgentName:       e.Agent.Name,
		AgentWorker:     e.Agent.Worker,
		Brand:           v.brand,
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
func (v *views) join(j escalation.Join) wire.Join {
	out := wire.Join{Waiting: j.Waiting, State: v.state(j.Escalation)}
	if !j.Waiting {
		out.Token, out.Room, out.Identity, out.Signaling = j.Token, j.Room, j.Identity, v.signaling
		out.LeaveKey = v.keys.of(j.Escalation.Code, j.Identity)
	}
	return out
}

// escalation is what an agent may know of e.
func (v *views) escalation(e escalation.Escalation, resumed bool, lang string) wire.Escalation {
	return wire.Escalation{
		State:   v.state(e),
		TaskSID: e.Task,

		CustomerName: e.CustomerName,
		JoinURL:      v.escalations.JoinURL(e.Code),
		Invite:       v.escalations.Invite(e, lang),
		Resumed:      resumed,
	}
}

// task is what an agent may know of a Task.
func (v *views) task(sid string, t escalation.TaskView, lang string) wire.Task {
	out := wire.Task{TaskSID: sid, MayWrapUp: t.MayWrapUp, Reason: t.Reason}
	if out.Reason != "" && lang != "" && lang != english.Lang {
		out.Reason = speechIn(lang).MustLeave // the only reason there is
	}
	if t.Escalation != nil {
		e := v.escalation(*t.Escalation, true, lang)
		out.Escalation = &e
	}
	return out
}
