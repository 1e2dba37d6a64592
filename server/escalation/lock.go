package escalation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"escalate/app/wire"
	"escalate/server/sids"
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

// locks takes and frees the agents' locks.
type locks struct {
	docs    Documents
	ledger  *ledger
	pace    *pacer
	maxCall time.Duration
	now     func() time.Time
	meter   *meter
	// reconcile makes an escalation agree with who is in its Room.
	reconcile func(context.Context, Escalation) (Escalation, error)
}

const lockPrefix = "agentlock."

func lockName(worker string) string { return lockPrefix + worker }

// clocksApart is how much the clocks of two replicas may differ (each half a
// minute from the truth). More of it makes no wrong holder, but joins that are
// under way may be refused.
const clocksApart = time.Minute

// acquire takes the Worker's lock for a session; whoever holds it for the same
// code already keeps it. It returns *BusyError when another session has it, and
// the lock's revision for confirm.
func (l *locks) acquire(ctx context.Context, worker, code, task string) (revision string, err error) {
	return l.take(ctx, worker, lock{Holder: code, Task: task}, nil)
}

// confirm makes sure of the lock once the agent's presence in the session is
// written: it was not taken since acquire returned revision, or it can be had
// again. *BusyError says that another session has it.
func (l *locks) confirm(ctx context.Context, worker, code, task, revision string) error {
	_, err := l.take(ctx, worker, lock{Holder: code, Task: task, Confirmed: true}, &Document{Revision: revision})
	return err
}

// keep takes the lock for an agent who is in the Room.
func (l *locks) keep(ctx context.Context, worker, code, task string) error {
	_, err := l.take(ctx, worker, lock{Holder: code, Task: task, Confirmed: true}, nil)
	return err
}

// take writes the lock over known, or when that is nil or no longer the
// newest over what is there, if it may.
func (l *locks) take(ctx context.Context, worker string, mine lock, known *Document) (revision string, err error) {
	ttl := l.maxCall + keep
	for try := range tries {
		missing := false
		if known == nil {
			d, err := l.claim(ctx, worker, mine.Holder)
			if missing = errors.Is(err, ErrNotFound); err != nil && !missing {
				return "", err
			}
			known = &d
		}
		if _, err := l.pace.write(ctx, lockName(worker)); err != nil {
			return "", fmt.Errorf("take lock: %w", err)
		}
		mine.Since = l.now()
		mine.Until = mine.Since.Add(ttl)
		data, err := json.Marshal(mine)
		if err != nil {
			return "", fmt.Errorf("encode lock: %w", err)
		}
		var d Document
		if missing {
			d, err = l.docs.Create(ctx, lockName(worker), data, ttl)
		} else {
			d, err = l.docs.Update(ctx, lockName(worker), known.Revision, data, ttl)
		}
		if err == nil {
			l.meter.lock("taken")
			return d.Revision, nil
		}
		l.meter.lock("contended")
		// Somebody was faster: look again who it was.
		if !errors.Is(err, ErrNameTaken) && !errors.Is(err, ErrConflict) && !errors.Is(err, ErrNotFound) {
			return "", fmt.Errorf("take lock: %w", err)
		}
		known = nil
		if err := l.pace.pause(ctx, try); err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("take lock: too many contenders: %w", ErrUnavailable)
}

// claim returns the lock Document if the session of code may take it,
// ErrNotFound when there is none, and *BusyError when another session has it.
func (l *locks) claim(ctx context.Context, worker, code string) (Document, error) {
	d, held, err := l.fetch(ctx, worker)
	if err != nil || held.Holder == "" || held.Holder == code {
		return d, err
	}
	busy, err := l.stillIn(ctx, worker, held)
	if err != nil {
		return d, fmt.Errorf("check holder of lock: %w", err)
	}
	if busy {
		l.meter.lock("busy")
		return d, &BusyError{Code: held.Holder, TaskSID: held.Task}
	}
	return d, nil
}

func (l *locks) fetch(ctx context.Context, worker string) (d Document, held lock, err error) {
	if d, err = l.docs.Fetch(ctx, lockName(worker)); err != nil {
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
func (l *locks) stillIn(ctx context.Context, worker string, held lock) (bool, error) {
	e, _, err := l.ledger.load(ctx, held.Holder)
	if errors.Is(err, ErrUnknownCode) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	e = e.at(l.now())
	switch {
	case !e.live():
		return false, nil
	case held.underWay(l.now()):
		return true, nil
	case !e.Participants.present(wire.RoleAgent, worker):
		return false, nil
	}
	if e, err = l.reconcile(ctx, e); err != nil {
		return false, err
	}
	return e.live() && e.Participants.present(wire.RoleAgent, worker), nil
}

// release frees the Worker's lock if the session of code holds it and the
// Worker is not in it, perhaps from another page. It takes nothing from a join
// that is under way: that join confirms.
func (l *locks) release(ctx context.Context, worker, code string) error {
	for try := range tries {
		// First the lock, then the session: a presence written after this read
		// is followed by a confirmation, which makes the freeing fail.
		d, held, err := l.fetch(ctx, worker)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if held.Holder != code {
			return nil
		}
		e, _, err := l.ledger.load(ctx, code)
		if err != nil && !errors.Is(err, ErrUnknownCode) {
			return err
		}
		if err == nil && e.at(l.now()).live() && e.Participants.present(wire.RoleAgent, worker) {
			return nil
		}
		err = l.free(ctx, worker, d, held)
		if err == nil || errors.Is(err, ErrNotFound) {
			return nil
		}
		if !errors.Is(err, ErrConflict) {
			return err
		}
		if err := l.pace.pause(ctx, try); err != nil {
			return err
		}
	}
	return fmt.Errorf("free lock: too many contenders: %w", ErrUnavailable)
}

func (l *locks) free(ctx context.Context, worker string, d Document, held lock) error {
	if _, err := l.pace.write(ctx, lockName(worker)); err != nil {
		return fmt.Errorf("free lock: %w", err)
	}
	data, err := json.Marshal(lock{Since: held.Since, Until: l.now()})
	if err != nil {
		return fmt.Errorf("encode lock: %w", err)
	}
	if _, err = l.docs.Update(ctx, lockName(worker), d.Revision, data, 0); err != nil {
		return fmt.Errorf("free lock: %w", err)
	}
	l.meter.lock("freed")
	return nil
}

// lockOf returns whose lock a Document of that name is.
func lockOf(name string) (worker string, ok bool) {
	worker, ok = strings.CutPrefix(name, lockPrefix)
	return worker, ok && sids.Is("WK", worker)
}
