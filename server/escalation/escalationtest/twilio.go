// Package escalationtest is a double of what package escalation needs of
// Twilio, in memory and without HTTP: Documents with revisions and time to
// live, Rooms, Tasks, chat and tokens. Tests can make any call fail. It knows
// nothing of the use cases. Contract says what it and every other
// implementation of the ports have to do alike.
package escalationtest

import (
	"context"
	"strings"
	"time"

	"escalate/server/escalation"
)

// Twilio is the double, one part for each port. It is safe for concurrent use.
type Twilio struct {
	*Faults

	Documents *Documents
	Notices   *Documents // another Sync Service
	Rooms     *Rooms
	Tasks     *Tasks
	Chat      *Chat
}

// New makes an empty account. now tells the time for Documents' time to live.
func New(now func() time.Time) *Twilio {
	f := &Faults{calls: map[string]int{}}
	return &Twilio{
		Faults:    f,
		Documents: &Documents{port: "documents", faults: f, now: now, docs: map[string]*document{}},
		Notices:   &Documents{port: "notices", faults: f, now: now, docs: map[string]*document{}},
		Rooms:     &Rooms{faults: f, now: now},
		Tasks:     &Tasks{faults: f, all: map[string]*task{}, length: characters},
		Chat:      &Chat{faults: f, conversations: map[string]escalation.Conversation{}, messages: map[string][]escalation.Message{}},
	}
}

// Deps are the ports of the double.
func (t *Twilio) Deps() escalation.Deps {
	return escalation.Deps{Documents: t.Documents, Rooms: t.Rooms, Tasks: t.Tasks, Chat: t.Chat, Tokens: tokens{t.Faults}, Notices: t.Notices}
}

type tokens struct{ faults *Faults }

func (p tokens) Mint(identity, room string, _ time.Duration) (string, error) {
	if err := p.faults.enter(context.Background(), "tokens.mint", identity); err != nil {
		return "", err
	}
	return TokenFor(identity, room), nil
}

// TokenFor is the token that the double mints.
func TokenFor(identity, room string) string {
	return strings.Join([]string{"token", identity, room}, "|")
}
