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
func (e Escalation) AgentPresent() bool { return e.Participants.present(wire.RoleAgent, "") }

// CustomerPresent says whether the customer is in the Room, or on the way with
// a token.
func (e Escalation) CustomerPresent() bool { return e.Participants.present(wire.RoleCustomer, "") }

// CustomerWasIn says whether a customer is or was in the call: Twilio or their
// page has said so. To have got a token is not enough.
func (e Escalation) CustomerWasIn() bool {
	return !e.CustomerCame.IsZero() || slices.ContainsFunc(e.Participants, func(p Presence) bool {
		return wire.RoleOf(p.Identity) == wire.RoleCustomer && !p.Connected.IsZero()
	})
}

// since notes which steps a change took the customer to. Documents of servers before
// it have none of the times, and get none for what was before.
func (r Reached) since(was, is Escalation, now time.Time) Reached {
	if r.Opened.IsZero() && was.Customer.Phase == wire.PhaseInvited && is.Customer.Phase != wire.PhaseInvited {
		r.Opened = now
	}
	if r.Token.IsZero() && !was.Participants.met(wire.RoleCustomer, was.Code) && is.Participants.met(wire.RoleCustomer, is.Code) {
		r.Token = now
	}
	return r
}

// closed returns the error of an escalation that nobody may come into.
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

// cameIn says whether a Participant was in the Room, as far as Twilio tells: it
// tells of all that it lets in, or of none where its callbacks do not arrive. An
// identity that is no longer remembered may have been.
func (e Escalation) cameIn(identity string) bool {
	i := e.Participants.index(identity)
	return i < 0 || !e.Participants[i].Connected.IsZero() || e.LastSequence[e.Room.SID] == 0
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
	if left := e.Participants.agentLeft(); left.After(last) {
		last = left
	}
	if now.Sub(last) >= agentGone {
		return "agent gone"
	}
	return ""
}

// workers are the Workers who have been in the Room, and the one whose call it is.
func (e Escalation) workers() []string {
	all := e.Participants.workers()
	if e.Agent.Worker != "" && !slices.Contains(all, e.Agent.Worker) {
		all = append(all, e.Agent.Worker)
	}
	return all
}
