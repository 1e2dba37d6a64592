package escalation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"time"

	"escalate/app/name"
)

// errNoAgent says that the customer must wait. It never leaves the package.
var errNoAgent = errors.New("no agent in the Room")

// tries is how often a change that lost the race is made again. Ten writers of
// one Document need about as many.
const tries = 12

// load reads the escalation of a code that has the right form.
func (s *Service) load(ctx context.Context, code string) (Escalation, Document, error) {
	d, err := s.d.Documents.Fetch(ctx, code)
	if errors.Is(err, ErrNotFound) {
		return Escalation{}, d, ErrUnknownCode
	}
	if err != nil {
		return Escalation{}, d, fmt.Errorf("read escalation: %w", err)
	}
	e, err := s.decode(d)
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
func (s *Service) find(ctx context.Context, given string) (Escalation, error) {
	code, err := parseCode(given)
	if err != nil {
		return Escalation{}, err
	}
	e, _, err := s.load(ctx, code)
	if err != nil {
		return e, err
	}
	e = e.at(s.now())
	s.hub.publish(e)
	return e, nil
}

// change reads an escalation, lets f make the next state of it and writes that
// back if nobody else has written meanwhile, else starts over. When f changes
// nothing, nothing is written. An error of f is answered as it is.
func (s *Service) change(ctx context.Context, code string, f func(Escalation) (Escalation, error)) (Escalation, error) {
	paid := false
	for try := range tries {
		e, d, err := s.load(ctx, code)
		if err != nil {
			return e, err
		}
		next, err := f(e)
		if err != nil {
			return e, err
		}
		if reflect.DeepEqual(e, next) {
			// Often because another replica was first, whose change is news here.
			s.hub.publish(next.at(s.now()))
			return next, nil
		}
		// Wait for a turn to write only when there is something to write, and
		// look again after waiting.
		if !paid {
			waited, err := s.writes.turn(ctx, code)
			if err != nil {
				return e, fmt.Errorf("change escalation: %w", err)
			}
			if paid = true; waited {
				continue
			}
		}
		paid = false
		next.Version++
		data, err := encode(next)
		if err != nil {
			return e, err
		}
		_, err = s.d.Documents.Update(ctx, code, d.Revision, data, s.newTTL(e, next))
		switch {
		case err == nil:
			s.hub.publish(next.at(s.now()))
			return next, nil
		case errors.Is(err, ErrNotFound):
			return e, ErrUnknownCode
		case !errors.Is(err, ErrConflict):
			return e, fmt.Errorf("change escalation: %w", err)
		}
		if err := s.pause(ctx, try); err != nil {
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
		gone := e.forgettable()
		if gone < 0 {
			return nil, fmt.Errorf("encode escalation: %d bytes are too many for a Document", len(data))
		}
		e.Participants = slices.Delete(slices.Clone(e.Participants), gone, gone+1)
	}
}

// newTTL is the time to live that an update must set, or 0 to leave it: Sync
// counts a TTL from the update that sets it, and never prolongs it by itself.
func (s *Service) newTTL(before, after Escalation) time.Duration {
	was, is := before.deadline(s.c.MaxCall), after.deadline(s.c.MaxCall)
	if was.Equal(is) {
		return 0
	}
	return s.ttl(after)
}

// ttl is how long the Document must live from now on.
func (s *Service) ttl(e Escalation) time.Duration {
	return max(e.deadline(s.c.MaxCall).Sub(s.now()), time.Minute).Round(time.Second)
}

// pause waits a little before try+1, at random so that losers of one race do
// not meet again in the next.
func (s *Service) pause(ctx context.Context, try int) error {
	return s.sleep(ctx, rand.N(time.Duration(try+1)*10*time.Millisecond))
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
