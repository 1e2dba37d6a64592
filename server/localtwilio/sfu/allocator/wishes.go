package allocator

import "cmp"

// Hint is what a client says about how it renders a Track. What is nil stays as it was.
type Hint struct {
	TrackSID string
	Enabled  *bool
	Rendered *Dimensions
}

// Wish is what a client wants of a Track. The zero value is that of one who has said nothing.
type Wish struct {
	Off      bool
	rendered Dimensions
	priority string // "" for the publisher's
}

// Priority returns the subscriber's own priority, or else the publisher's.
func (w Wish) Priority(publisher string) string { return cmp.Or(w.priority, publisher) }

// Rendered returns how large the Track is drawn, or else what the Profile says of its priority.
func (w Wish) Rendered(p Profile, priority string) Dimensions {
	if w.rendered.Pixels() != 0 {
		return w.rendered
	}
	return p.Dimensions[priority]
}

// maxWishes bounds what a client can make us remember; more Tracks than that are in no Room.
const maxWishes = 1000

// Wishes is what one client wants, by Track SID. A Track need not be known yet. The zero value is empty.
type Wishes struct{ list map[string]Wish }

// Of returns what is wanted of a Track.
func (w *Wishes) Of(trackSID string) Wish { return w.list[trackSID] }

// Hint takes what the client says about how it renders a Track.
func (w *Wishes) Hint(h Hint) {
	wish := w.list[h.TrackSID]
	if h.Enabled != nil {
		wish.Off = !*h.Enabled
	}
	if h.Rendered != nil {
		wish.rendered = *h.Rendered
	}
	w.set(h.TrackSID, wish)
}

// Prioritize sets the subscriber's own priority of a Track, "" for the publisher's.
func (w *Wishes) Prioritize(trackSID, priority string) {
	wish := w.list[trackSID]
	wish.priority = priority
	w.set(trackSID, wish)
}

func (w *Wishes) set(trackSID string, wish Wish) {
	if w.list == nil {
		w.list = map[string]Wish{}
	}
	if _, known := w.list[trackSID]; known || len(w.list) < maxWishes {
		w.list[trackSID] = wish
	}
}
