package escalation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Notice is the state of the small Document by which a customer's page that
// reads Sync itself learns that the agent is there. It is kept apart from the
// escalation's own Document, which such a page must not read: a page of Twilio's
// Flex project template connects to the Room at every change of what it reads,
// also when its user has left, so this one changes once.
type Notice struct {
	// Name is the Document's; empty as long as no page has asked for it.
	Name string `json:"name,omitempty"`
	// Told says that the Document names the Room.
	Told bool `json:"told,omitempty"`
}

// noticeText is what a notice says, as the template's pages read it.
type noticeText struct {
	Task string `json:"task"`
	// Room is null until the agent is there.
	Room *string `json:"room"`
}

// noticeboard keeps the notices. They end by their time to live, which is the
// escalation's.
type noticeboard struct {
	docs   Documents // nil where nobody asks for notices
	behind *errands
	ledger *ledger
	pace   *pacer
	link   func(code string) string
	now    func() time.Time
	log    *slog.Logger
}

// open is Service.Notice.
func (b *noticeboard) open(ctx context.Context, code string) (string, error) {
	code, err := parseCode(code)
	if err != nil {
		return "", err
	}
	name := b.link(code)
	if b.docs == nil || name == code {
		return "", fmt.Errorf("there are no notices here: %w", ErrForbidden)
	}
	if err := b.pace.customer(ctx, code); err != nil {
		return "", err
	}
	// First its name in the escalation, then the Document: an agent who joins in
	// between finds the name there, and makes it.
	e, err := b.ledger.change(ctx, code, func(e Escalation) (Escalation, error) {
		e = e.at(b.now())
		if err := e.closed(); err != nil {
			return e, err
		}
		e.Notice.Name = name
		return e, nil
	})
	if err != nil {
		return "", err
	}
	if e.untold() {
		return name, b.tell(ctx, e)
	}
	room := ""
	if e.Notice.Told {
		room = e.Room.SID
	}
	return name, b.put(ctx, e, room)
}

// untold says whether the notice has to be changed.
func (e Escalation) untold() bool {
	return e.Notice.Name != "" && !e.Notice.Told && e.live() && e.AgentPresent()
}

// tellLater tells after a join, which does not wait for it; should it fail, the next
// sweep does it.
func (b *noticeboard) tellLater(ctx context.Context, e Escalation) {
	if b.docs == nil || !e.untold() {
		return
	}
	b.behind.begin(ctx, func(ctx context.Context) {
		if err := b.tell(ctx, e); err != nil {
			b.log.WarnContext(ctx, "customer's page is not told of the agent yet", "task", e.Task, "err", err)
		}
	})
}

// tell writes into the notice that the agent is there, if that is news.
func (b *noticeboard) tell(ctx context.Context, e Escalation) error {
	if b.docs == nil || !e.untold() {
		return nil
	}
	if err := b.put(ctx, e, e.Room.SID); err != nil {
		return err
	}
	_, err := b.ledger.change(ctx, e.Code, func(e Escalation) (Escalation, error) {
		e.Notice.Told = true
		return e, nil
	})
	return err
}

// put makes the Document, or writes the Room into it. A Room that is there stays
// there, so replicas need not agree who is first.
func (b *noticeboard) put(ctx context.Context, e Escalation, room string) error {
	name := e.Notice.Name
	text := noticeText{Task: e.Task}
	if room != "" {
		text.Room = &room
	}
	data, err := json.Marshal(text)
	if err != nil {
		return fmt.Errorf("encode notice: %w", err)
	}
	for try := range tries {
		d, err := b.docs.Fetch(ctx, name)
		missing := errors.Is(err, ErrNotFound)
		if err != nil && !missing {
			return fmt.Errorf("fetch notice: %w", err)
		}
		if !missing {
			var there noticeText
			if json.Unmarshal(d.Data, &there) == nil && (there.Room != nil || room == "") {
				return nil
			}
		}
		if _, err := b.pace.write(ctx, name); err != nil {
			return fmt.Errorf("write notice: %w", err)
		}
		if missing {
			_, err = b.docs.Create(ctx, name, data, b.ledger.ttl(e))
		} else {
			_, err = b.docs.Update(ctx, name, d.Revision, data, b.ledger.ttl(e))
		}
		switch {
		case err == nil:
			return nil
		case missing && errors.Is(err, ErrNotFound):
			return fmt.Errorf("write notice: there is no such Sync Service: %w", err)
		case !errors.Is(err, ErrNameTaken) && !errors.Is(err, ErrConflict) && !errors.Is(err, ErrNotFound):
			return fmt.Errorf("write notice: %w", err)
		}
		if err := b.pace.pause(ctx, try); err != nil {
			return err
		}
	}
	return fmt.Errorf("write notice: too many writers: %w", ErrUnavailable)
}
