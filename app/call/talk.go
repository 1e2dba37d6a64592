package call

import "slices"

// Delivery is how far a line of ours has come.
type Delivery int

// The states of a line. What others wrote has arrived.
const (
	Sending Delivery = iota
	Arrived
	Undelivered
)

// Line is one text in a Talk.
type Line struct {
	ID       string
	Identity string // who wrote it, "" is us
	Text     string
	Delivery Delivery
}

// Mine says whether we wrote it.
func (l Line) Mine() bool { return l.Identity == "" }

// Talk is what was written in a call. Like State it is a plain value; changes
// come out as a new one. It outlives a Room, so that nothing is lost when one
// comes back into the call.
type Talk struct {
	Lines  []Line
	Unread int
}

// Write adds a line of ours on its way.
func (t Talk) Write(id, text string) Talk {
	t.Lines = append(slices.Clone(t.Lines), Line{ID: id, Text: text})
	return t
}

// Hear adds a line of somebody else; news is false when it came before.
// unread says that nobody is looking.
func (t Talk) Hear(identity string, n Note, unread bool) (next Talk, news bool) {
	if slices.ContainsFunc(t.Lines, func(l Line) bool { return l.ID == n.ID }) {
		return t, false
	}
	t.Lines = append(slices.Clone(t.Lines), Line{ID: n.ID, Identity: identity, Text: n.Text, Delivery: Arrived})
	if unread {
		t.Unread++
	}
	return t, true
}

// Mark notes how far a line of ours has come. What has arrived stays so: a
// late failure is that of a copy.
func (t Talk) Mark(id string, d Delivery) Talk {
	i := slices.IndexFunc(t.Lines, func(l Line) bool { return l.ID == id && l.Mine() })
	if i < 0 || t.Lines[i].Delivery == Arrived {
		return t
	}
	t.Lines = slices.Clone(t.Lines)
	t.Lines[i].Delivery = d
	return t
}

// Read says that everything was seen.
func (t Talk) Read() Talk {
	t.Unread = 0
	return t
}
