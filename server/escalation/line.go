package escalation

import (
	"context"
	"slices"

	"escalate/app/wire"
)

// The bounds of a Line: what is beyond them, no page has measured.
const (
	maxReconnects = 1000
	maxQuality    = 5
)

// Report notes how a Participant's connection did, for the receipt. As with
// Leave the identity is the proof; an unknown one, a second report of the same
// stay, and one that no page could have sent change nothing. It may come after
// the end: whoever is sent away by it reports then.
func (s *Service) Report(ctx context.Context, code, identity string, l Line) error {
	code, err := parseCode(code)
	if err != nil {
		return err
	}
	if l.Reconnects < 0 || l.Reconnects > maxReconnects || l.Quality < -1 || l.Quality > maxQuality {
		return nil
	}
	news := false
	e, err := s.change(ctx, code, func(e Escalation) (Escalation, error) {
		e, news = e.applyLine(identity, l)
		return e, nil
	})
	if err != nil || !news || e.Status != Ended {
		return err
	}
	s.settleOrLog(ctx, e)
	return nil
}

// applyLine keeps how a stay went, and sums up anew what has ended.
func (e Escalation) applyLine(identity string, l Line) (next Escalation, changed bool) {
	i := slices.IndexFunc(e.Participants, func(p Presence) bool { return p.Identity == identity })
	if i < 0 || e.Participants[i].Line != nil {
		return e, false
	}
	e.Participants = slices.Clone(e.Participants)
	e.Participants[i].Line = &l
	if role, _ := splitIdentity(identity); role == wire.RoleCustomer {
		e = e.customerCame(e.Participants[i].Joined) // nobody measures a call from outside
	}
	if e.Status == Ended && e.Receipt != nil {
		r := e.receipt()
		e.Receipt = &r
		e.Settled = false
	}
	return e, true
}
