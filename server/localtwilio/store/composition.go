package store

import (
	"fmt"
	"slices"
	"strings"
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

// Recipe is how the Recordings of a Room become one file.
type Recipe struct {
	Format        string // webm, mp4
	Width, Height int    // pixels
	Video         bool   // pictures too, not sound alone
	// Layout is where pictures are; with Video and none, in one grid of everybody.
	Layout []Region
	// AudioSources is who is heard; nil, as in files of an earlier version, is everybody.
	AudioSources, AudioSourcesExcluded []string
	// Trim leaves out the time in which nothing was recorded.
	Trim                 bool
	StatusCallback       string // URL; empty for none
	StatusCallbackMethod string // POST, GET
}

// Region is a part of the picture, in which what it shows is in a grid.
type Region struct {
	Name                     string
	Sources, SourcesExcluded []string
	X, Y, Z                  int // pixels; what has the larger Z covers others
	Width, Height            int // pixels; zero is what is left of the picture
}

// Heard reports whether what was recorded of a Track of sound is part of the file.
func (r Recipe) Heard(x Recording) bool {
	return (r.AudioSources == nil || x.among(r.AudioSources)) && !x.among(r.AudioSourcesExcluded)
}

// Shows reports whether what was recorded of a Track of pictures is in the Region.
func (r Region) Shows(x Recording) bool { return x.among(r.Sources) && !x.among(r.SourcesExcluded) }

// among reports whether one of sources names x: by its SID, its Track's or its Participant's, or
// by the Track's name, in which an asterisk stands for anything.
func (r Recording) among(sources []string) bool {
	return slices.ContainsFunc(sources, func(s string) bool {
		return s == r.SID || s == r.SourceSID || s == r.ParticipantSID || matches(s, r.TrackName)
	})
}

// matches reports whether pattern, in which an asterisk stands for anything, is text.
func matches(pattern, text string) bool {
	first, rest, wild := strings.Cut(pattern, "*")
	if !wild {
		return pattern == text
	}
	text, ok := strings.CutPrefix(text, first)
	if !ok {
		return false
	}
	parts := strings.Split(rest, "*")
	last := parts[len(parts)-1]
	for _, p := range parts[:len(parts)-1] {
		i := strings.Index(text, p)
		if i < 0 {
			return false
		}
		text = text[i+len(p):]
	}
	return strings.HasSuffix(text, last)
}

// Composition is one file of what was recorded of a Room.
type Composition struct {
	SID     string // CJ…
	RoomSID string
	Status  string // enqueued, processing, completed, deleted, failed
	Recipe
	HookSID   string // HK…, of the CompositionHook that made it; empty for none
	HookName  string // its friendly name
	Failure   string // what went wrong, once failed
	Size      int64  // bytes
	Duration  time.Duration
	Created   time.Time
	Completed time.Time // zero until completed
	Deleted   time.Time // zero until deleted
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

// Process says that a Composition is being made. It returns ErrTransition for one that
// was deleted, as Complete and Fail do.
func (s Compositions) Process(sid string) error {
	_, err := s.move(sid, CompositionProcessingStatus, func(*Composition, time.Time) {})
	return err
}

// Complete says that a Composition's file is there, with its size in bytes.
func (s Compositions) Complete(sid string, size int64, d time.Duration) (Composition, error) {
	return s.move(sid, CompositionCompletedStatus, func(c *Composition, now time.Time) {
		c.Size, c.Duration, c.Completed = size, d, now
	})
}

// Fail says that a Composition could not be made, and why.
func (s Compositions) Fail(sid, why string) error {
	_, err := s.move(sid, CompositionFailedStatus, func(c *Composition, _ time.Time) { c.Failure = why })
	return err
}

func (s Compositions) move(sid, status string, f func(*Composition, time.Time)) (c Composition, err error) {
	err = s.db.update(doing{what: "set composition", key: sid, of: status}, func(t *tx) error {
		if c, err = get[Composition](t, bCompositions, sid); err != nil {
			return err
		}
		if c.Status == CompositionDeletedStatus {
			return fmt.Errorf("%w: composition is deleted", ErrTransition)
		}
		c.Status = status
		f(&c, t.now)
		return saveComposition(t, c)
	})
	return c, err
}

// Progress tells how much of a Composition is made, and how long the rest may take. Nothing
// of it is kept.
func (s Compositions) Progress(c Composition, percent int, remaining time.Duration) error {
	return s.db.update(doing{what: "tell the progress of composition", key: c.SID}, func(t *tx) error {
		t.emit(&CompositionProgressed{Composition: c, Percent: percent, Remaining: remaining})
		return nil
	})
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
