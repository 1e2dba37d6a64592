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

// Compositions are what was made of Recordings.
type Compositions struct{ db *db }

// Add enqueues a Composition; SID, Status and Created are set.
func (s Compositions) Add(c Composition) (Composition, error) {
	err := s.db.update(doing{what: "add composition of room", key: c.RoomSID}, func(t *tx) error {
		c.SID, c.Status, c.Created = NewSID("CJ"), CompositionEnqueuedStatus, t.now
		if err := t.link(bCompositionOrder, "", c.SID); err != nil {
			return err
		}
		return saveComposition(t, c)
	})
	return c, err
}

// Set moves a Composition on: to processing, completed (with size and duration) or
// failed. It returns ErrTransition for one that was deleted.
func (s Compositions) Set(sid, status string, size int64, d time.Duration) (c Composition, err error) {
	err = s.db.update(doing{what: "set composition", key: sid, of: status}, func(t *tx) error {
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
		return saveComposition(t, c)
	})
	return c, err
}

// Delete marks a Composition deleted: its file goes, what is known of it stays.
// Again it does nothing.
func (s Compositions) Delete(sid string) error {
	return s.db.update(doing{what: "delete composition", key: sid}, func(t *tx) error {
		c, err := get[Composition](t, bCompositions, sid)
		if err != nil || c.Status == CompositionDeletedStatus {
			return err
		}
		c.Status, c.Deleted = CompositionDeletedStatus, t.now
		return saveComposition(t, c)
	})
}

func saveComposition(t *tx, c Composition) error {
	t.emit(&CompositionChanged{Composition: c})
	return t.put(bCompositions, c.SID, c)
}

// Get finds a Composition.
func (s Compositions) Get(sid string) (c Composition, err error) {
	err = s.db.view(doing{what: "find composition", key: sid}, func(t *tx) error {
		c, err = get[Composition](t, bCompositions, sid)
		return err
	})
	return c, err
}

// List lists the Compositions that f lets through, newest first.
func (s Compositions) List(f CompositionFilter) (list []Composition, err error) {
	err = s.db.view(doing{what: "list compositions"}, func(t *tx) error {
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
