package allocator

import (
	"slices"
	"time"
)

// returnPatience is how long a Track must fit before it is on again. Rates are measured, and a
// publisher that stops for a moment is no room for another.
const returnPatience = 2 * time.Second

// hysteresis keeps Tracks off that fit again, until they have done so for a while. One that takes the
// place of another does not wait: there would be neither. The zero value holds nothing.
type hysteresis struct {
	starved map[string]time.Time // Track SIDs that are off for want of bandwidth, and since when they would fit, zero if they do not
}

// apply changes the places of Candidates that have to wait.
func (h *hysteresis) apply(list []*Candidate, now time.Time) {
	displaced := slices.ContainsFunc(list, func(c *Candidate) bool { return c.Current >= 0 && c.Place < 0 })
	for _, c := range list {
		since, was := h.starved[c.SID]
		switch {
		case c.starved:
			if h.starved == nil {
				h.starved = map[string]time.Time{}
			}
			h.starved[c.SID] = time.Time{}
		case !was:
		case c.Place < 0 || displaced:
			delete(h.starved, c.SID)
		case since.IsZero():
			h.starved[c.SID] = now
			c.Place = -1
		case now.Sub(since) < returnPatience:
			c.Place = -1
		default:
			delete(h.starved, c.SID)
		}
	}
}

// forget is for a Track that is gone.
func (h *hysteresis) forget(trackSID string) { delete(h.starved, trackSID) }
