package escalation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"escalate/app/name"
)

// errNoAgent says that the customer must wait. It never leaves the package.
var errNoAgent = errors.New("no agent in the Room")

// tries is how often a change that lost the race is made again. Ten writers of
// one Document need about as many.
const tries = 12

// ledger keeps the escalations, one Document for each code. Every change of one
// goes through change, and every state that is read or written is told to those
// who watch.
type ledger struct {
	docs    Documents
	hub     *hub
	pace    *pacer
	maxCall time.Duration
	now     func() time.Time
	decode  func(Document) (Escalation, error)
	meter   *meter
	news    News
}

// load reads the escalation of a code that has the right form.
func (l *ledger) load(ctx context.Context, code string) (Escalation, Document, error) {
	d, err := l.docs.Fetch(ctx, code)
	if errors.Is(err, ErrNotFound) {
		return Escalation{}, d, ErrUnknownCode
	}
	if err != nil {
		return Escalation{}, d, fmt.Errorf("read escalation: %w", err)
	}
	e, err := l.decode(d)
	return e, d, err
}

// decode reads an escalation; a Document that is something else is an unknown code.
func decode(d Document) (Escalation, error) {
	var e Escalation
	if err := json.Unmarshal(d.Data, &e); err != nil || e.Code == "" || e.Code != d.Name {
		return Escalation{}, ErrUnknownCode
	}
	e.Agent.Name = name.Clean(e.Agent.Name, maxName) // of whoever wrote it
	return e, nil
}

// find reads the escalation of a code as somebody gave it, as it is now.
func (l *ledger) find(ctx context.Context, given string) (Escalation, error) {
	code, err := parseCode(given)
	if err != nil {
		return Escalation{}, err
	}
	e, _, err := l.load(ctx, code)
	if err != nil {
		return e, err
	}
	e = e.at(l.now())
	l.hub.publish(e)
	return e, nil
}

// change reads an escalation, lets f make the next state of it and writes that
// back if nobody else has written meanwhile, else starts over. When f changes
// nothing, nothing is written. An error of f is returned as it is.
func (l *ledger) change(ctx context.Context, code string, f func(Escalation) (Escalation, error)) (Escalation, error) {
	paid := false
	for try := range tries {
		e, d, err := l.load(ctx, code)
		if err != nil {
			return e, err
		}
		next, err := f(e)
		if err != nil {
			return e, err
		}
		if reflect.DeepEqual(e, next) {
			// Often because another replica was first, whose change is news here.
			l.hub.publish(next.at(l.now()))
			return next, nil
		}
		// Wait for a turn to write only when there is something to write, and
		// look again after waiting.
		if !paid {
			waited, err := l.pace.write(ctx, code)
			if err != nil {
				return e, fmt.Errorf("change escalation: %w", err)
			}
			if paid = true; waited {
				continue
			}
		}
		paid = false
		next.Version++
		next.Reached = next.Reached.since(e, next, l.now())
		data, err := encode(next)
		if err != nil {
			return e, err
		}
		_, err = l.docs.Update(ctx, code, d.Revision, data, l.newTTL(e, next))
		switch {
		case err == nil:
			l.meter.changed(e, next)
			l.hub.publish(next.at(l.now()))
			l.news.Tell(code, next.Version)
			return next, nil
		case errors.Is(err, ErrNotFound):
			return e, ErrUnknownCode
		case !errors.Is(err, ErrConflict):
			return e, fmt.Errorf("change escalation: %w", err)
		}
		if err := l.pace.pause(ctx, try); err != nil {
			return e, err
		}
	}
	return Escalation{}, fmt.Errorf("change escalation: too many writers: %w", ErrUnavailable)
}

// maxDocument is Sync's limit for a Document's data, in bytes.
const maxDocument = 16 << 10

// encode makes the Document's data. The bounds in transition.go keep it within
// Sync's limit; should they ever fail, an end that cannot be written would be
// worse than a forgotten stay.
func encode(e Escalation) (json.RawMessage, error) {
	for {
		data, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("encode escalation: %w", err)
		}
		if len(data) <= maxDocument {
			return data, nil
		}
		gone := e.Participants.forgettable()
		if gone < 0 {
			return nil, fmt.Errorf("encode escalation: %d bytes are too many for a Document", len(data))
		}
		e.Participants = e.Participants.without(gone)
	}
}

// newTTL is the time to live that an update must set, or 0 to leave it: Sync
// counts a TTL from the update that sets it, and never prolongs it by itself.
func (l *ledger) newTTL(before, after Escalation) time.Duration {
	was, is := before.deadline(l.maxCall), after.deadline(l.maxCall)
	if was.Equal(is) {
		return 0
	}
	return l.ttl(after)
}

// ttl is how long the Document must live from now on.
func (l *ledger) ttl(e Escalation) time.Duration {
	return max(e.deadline(l.maxCall).Sub(l.now()), time.Minute).Round(time.Second)
}
