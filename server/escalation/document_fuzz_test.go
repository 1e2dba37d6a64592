package escalation

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"escalate/app/wire"
)

// FuzzDecode reads Documents that others have written into our Service: what is taken for
// an escalation can be looked at, changed and written again.
func FuzzDecode(f *testing.F) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	whole := Escalation{
		Version: 3, Code: "abc2345", Status: Open, Task: "WT1", Conversation: "CH1", Agent: AgentRef{"WK1", "ana", "Ana"},
		Room: RoomRef{"abc2345", "RM1"}, Created: now, ValidUntil: now.Add(time.Hour), OpenedAt: now,
		Participants: stays{{Identity: "agent:WK1:n", Joined: now}, {Identity: "customer:abc2345:n", Joined: now, Connected: now}},
		LastSequence: map[string]int{"RM1": 3},
	}
	whole.Invites = postings{{Key: "k", By: "b", At: now}}
	data, err := json.Marshal(whole)
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{string(data), `{"code":"abc2345"}`, `{"code":"abc2345","participants":[{"identity":"::"}],"status":"in_call"}`, `{"code":"abc2345","status":"??","validUntil":"x"}`, `[]`, `null`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := decode(Document{Name: "abc2345", Data: json.RawMessage(s)})
		if err != nil {
			return
		}
		if e.Code != "abc2345" {
			t.Fatalf("taken for %q", e.Code)
		}
		was := e.at(now)
		_, _, _ = e.deadline(time.Hour), e.overdue(now, time.Hour, time.Minute), e.workers()
		next, err := e.applyAgentJoin(AgentRef{"WK2", "bob", "Bob"}, RoomRef{"abc2345", "RM2"}, "agent:WK2:m", now)
		if err == nil {
			next = next.applyConnected("agent:WK2:m", "PA1", now)
			if next, err = next.applyCustomerJoin("customer:abc2345:m", "I agree", now); err == nil && next.Customer.Phase != wire.PhaseJoining && !next.Participants.knows("customer:abc2345:m") {
				t.Errorf("the customer is %+v", next.Customer)
			}
		}
		if next, _ = next.applyEnd(now); next.live() {
			t.Errorf("after the end it is %s", next.Status)
		}
		if !reflect.DeepEqual(was, e.at(now)) {
			t.Error("the state was changed in place")
		}
		if data, err := encode(next); err == nil {
			if again, err := decode(Document{Name: "abc2345", Data: data}); err != nil || again.Code != e.Code {
				t.Errorf("what was written cannot be read: %v", err)
			}
		}
	})
}
