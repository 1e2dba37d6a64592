package store

import (
	"errors"
	"fmt"
	"slices"
)

// CompositionHook makes a Composition of every group Room that was recorded, when it has
// ended.
type CompositionHook struct {
	Record              // SID HK…
	FriendlyName string // unique
	Enabled      bool
	Recipe
}

// CompositionHooks are those of the account.
type CompositionHooks struct {
	Shelf[CompositionHook, *CompositionHook]
}

func newCompositionHooks(d *db) CompositionHooks {
	return CompositionHooks{Shelf[CompositionHook, *CompositionHook]{
		db: d, what: "composition hook", prefix: "HK", bucket: bCompositionHooks, order: bCompositionHookOrder, saved: uniqueHook,
	}}
}

// uniqueHook returns ErrNameTaken where another hook has v's name.
func uniqueHook(t *tx, v CompositionHook) error {
	all, err := linked[CompositionHook](t, bCompositionHookOrder, "", bCompositionHooks)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.SID != v.SID && o.FriendlyName == v.FriendlyName {
			return fmt.Errorf("%w: %s", ErrNameTaken, v.FriendlyName)
		}
	}
	return nil
}

// Failed keeps with a Room that a hook could make no Composition of it, and tells why. Again
// it does nothing: a hook is carried out once for a Room.
func (s CompositionHooks) Failed(hook CompositionHook, roomSID, why string) error {
	return s.db.update(doing{what: "tell of the failure of composition hook", key: hook.SID}, func(t *tx) error {
		r, err := get[Room](t, bRooms, roomSID)
		if err != nil || slices.Contains(r.HooksFailed, hook.SID) {
			return err
		}
		r.HooksFailed = append(r.HooksFailed, hook.SID)
		if err := t.put(bRooms, r.SID, r); err != nil {
			return err
		}
		t.emit(&CompositionHookFailed{Hook: hook, RoomSID: roomSID, Why: why})
		return nil
	})
}

// FileSettings is what an account says of all its Recordings, or of all its Compositions.
type FileSettings struct {
	FriendlyName string // empty until set
}

// Kinds of FileSettings, by which they are kept.
const (
	RecordingSettings   = "recording_settings"
	CompositionSettings = "composition_settings"
)

// VideoSettings are the FileSettings of both kinds.
type VideoSettings struct{ db *db }

// Get returns the settings of a kind; those that nobody set are the zero value.
func (s VideoSettings) Get(kind string) (v FileSettings, err error) {
	err = s.db.view(doing{what: "read " + kind}, func(t *tx) error {
		v, err = get[FileSettings](t, bMeta, kind)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		return err
	})
	return v, err
}

// Set sets the settings of a kind.
func (s VideoSettings) Set(kind string, v FileSettings) error {
	return s.db.update(doing{what: "set " + kind}, func(t *tx) error { return t.put(bMeta, kind, v) })
}
