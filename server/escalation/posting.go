package escalation

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"escalate/app/wire"
)

// Invite is how the join link goes into a Task's Conversation.
type Invite struct {
	// Send makes the server post it, in the agent's name; the zero Invite posts none.
	Send bool
	// Lang is the language of its sentence as a BCP 47 tag; empty means English.
	Lang string
	// Key makes the same invite of all requests for one escalation that bring it: it
	// is posted once, however often it is asked for, and whatever became of an earlier
	// answer. Without one each request posts an invite of its own.
	Key string
}

const (
	// postLimit bounds how long a request may be at posting an invite.
	postLimit = 6 * time.Second
	// postLease is for how long whoever began to post may still do so, as another sees
	// it; what is more than postLimit is for a message that Twilio is slow to take.
	postLease = 10 * time.Second
	// maxPostings bounds how many invites of an escalation are remembered.
	maxPostings = 4
)

// posting is an invite that has a key. Whoever is to post it writes itself down
// before; who finds somebody written down, looks for the Message in the chat.
type posting struct {
	Key string `json:"key"` // its digest
	// By is the request that is to post it, or did.
	By     string    `json:"by"`
	At     time.Time `json:"at"` // when By began
	Posted bool      `json:"posted,omitempty"`
}

// postings are a value, as an Escalation is, the newest last. They are bounded: of too
// many the oldest is forgotten.
type postings []posting

func (l postings) of(key string) (posting, bool) {
	i := slices.IndexFunc(l, func(p posting) bool { return p.Key == key })
	if i < 0 {
		return posting{}, false
	}
	return l[i], true
}

// with has p instead of what there was under its key.
func (l postings) with(p posting) postings {
	l = append(l.without(p.Key), p)
	return l[max(0, len(l)-maxPostings):]
}

func (l postings) without(key string) postings {
	return slices.DeleteFunc(slices.Clone(l), func(p posting) bool { return p.Key == key })
}

// inviteAttributes are those of a chat message with an invite of the server's.
type inviteAttributes struct {
	wire.Invite
	// Key is the digest of the invite's key, by which the message is found again.
	Key string `json:"inviteKey,omitempty"`
}

// poster posts join links into chats.
type poster struct {
	chat    Chat
	ledger  *ledger
	inviter *inviter
	now     func() time.Time
	log     *slog.Logger
}

// post posts the invite of an escalation, as the agent's, and returns whether it did:
// without an error it is in the chat anyway. resumed says that the escalation was there
// before this request.
func (p *poster) post(ctx context.Context, e Escalation, resumed bool, a Agent, in Invite) (sent bool, err error) {
	if in.Key == "" {
		err := p.send(ctx, e, a, in.Lang, "")
		return err == nil, err
	}
	digest := sha256.Sum256([]byte(in.Key))
	key, me := hex.EncodeToString(digest[:8]), rand.Text()
	var waiting posting // the one whose lease is waited for
	var since time.Time
	for {
		began := time.Now()
		found, again, err := p.claim(ctx, e.Code, posting{Key: key, By: me, At: p.now()}, resumed, waiting.By, began.Sub(since) >= postLease)
		switch {
		case err != nil:
			return false, err
		case found.Posted:
			return false, nil
		case found.By == me:
			return p.claimed(ctx, began, e, a, in, found, again)
		case found.By != waiting.By:
			waiting, since = found, began
		}
		if there, err := p.posted(ctx, e, key); err != nil {
			return false, err
		} else if there {
			p.settle(ctx, e.Code, found, true)
			return false, nil
		}
		if err := sleep(ctx, time.Second); err != nil {
			return false, fmt.Errorf("wait for an invite under way: %w", err)
		}
	}
}

// claim writes down who posts an invite, unless somebody is written down already whose
// time is not over. It returns who is, and with again true that somebody may have been
// before.
func (p *poster) claim(ctx context.Context, code string, mine posting, resumed bool, waited string, leaseOver bool) (holder posting, again bool, err error) {
	_, err = p.ledger.change(ctx, code, func(e Escalation) (Escalation, error) {
		held, there := e.Invites.of(mine.Key)
		gone := leaseOver && held.By == waited || mine.At.Sub(held.At) > postLease+clocksApart
		if there && (held.Posted || held.By == mine.By || !gone) {
			holder = held
			return e, nil
		}
		// A replica of an earlier version that changes the Document leaves the claims out.
		holder, again = mine, there || resumed
		e.Invites = e.Invites.with(mine)
		return e, nil
	})
	return holder, again, err
}

// claimed posts what is claimed; after somebody else's claim it looks a last time
// whether that came to something.
func (p *poster) claimed(ctx context.Context, began time.Time, e Escalation, a Agent, in Invite, mine posting, again bool) (sent bool, err error) {
	limited, cancel := context.WithDeadlineCause(ctx, began.Add(postLimit), ErrUnavailable)
	defer cancel()
	there := false
	if again {
		there, err = p.posted(limited, e, mine.Key)
	}
	if err == nil && !there {
		err = p.send(limited, e, a, in.Lang, mine.Key)
		sent = err == nil
	}
	switch {
	case err == nil:
		p.settle(ctx, e.Code, mine, true)
	case limited.Err() == nil && !errors.Is(err, ErrUnavailable):
		p.settle(ctx, e.Code, mine, false) // refused: there is nothing to wait for
	case ctx.Err() == nil && limited.Err() != nil:
		err = fmt.Errorf("%w: %w", err, context.Cause(limited))
	}
	return sent, err
}

// settle writes down that an invite is posted, or that it is not and its holder has
// given up. Without that, whoever comes next finds it out by looking.
func (p *poster) settle(ctx context.Context, code string, holder posting, posted bool) {
	// The caller's context may have ended after the message was there.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := p.ledger.change(ctx, code, func(e Escalation) (Escalation, error) {
		held, there := e.Invites.of(holder.Key)
		switch {
		case there && posted:
			held.Posted = true
			e.Invites = e.Invites.with(held)
		case there && !held.Posted && held.By == holder.By:
			e.Invites = e.Invites.without(holder.Key)
		}
		return e, nil
	}); err != nil {
		p.log.WarnContext(ctx, "what became of an invite is not written down", "posted", posted, "err", err)
	}
}

// posted says whether the invite is among the newest Messages of the chat.
func (p *poster) posted(ctx context.Context, e Escalation, key string) (bool, error) {
	list, err := p.chat.Newest(ctx, e.Conversation)
	if err != nil {
		return false, fmt.Errorf("look for an invite in %s: %w", e.Conversation, err)
	}
	return slices.ContainsFunc(list, func(m Message) bool {
		var in inviteAttributes
		return json.Unmarshal(m.Attributes, &in) == nil && in.UniqueCode == e.Code && in.Key == key
	}), nil
}

func (p *poster) send(ctx context.Context, e Escalation, a Agent, lang, key string) error {
	attrs, err := json.Marshal(inviteAttributes{Invite: wire.Invite{HasVideo: true, VideoURL: p.inviter.joinURL(e.Code), UniqueCode: e.Code}, Key: key})
	if err != nil {
		return fmt.Errorf("encode invite: %w", err)
	}
	m := Message{Author: a.Identity, Body: p.inviter.invite(e, lang), Attributes: attrs}
	if err := p.chat.Send(ctx, e.Conversation, m); err != nil {
		return fmt.Errorf("post invite into %s: %w", e.Conversation, err)
	}
	return nil
}
