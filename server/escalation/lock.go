package escalation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// An agent is in one video session at a time, whichever replica answers. The
// lock is a Document per Worker whose holder is the code of the session. It is
// freed by a conditional update, never by deletion, which Sync cannot make
// conditional; and its own deadline counts, because Sync may delete late.

// lock is the content of a lock Document.
type lock struct {
	Holder string    `json:"holder"` // code; empty when free
	Task   string    `json:"task,omitempty"`
	Since  time.Time `json:"since"` // last taken
	Until  time.Time `json:"until"`
}

func lockName(worker string) string { return "agentlock." + worker }

// acquire takes the Worker's lock for a session; whoever holds it for the same
// code already keeps it. It answers *BusyError when another session has it.
func (s *Service) acquire(ctx context.Context, worker, code, task string) error {
	name := lockName(worker)
	ttl := s.c.MaxCall + keep
	for try := range tries {
		now := s.now()
		mine, err := json.Marshal(lock{Holder: code, Task: task, Since: now, Until: now.Add(ttl)})
		if err != nil {
			return fmt.Errorf("encode lock: %w", err)
		}
		d, err := s.d.Documents.Fetch(ctx, name)
		switch {
		case errors.Is(err, ErrNotFound):
			_, err = s.d.Documents.Create(ctx, name, mine, ttl)
		case err != nil:
			return fmt.Errorf("fetch lock: %w", err)
		default:
			var held lock
			// An unreadable lock is nobody's.
			if json.Unmarshal(d.Data, &held) == nil && held.Holder != "" && held.Holder != code && now.Before(held.Until) {
				busy, err := s.stillIn(ctx, worker, held)
				if err != nil {
					return fmt.Errorf("check holder of lock: %w", err)
				}
				if busy {
					return &BusyError{Code: held.Holder, TaskSID: held.Task}
				}
			}
			_, err = s.d.Documents.Update(ctx, name, d.Revision, mine, ttl)
		}
		if err == nil {
			return nil
		}
		// Somebody was faster: look again who it was.
		if !errors.Is(err, ErrNameTaken) && !errors.Is(err, ErrConflict) && !errors.Is(err, ErrNotFound) {
			return fmt.Errorf("take lock: %w", err)
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
	return fmt.Errorf("take lock: too many contenders: %w", ErrUnavailable)
}

// stillIn says whether the Worker really is in the session that holds the
// lock. A browser or a server that crashed leaves a lock behind, and the agent
// must not be shut out by it.
func (s *Service) stillIn(ctx context.Context, worker string, held lock) (bool, error) {
	e, _, err := s.load(ctx, held.Holder)
	if errors.Is(err, ErrUnknownCode) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	e = e.at(s.now())
	if !e.live() {
		return false, nil
	}
	if s.now().Sub(held.Since) < joinGrace {
		return true, nil // the lock is taken before the join is written
	}
	if !e.present(roleAgent, worker) {
		return false, nil
	}
	if e, err = s.reconcile(ctx, e); err != nil {
		return false, err
	}
	return e.live() && e.present(roleAgent, worker), nil
}

// release frees the Worker's lock if the session of code holds it. A lock
// taken after asOf stays: the agent left one page and came back in another
// while the leaving was still being written.
func (s *Service) release(ctx context.Context, worker, code string, asOf time.Time) error {
	name := lockName(worker)
	for try := range tries {
		d, err := s.d.Documents.Fetch(ctx, name)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("fetch lock: %w", err)
		}
		var held lock
		if json.Unmarshal(d.Data, &held) == nil && (held.Holder != code || held.Since.After(asOf)) {
			return nil
		}
		free, err := json.Marshal(lock{Since: held.Since, Until: s.now()})
		if err != nil {
			return fmt.Errorf("encode lock: %w", err)
		}
		_, err = s.d.Documents.Update(ctx, name, d.Revision, free, 0)
		if err == nil || errors.Is(err, ErrNotFound) {
			return nil
		}
		if !errors.Is(err, ErrConflict) {
			return fmt.Errorf("free lock: %w", err)
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
	return fmt.Errorf("free lock: too many contenders: %w", ErrUnavailable)
}
