package store

import (
	"fmt"
	"slices"
	"time"
)

// Statuses of a Composition.
const (
	CompositionEnqueuedStatus   = "enqueued"
	CompositionProcessingStatus = "processing"
	CompositionCompletedStatus  = "completed"
	CompositionDeletedStatus    = "deleted"
	CompositionFailedStatus     = "failed"
)

// Composition is one file of all that was recorded of a Room: everybody in a grid, and heard
// together.
type Composition struct {
	SID           string // CJ…
	RoomSID       string
	Status        string // enqueued, processing, completed, deleted, failed
	Format        string // webm, mp4
	Width, Height int    // pixels
	Video         bool   // pictures too, not sound alone
	Trim          bool
	Size          int64 // bytes
	Duration      time.Duration
	Created       time.Time
	Completed     time.Time // zero until completed
	Deleted       time.Time // zero until deleted
}

// File is the name of its file.
func (c Composition) File() string { return c.SID + "." + c.Format }

// CompositionFilter narrows Compositions; zero fields do not.
type CompositionFilter struct {
	Status, RoomSID             string
	CreatedAfter, CreatedBefore time.Time // after is inclusive, before is not
}

func (f CompositionFilter) match(c Composition) bool {
	return (f.Status == "" || c.Status == f.Status) && (f.RoomSID == "" || c.RoomSID == f.RoomSID) &&
		(f.CreatedAfter.IsZero() || !c.Created.Before(f.CreatedAfter)) &&
		(f.CreatedBefore.IsZero() || c.Created.Before(f.CreatedBefore))
}

// AddComposition enqueues a Composition; SID, Status and Created are set.
func (s *Store) AddComposition(c Composition) (Composition, error) {
	err := s.update(fmt.Sprintf("add composition of room %q", c.RoomSID), func(t *tx) error {
		c.SID, c.Status, c.Created = NewSID("CJ"), CompositionEnqueuedStatus, t.now
		if err := t.link(bCompositionOrder, "", c.SID); err != nil {
			return err
		}
		return t.putComposition(c)
	})
	return c, err
}

// SetComposition moves a Composition on: to processing, completed (with size and duration) or
// failed. It answers ErrTransition for one that was deleted.
func (s *Store) SetComposition(sid, status string, size int64, d time.Duration) (c Composition, err error) {
	err = s.update(fmt.Sprintf("set composition %q %s", sid, status), func(t *tx) error {
		if c, err = get[Composition](t, bCompositions, sid); err != nil {
			return err
		}
		if c.Status == CompositionDeletedStatus {
			return fmt.Errorf("%w: composition is deleted", ErrTransition)
		}
		c.Status, c.Size, c.Duration = status, size, d
		if status == CompositionCompletedStatus {
			c.Completed = t.now
		}
		return t.putComposition(c)
	})
	return c, err
}

// DeleteComposition marks a Composition deleted: its file goes, what is known of it stays.
// Again it does nothing.
func (s *Store) DeleteComposition(sid string) error {
	return s.update(fmt.Sprintf("delete composition %q", sid), func(t *tx) error {
		c, err := get[Composition](t, bCompositions, sid)
		if err != nil || c.Status == CompositionDeletedStatus {
			return err
		}
		c.Status, c.Deleted = CompositionDeletedStatus, t.now
		return t.putComposition(c)
	})
}

func (t *tx) putComposition(c Composition) error {
	t.emit(&CompositionChanged{Composition: c})
	return t.put(bCompositions, c.SID, c)
}

// Composition finds a Composition.
func (s *Store) Composition(sid string) (c Composition, err error) {
	err = s.view(fmt.Sprintf("find composition %q", sid), func(t *tx) error {
		c, err = get[Composition](t, bCompositions, sid)
		return err
	})
	return c, err
}

// Compositions lists the Compositions that f lets through, newest first.
func (s *Store) Compositions(f CompositionFilter) (list []Composition, err error) {
	err = s.view("list compositions", func(t *tx) error {
		all, err := linked[Composition](t, bCompositionOrder, "", bCompositions)
		for _, c := range slices.Backward(all) {
			if f.match(c) {
				list = append(list, c)
			}
		}
		return err
	})
	return list, err
}
