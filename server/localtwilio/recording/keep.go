package recording

import (
	"errors"
	"os"
	"time"

	"escalate/server/localtwilio/store"
)

// How long and how much is kept. What is beyond it is deleted, the oldest first.
const (
	KeepFor   = 30 * 24 * time.Hour
	KeepBytes = 10 << 30
)

// recover ends the recordings that an earlier run left in the making: what there is of
// them is complete now.
func (s *Server) recover() error {
	left, err := s.store.Recordings.List(store.RecordingFilter{Status: store.RecordingProcessingStatus})
	if err != nil {
		return err
	}
	for _, r := range left {
		done := store.RecordingDone{Status: store.RecordingCompletedStatus, Began: r.Began}
		done.Size, done.Duration, err = measure(s.File(r))
		if err != nil || done.Duration == 0 {
			s.log.Warn("recording of an earlier run is lost", "recording", r.SID, "err", err)
			done.Status = store.RecordingFailedStatus
		}
		if _, err := s.store.Recordings.End(r.SID, done); err != nil {
			return err
		}
	}
	return nil
}

// prune deletes what is too old or too much, until Close.
func (s *Server) prune() {
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		if err := s.pruneOnce(KeepFor, KeepBytes); err != nil && !errors.Is(err, store.ErrClosed) {
			s.log.Error("prune recordings", "err", err)
		}
		select {
		case <-s.quit:
			return
		case <-tick.C:
		}
	}
}

func (s *Server) pruneOnce(age time.Duration, total int64) error {
	all, err := s.store.Recordings.List(store.RecordingFilter{}) // newest first
	if err != nil {
		return err
	}
	limit := s.store.Now().Add(-age)
	var sum int64
	for _, r := range all {
		if r.Status != store.RecordingCompletedStatus && r.Status != store.RecordingFailedStatus {
			continue
		}
		sum += r.Size
		if sum <= total && !r.Created.Before(limit) {
			continue
		}
		if err := s.store.Recordings.Delete(r.SID); err != nil {
			return err
		}
		// Here too, not only when the event comes: Close may be quicker.
		if err := os.Remove(s.File(r)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		s.log.Info("recording pruned", "recording", r.SID, "created", r.Created)
	}
	return nil
}
