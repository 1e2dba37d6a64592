package escalation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"escalate/app/wire"
)

// An agent is in one video session at a time, whichever replica answers. The
// lock is a Document per Worker whose holder is the code of the session. It is
// freed by a conditional update, never by deletion, which Sync cannot make
// conditional.
//
// No clock decides who holds it. A session begins in three steps: take the
// lock, write the agent's presence, confirm the lock; both writes of the lock
// are conditional on its revision. Whoever wants a lock that another session
// has reads the lock first, then that session, and takes it, again under the
// revision it read, only if the agent is not present there. So if the presence
// was written too late to be seen, the confirmation fails, and if the
// confirmation came first, the taking does. Clocks that disagree, requests that
// hang for minutes and lock Documents that Sync deletes early or late cost at
// most a refused join, which the agent makes again.

// lock is the content of a lock Document.
type lock struct {
	Holder string    `json:"holder"` // code; empty when free
	Task   string    `json:"task,omitempty"`
	Since  time.Time `json:"since"` // last taken
	// Until is for people who look at the Document: a session cannot be longer.
	Until time.Time `json:"until"`
	// Confirmed says that the agent's presence was written when this was.
	Confirmed bool `json:"confirmed,omitempty"`
}

const lockPrefix = "agentlock."

func lockName(worker string) string { return lockPrefix + worker }

// clocksApart is how much the clocks of two replicas may differ (each half a
// minute from the truth). More of it makes no wrong holder, but joins that are
// under way may be refused.
const clocksApart = time.Minute

// acquire takes the Worker's lock for a session; whoever holds it for the same
// code already keeps it. It answers *BusyError when another session has it, and
// the lock's revision for confirm.
func (s *Service) acquire(ctx context.Context, worker, code, task string) (revision string, err error) {
	return s.takeLock(ctx, worker, lock{Holder: code, Task: task}, nil)
}

// confirm makes sure of the lock once the agent's presence in the session is
// written: it was not taken since acquire answered revision, or it can be had
// again. *BusyError says that another session has it.
func (s *Service) confirm(ctx context.Context, worker, code, task, revision string) error {
	_, err := s.takeLock(ctx, worker, lock{Holder: code, Task: task, Confirmed: true}, &Document{Revision: revision})
	return err
}

// takeLock writes the lock over known, or when that is nil or no longer the
// newest over what is there, if it may.
func (s *Service) takeLock(ctx context.Context, worker string, mine lock, known *Document) (revision string, err error) {
	ttl := s.c.MaxCall + keep
	for try := range tries {
		missing := false
		if known == nil {
			d, err := s.claim(ctx, worker, mine.Holder)
			if missing = errors.Is(err, ErrNotFound); err != nil && !missing {
				return "", err
			}
			known = &d
		}
		if _, err := s.writes.turn(ctx, lockName(worker)); err != nil {
			return "", fmt.Errorf("take lock: %w", err)
		}
		mine.Since = s.now()
		mine.Until = mine.Since.Add(ttl)
		data, err := json.Marshal(mine)
		if err != nil {
			return "", fmt.Errorf("encode lock: %w", err)
		}
		var d Document
		if missing {
			d, err = s.d.Documents.Create(ctx, lockName(worker), data, ttl)
		} else {
			d, err = s.d.Documents.Update(ctx, lockName(worker), known.Revision, data, ttl)
		}
		if err == nil {
			return d.Revision, nil
		}
		// Somebody was faster: look again who it was.
		if !errors.Is(err, ErrNameTaken) && !errors.Is(err, ErrConflict) && !errors.Is(err, ErrNotFound) {
			return "", fmt.Errorf("take lock: %w", err)
		}
		known = nil
		if err := s.pause(ctx, try); err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("take lock: too many contenders: %w", ErrUnavailable)
}

// claim answers the lock Document if the session of code may take it,
// ErrNotFound when there is none, and *BusyError when another session has it.
func (s *Service) claim(ctx context.Context, worker, code string) (Document, error) {
	d, held, err := s.fetchLock(ctx, worker)
	if err != nil || held.Holder == "" || held.Holder == code {
		return d, err
	}
	busy, err := s.stillIn(ctx, worker, held)
	if err != nil {
		return d, fmt.Errorf("check holder of lock: %w", err)
	}
	if busy {
		return d, &BusyError{Code: held.Holder, TaskSID: held.Task}
	}
	return d, nil
}

func (s *Service) fetchLock(ctx context.Context, worker string) (d Document, held lock, err error) {
	if d, err = s.d.Documents.Fetch(ctx, lockName(worker)); err != nil {
		return d, held, fmt.Errorf("fetch lock: %w", err)
	}
	if json.Unmarshal(d.Data, &held) != nil {
		held = lock{} // an unreadable lock is nobody's
	}
	return d, held, nil
}

// underWay says whether the lock was taken for a join that may not have
// written the presence yet.
func (l lock) underWay(now time.Time) bool {
	return !l.Confirmed && now.Sub(l.Since) < joinGrace+clocksApart
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
	switch {
	case !e.live():
		return false, nil
	case held.underWay(s.now()):
		return true, nil
	case !e.present(wire.RoleAgent, worker):
		return false, nil
	}
	if e, err = s.reconcile(ctx, e); err != nil {
		return false, err
	}
	return e.live() && e.present(wire.RoleAgent, worker), nil
}

// release frees the Worker's lock if the session of code holds it and the
// Worker is not in it, perhaps from another page. It takes nothing from a join
// that is under way: that join confirms.
func (s *Service) release(ctx context.Context, worker, code string) error {
	for try := range tries {
		// First the lock, then the session: a presence written after this read
		// is followed by a confirmation, which makes the freeing fail.
		d, held, err := s.fetchLock(ctx, worker)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if held.Holder != code {
			return nil
		}
		e, _, err := s.load(ctx, code)
		if err != nil && !errors.Is(err, ErrUnknownCode) {
			return err
		}
		if err == nil && e.at(s.now()).live() && e.present(wire.RoleAgent, worker) {
			return nil
		}
		err = s.free(ctx, worker, d, held)
		if err == nil || errors.Is(err, ErrNotFound) {
			return nil
		}
		if !errors.Is(err, ErrConflict) {
			return err
		}
		if err := s.pause(ctx, try); err != nil {
			return err
		}
	}
	return fmt.Errorf("free lock: too many contenders: %w", ErrUnavailable)
}

func (s *Service) free(ctx context.Context, worker string, d Document, held lock) error {
	if _, err := s.writes.turn(ctx, lockName(worker)); err != nil {
		return fmt.Errorf("free lock: %w", err)
	}
	data, err := json.Marshal(lock{Since: held.Since, Until: s.now()})
	if err != nil {
		return fmt.Errorf("encode lock: %w", err)
	}
	if _, err = s.d.Documents.Update(ctx, lockName(worker), d.Revision, data, 0); err != nil {
		return fmt.Errorf("free lock: %w", err)
	}
	return nil
}

// releaseGone frees the locks of agents who were there before and no longer are.
func (s *Service) releaseGone(ctx context.Context, was, is Escalation) {
	for _, worker := range was.workers() {
		if !was.present(wire.RoleAgent, worker) || is.present(wire.RoleAgent, worker) {
			continue
		}
		if err := s.release(ctx, worker, is.Code); err != nil {
			s.c.Log.WarnContext(ctx, "agent stays locked until the next sweep", "worker", worker, "err", err)
		}
	}
}

// holdBack makes sure of the locks of agents who were gone and are seen in the
// Room again, because their browser came back from wherever it was.
func (s *Service) holdBack(ctx context.Context, was, is Escalation) {
	for _, p := range is.agents() {
		if _, worker := splitIdentity(p.Identity); was.present(wire.RoleAgent, worker) {
			continue
		}
		if err := s.keepLock(ctx, is, p.Identity); err != nil {
			s.c.Log.WarnContext(ctx, "agent is back without the lock until the next sweep", "err", err)
		}
	}
}

// keepLock takes the lock for an agent who is in the Room. One who is in
// another session by now has to leave this one.
func (s *Service) keepLock(ctx context.Context, e Escalation, identity string) error {
	_, worker := splitIdentity(identity)
	_, err := s.takeLock(ctx, worker, lock{Holder: e.Code, Task: e.Task, Confirmed: true}, nil)
	var busy *BusyError
	if errors.As(err, &busy) {
		s.c.Log.InfoContext(ctx, "agent came back while in another session", "worker", worker, "task", e.Task)
		return s.Leave(ctx, e.Code, identity)
	}
	return err
}

// sweepLocks frees locks whose session is over or has lost its agent, and takes
// those that somebody in a Room ought to have. All that was listed may have
// changed since; it only saves looking again at what plainly agrees.
func (s *Service) sweepLocks(ctx context.Context, all []Document, live map[string]Escalation) error {
	var errs []error
	locks := map[string]lock{}
	for _, d := range all {
		var l lock
		if worker, ok := lockOf(d.Name); ok && json.Unmarshal(d.Data, &l) == nil {
			locks[worker] = l
		}
	}
	for _, d := range all {
		if worker, ok := lockOf(d.Name); ok {
			l := locks[worker]
			if l.Holder != "" && !l.underWay(s.now()) && !live[l.Holder].present(wire.RoleAgent, worker) {
				errs = append(errs, s.release(ctx, worker, l.Holder))
			}
			continue
		}
		for _, p := range live[d.Name].agents() {
			if _, worker := splitIdentity(p.Identity); locks[worker].Holder != d.Name {
				errs = append(errs, s.sweepAgent(ctx, d.Name, p.Identity))
			}
		}
	}
	return errors.Join(errs...)
}

// lockOf answers whose lock a Document of that name is.
func lockOf(name string) (worker string, ok bool) {
	worker, ok = strings.CutPrefix(name, lockPrefix)
	return worker, ok && workerForm().MatchString(worker)
}

// sweepAgent looks again whether the agent is in the session, and takes the lock.
func (s *Service) sweepAgent(ctx context.Context, code, identity string) error {
	e, _, err := s.load(ctx, code)
	if errors.Is(err, ErrUnknownCode) {
		return nil
	}
	if err != nil {
		return err
	}
	if !e.at(s.now()).live() || !slices.ContainsFunc(e.agents(), func(p Presence) bool { return p.Identity == identity }) {
		return nil
	}
	return s.keepLock(ctx, e, identity)
}
