package escalation

import (
	"slices"
	"time"

	"escalate/app/wire"
)

// receipt sums up: the time in which somebody of both roles was in the Room,
// how often the customer came back or was reconnected, and how bad their line was.
func (l stays) receipt() Receipt {
	// An edge is a coming or going. Several agents may be in at once (a
	// supervisor), so plain sums of stays would count time twice.
	type edge struct {
		at                time.Time
		agents, customers int
	}
	var edges []edge
	joins, mended := 0, 0
	var worst *int
	for _, p := range l {
		from := p.Joined
		if !p.Connected.IsZero() {
			from = p.Connected
		}
		if !p.Left.After(from) {
			continue
		}
		switch role, _ := splitIdentity(p.Identity); role {
		case wire.RoleAgent:
			edges = append(edges, edge{from, 1, 0}, edge{p.Left, -1, 0})
		case wire.RoleCustomer:
			edges = append(edges, edge{from, 0, 1}, edge{p.Left, 0, -1})
			joins++
			if line := p.Line; line != nil {
				mended += line.Reconnects
				if line.Quality >= 0 && (worst == nil || line.Quality < *worst) {
					worst = &line.Quality
				}
			}
		}
	}
	slices.SortStableFunc(edges, func(x, y edge) int { return x.at.Compare(y.at) })
	var both time.Duration
	agents, customers := 0, 0
	for i, x := range edges {
		if agents > 0 && customers > 0 {
			both += x.at.Sub(edges[i-1].at)
		}
		agents += x.agents
		customers += x.customers
	}
	return Receipt{Seconds: int(both / time.Second), Reconnects: max(0, joins-1) + mended, Quality: worst}
}
