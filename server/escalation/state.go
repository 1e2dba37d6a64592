package escalation

import (
	"slices"
	"time"

	"escalate/app/wire"
)

// What an Escalation's state means; nothing here changes it.

// live says whether somebody may still come in.
func (e Escalation) live() bool {
	return e.Status == Invited || e.Status == Open || e.Status == InCall
}

// AgentPresent says whether an agent is in the Room, or on the way with a token.
func (e Escalation) AgentPresent() bool { return e.present(wire.RoleAgent, "") }

// CustomerPresent says whether the customer is in the Room, or on the way with
// a token.
func (e Escalation) CustomerPresent() bool { return e.present(wire.RoleCustomer, "") }

// CustomerWasIn says whether a customer is or was in the call: Twilio or their
// page has said so. To have got a token is not enough.
func (e Escalation) CustomerWasIn() bool {
	return !e.CustomerCame.IsZero() || slices.ContainsFunc(e.Participants, func(p Presence) bool {
		role, _ := splitIdentity(p.Identity)
		return role == wire.RoleCustomer && !p.Connected.IsZero()
	})
}

// cameIn says whether a Participant was in the Room, as far as Twilio tells: it
// tells of all that it lets in, or of none where its callbacks do not arrive. An
// identity that is no longer remembered may have been.
func (e Escalation) cameIn(identity string) bool {
	i := slices.IndexFunc(e.Participants, func(p Presence) bool { return p.Identity == identity })
	return i < 0 || !e.Participants[i].Connected.IsZero() || e.LastSequence[e.Room.SID] == 0
}

// present says whether somebody of the role is there; an empty who means anybody.
func (e Escalation) present(role wire.Role, who string) bool {
	return slices.ContainsFunc(e.Participants, func(p Presence) bool {
		r, w := splitIdentity(p.Identity)
		return p.Left.IsZero() && r == role && (who == "" || who == w)
	})
}

// agents are the open stays of agents.
func (e Escalation) agents() []Presence {
	var all []Presence
	for _, p := range e.Participants {
		if role, _ := splitIdentity(p.Identity); role == wire.RoleAgent && p.Left.IsZero() {
			all = append(all, p)
		}
	}
	return all
}

// knows says whether somebody was ever admitted under the identity.
func (e Escalation) knows(identity string) bool {
	return slices.ContainsFunc(e.Participants, func(p Presence) bool { return p.Identity == identity })
}

// superseded says whether the identity is of somebody who has been let in anew
// since: on another device, in another tab, or by a reload. Its token still
// opens the Room, and it must stay out. One of ours that is not known any more
// was superseded so long ago that its stay is forgotten; one that is none of
// ours is somebody else's business.
func (e Escalation) superseded(identity string) bool {
	role, who := splitIdentity(identity)
	if role == "" {
		return false
	}
	return e.newest(role, who) != identity
}

// newest is the identity under which somebody was let in last, or empty.
func (e Escalation) newest(role wire.Role, who string) string {
	for _, p := range slices.Backward(e.Participants) {
		if r, w := splitIdentity(p.Identity); r == role && w == who {
			return p.Identity
		}
	}
	return ""
}

// forgettable is the stay that is missed least: the first of those that are
// over, of a superseded identity if there is one. It is -1 when nobody has left.
func (e Escalation) forgettable() int {
	i := slices.IndexFunc(e.Participants, func(p Presence) bool { return !p.Left.IsZero() && e.superseded(p.Identity) })
	if i < 0 {
		i = slices.IndexFunc(e.Participants, func(p Presence) bool { return !p.Left.IsZero() })
	}
	return i
}

// closed answers the error of an escalation that nobody may come into.
func (e Escalation) closed() error {
	switch e.Status {
	case Expired:
		return ErrExpired
	case Ended:
		return ErrEnded
	}
	return nil
}

// tooLong says whether the longest call has passed.
func (e Escalation) tooLong(now time.Time, maxCall time.Duration) bool {
	return !e.OpenedAt.IsZero() && now.Sub(e.OpenedAt) >= maxCall
}

// overdue says why the escalation must end although nobody ended it; empty
// means that it need not.
func (e Escalation) overdue(now time.Time, maxCall, agentGone time.Duration) string {
	if e.Status != Open && e.Status != InCall {
		return ""
	}
	if e.tooLong(now, maxCall) {
		return "longest call reached"
	}
	if e.AgentPresent() {
		return ""
	}
	last := e.OpenedAt
	for _, p := range e.Participants {
		if r, _ := splitIdentity(p.Identity); r == wire.RoleAgent && p.Left.After(last) {
			last = p.Left
		}
	}
	if now.Sub(last) >= agentGone {
		return "agent gone"
	}
	return ""
}

// workers are the Workers who have been in the Room.
func (e Escalation) workers() []string {
	var all []string
	for _, p := range e.Participants {
		if r, w := splitIdentity(p.Identity); r == wire.RoleAgent && !slices.Contains(all, w) {
			all = append(all, w)
		}
	}
	if e.Agent.Worker != "" && !slices.Contains(all, e.Agent.Worker) {
		all = append(all, e.Agent.Worker)
	}
	return all
}

// keep is how long a Document outlives its use, for the rating, the receipt
// and a proper word to whoever opens the link late.
const keep = 2 * time.Hour

// deadline is when the Document may be deleted.
func (e Escalation) deadline(maxCall time.Duration) time.Time {
	switch e.Status {
	case Open, InCall:
		return e.OpenedAt.Add(maxCall + keep)
	case Ended:
		return e.EndedAt.Add(keep)
	}
	return e.ValidUntil.Add(keep)
}

// met says whether somebody has been in the Room before.
func (e Escalation) met(role wire.Role, who string) bool {
	return slices.ContainsFunc(e.Participants, func(p Presence) bool {
		r, w := splitIdentity(p.Identity)
		return r == role && w == who
	})
}
