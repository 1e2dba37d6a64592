package page

import (
	"testing"

	"escalate/app/ui"
	"escalate/app/wire"
)

func TestNamesOfPeopleInACall(t *testing.T) {
	for _, c := range []struct {
		name                  string
		agentName, worker     string   // what the server tells
		came                  []string // identities, in the order they come
		toCustomer, toDesktop []string // what each is called
	}{
		{"the agent", "Maria", "WK1", []string{"agent:WK1:a"}, []string{"Maria"}, []string{"Maria"}},
		{"a supervisor before the agent", "Maria", "WK1", []string{"agent:WK2:b", "agent:WK1:a"},
			[]string{"Colleague", "Maria"}, []string{"Colleague", "Maria"}},
		{"the agent again", "Maria", "WK1", []string{"agent:WK1:a", "agent:WK2:b", "agent:WK1:c"},
			[]string{"Maria", "Colleague", "Maria"}, []string{"Maria", "Colleague", "Maria"}},
		{"a nameless agent", "", "WK1", []string{"agent:WK1:a", "agent:WK2:b"},
			[]string{"the agent", "Colleague"}, []string{"Colleague", "Colleague"}},
		{"a customer", "Maria", "WK1", []string{"customer:K7Q2MWX:a"}, []string{"Customer"}, []string{"Customer"}},
		{"a Worker whose SID begins like the agent's", "Maria", "WK1", []string{"agent:WK12:a"}, []string{"Colleague"}, []string{"Colleague"}},
		{"a server that tells no Worker", "Maria", "", []string{"agent:WK1:a", "agent:WK2:b", "agent:WK1:c"},
			[]string{"Maria", "Colleague", "Maria"}, []string{"Colleague", "Colleague", "Colleague"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := invited()
			st.AgentName, st.AgentWorker = c.agentName, c.worker
			j := &Join{screen: &ui.Screen{}, state: st}
			v := &VideoRoom{screen: &ui.Screen{}, known: wire.Escalation{State: st}}
			for i, identity := range c.came {
				if got := j.nameOf(identity); got != c.toCustomer[i] {
					t.Errorf("%s is %q to the customer, want %q", identity, got, c.toCustomer[i])
				}
				if got := v.nameOf(identity); got != c.toDesktop[i] {
					t.Errorf("%s is %q on the agent's page, want %q", identity, got, c.toDesktop[i])
				}
			}
		})
	}
}
