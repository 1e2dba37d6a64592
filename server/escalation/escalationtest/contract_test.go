package escalationtest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"escalate/server/escalation"
	"escalate/server/escalation/escalationtest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	escalationtest.Contract(t, func(t *testing.T) escalationtest.Account {
		var passed atomic.Int64
		var serial int
		tw := escalationtest.New(func() time.Time { return time.Unix(1_780_000_000, passed.Load()) })
		sid := func(prefix string) string {
			serial++
			return prefix + fmt.Sprintf("%032x", serial)
		}
		return escalationtest.Account{
			Deps: tw.Deps(),
			NewTask: func(attributes string) (string, string) {
				task, worker := sid("WT"), sid("WK")
				tw.Tasks.Add(task, worker, nil)
				tw.Tasks.SetAttributes(task, attributes)
				return task, worker
			},
			Stranger: "WK" + strings.Repeat("0", 32),
			NewConversation: func(c escalation.Conversation) string {
				ch := sid("CH")
				tw.Chat.Set(ch, c)
				return ch
			},
			Messages: tw.Chat.Messages,
			Enter:    tw.Rooms.Connect,
			Pass:     func(d time.Duration) { passed.Add(int64(d)) },
		}
	})
}

// What the double does beside its ports: lose answers, be late, and tell.
func TestFaults(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_780_000_000, 0)
	tw := escalationtest.New(func() time.Time { return now })
	docs := tw.Deps().Documents
	var wrote []string
	tw.Documents.OnWrite(func(name string, data json.RawMessage) { wrote = append(wrote, name+string(data)) })

	tw.Fail(func(op, key string) error { return fmt.Errorf("%s %s", op, key) })
	if _, err := docs.Create(t.Context(), "a", json.RawMessage(`{}`), time.Minute); err == nil || err.Error() != "documents.create a" || tw.Documents.Data("a") != nil {
		t.Errorf("a call that fails: %v, and there is %s", err, tw.Documents.Data("a"))
	}
	tw.Fail(nil)
	tw.Lose(func(op, key string) error { return fmt.Errorf("%s %s", op, key) })
	if _, err := docs.Create(t.Context(), "a", json.RawMessage(`{}`), time.Minute); err == nil || string(tw.Documents.Data("a")) != `{}` {
		t.Errorf("a call whose answer is lost: %v, and there is %s", err, tw.Documents.Data("a"))
	}
	tw.Lose(nil)
	if n := tw.Calls("documents.create"); n != 2 || len(wrote) != 1 || wrote[0] != "a{}" {
		t.Errorf("%d calls, wrote %q", n, wrote)
	}
	now = now.Add(time.Minute)
	if got := tw.Documents.Data("a"); got != nil {
		t.Errorf("after its time %s", got)
	}
	tw.Documents.DeleteLate(time.Minute)
	if got := tw.Documents.Data("a"); got == nil {
		t.Error("nothing after its time, though it is deleted late")
	}
}
