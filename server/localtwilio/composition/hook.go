package composition

import (
	"errors"
	"slices"

	"escalate/server/localtwilio/store"
)

// everybody is how a Room is composed in an account without CompositionHooks.
var everybody = store.Recipe{Format: "webm", Width: 1280, Height: 720, Video: true, AudioSources: []string{"*"}, Trim: true}

// hook enqueues a Room's Compositions once the Room has ended and all its Recordings are there.
func (s *Server) hook(roomSID string) {
	if err := s.enqueue(roomSID); err != nil && !errors.Is(err, store.ErrClosed) {
		s.log.Error("enqueue the compositions of a room", "room", roomSID, "err", err)
	}
}

func (s *Server) enqueue(roomSID string) error {
	room, err := s.store.Rooms.Get(roomSID)
	if err != nil || room.Status != store.RoomCompleted {
		return err
	}
	recordings, err := s.store.Recordings.List(store.RecordingFilter{GroupingSIDs: []string{roomSID}})
	if err != nil {
		return err
	}
	usable := slices.DeleteFunc(slices.Clone(recordings), func(r store.Recording) bool { return r.Status != store.RecordingCompletedStatus })
	if len(usable) == 0 || slices.ContainsFunc(recordings, func(r store.Recording) bool { return r.Status == store.RecordingProcessingStatus }) {
		return nil
	}
	have, err := s.store.Compositions.List(store.CompositionFilter{RoomSID: roomSID})
	if err != nil {
		return err
	}
	hooks, err := s.store.CompositionHooks.List()
	if err != nil {
		return err
	}
	if len(hooks) == 0 && len(have) == 0 {
		_, err := s.store.Compositions.Add(store.Composition{RoomSID: roomSID, Recipe: everybody})
		return err
	}
	var errs []error
	for _, h := range hooks {
		if h.Enabled && !slices.Contains(room.HooksFailed, h.SID) && !slices.ContainsFunc(have, func(c store.Composition) bool { return c.HookSID == h.SID }) {
			errs = append(errs, s.trigger(h, room, usable))
		}
	}
	return errors.Join(errs...)
}

// trigger carries out a hook for a Room that has ended.
func (s *Server) trigger(h store.CompositionHook, room store.Room, recordings []store.Recording) error {
	if _, err := planOf(h.Recipe, room, recordings); err != nil {
		return s.store.CompositionHooks.Failed(h, room.SID, err.Error())
	}
	_, err := s.store.Compositions.Add(store.Composition{RoomSID: room.SID, Recipe: h.Recipe, HookSID: h.SID, HookName: h.FriendlyName})
	return err
}
