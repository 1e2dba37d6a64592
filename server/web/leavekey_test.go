package web

import (
	"net/http"
	"strings"
	"testing"

	"escalate/app/wire"
)

// leaving is the body of a Leave with the key that a rig's handler gives out.
func leaving(identity, more string) string {
	return `{"identity":"` + identity + `","key":"` + newLeaveKeys(testSecret).of(liveCode, identity) + `"` + more + `}`
}

const testSecret = "a secret that replicas share"

// TestOnlyWhoJoinedCanLeave is about a customer who reads the agent's identity
// in the Room and says that it has left.
func TestOnlyWhoJoinedCanLeave(t *testing.T) {
	t.Parallel()
	const agent, customer = "agent:WK1:n", "customer:" + liveCode + ":n"
	keys, others := newLeaveKeys(testSecret), newLeaveKeys("another secret")
	right := keys.of(liveCode, agent)
	for _, tt := range []struct {
		name, code, key string
		status          int
	}{
		{"its own", liveCode, right, http.StatusNoContent},
		{"its own, the code in capitals", strings.ToUpper(liveCode), right, http.StatusNoContent},
		{"none", liveCode, "", http.StatusForbidden},
		{"the customer's", liveCode, keys.of(liveCode, customer), http.StatusForbidden},
		{"an earlier join's", liveCode, keys.of(liveCode, "agent:WK1:m"), http.StatusForbidden},
		{"another escalation's", liveCode, keys.of(endedCode, agent), http.StatusForbidden},
		{"another secret's", liveCode, others.of(liveCode, agent), http.StatusForbidden},
		{"cut short", liveCode, right[:len(right)-1], http.StatusForbidden},
		{"with more behind", liveCode, right + "A", http.StatusForbidden},
		{"the identity itself", liveCode, agent, http.StatusForbidden},
		{"a code that is not there, with the right key", "zzzzzzz", keys.of("zzzzzzz", agent), http.StatusNotFound},
		// Must not be told apart from a code that is there.
		{"a code that is not there", "zzzzzzz", right, http.StatusForbidden},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newRig()
			var left []string
			g.esc.leave = func(code, identity string) error {
				left = append(left, identity)
				return g.esc.usable(strings.ToLower(code))
			}
			body := `{"identity":"` + agent + `","key":"` + tt.key + `"}`
			w := do(t, g.handler(), call{"POST", wire.CodePath(tt.code, wire.ActionLeave), body, asJSON()})
			if w.Code != tt.status {
				t.Errorf("status %d, want %d: %s", w.Code, tt.status, w.Body)
			}
			if let := tt.status != http.StatusForbidden; (len(left) == 1) != let {
				t.Errorf("left: %q", left)
			}
		})
	}
}

// TestLeaveKeyGoesOutWithTheToken: one replica hands it out, another takes it.
func TestLeaveKeyGoesOutWithTheToken(t *testing.T) {
	t.Parallel()
	replica := func(secret string) http.Handler {
		g := newRig()
		g.config.LeaveSecret = secret
		return g.handler()
	}
	a, b, stranger := replica(testSecret), replica(testSecret), replica("")
	customer, err := clientOf(a, "").Join(t.Context(), liveCode, wire.JoinRequest{})
	if err != nil {
		t.Fatal(err)
	}
	agent, err := clientOf(a, flexToken).AgentJoin(t.Context(), liveCode)
	if err != nil {
		t.Fatal(err)
	}
	if customer.LeaveKey == agent.LeaveKey || strings.Contains(customer.LeaveKey, customer.Identity) {
		t.Errorf("keys %q and %q", customer.LeaveKey, agent.LeaveKey)
	}
	for name, j := range map[string]wire.Join{"customer": customer, "agent": agent} {
		l := wire.Leave{Identity: j.Identity, Key: j.LeaveKey}
		if err := clientOf(b, "").Leave(t.Context(), liveCode, l); err != nil {
			t.Errorf("the %s cannot leave at another replica: %v", name, err)
		}
		if err := clientOf(stranger, "").Leave(t.Context(), liveCode, l); err == nil {
			t.Errorf("the %s's key is good at a server with another secret", name)
		}
	}
}
