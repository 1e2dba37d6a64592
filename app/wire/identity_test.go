package wire_test

import (
	"testing"

	"escalate/app/wire"
)

func TestIdentity(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]wire.Identity{
		"agent:WK1:n":      {Role: wire.RoleAgent, Who: "WK1", Nonce: "n"},
		"agent::n":         {Role: wire.RoleAgent, Nonce: "n"},
		"agent:WK1:":       {Role: wire.RoleAgent, Who: "WK1"},
		"customer:K7Q2M:n": {Role: wire.RoleCustomer, Who: "K7Q2M", Nonce: "n"},
		"agent:WK1":        {}, // somebody else's Participant, whatever they call themselves
		"agent:WK1:n:x":    {},
		"customer":         {},
		"agent":            {},
		"agents:WK1:n":     {},
		"Agent:WK1:n":      {},
		"WK1":              {},
		"":                 {},
	} {
		got, ours := wire.ParseIdentity(text)
		if got != want || ours != (want != wire.Identity{}) {
			t.Errorf("ParseIdentity(%q) = %+v, %t, want %+v", text, got, ours, want)
		}
		if ours && got.String() != text {
			t.Errorf("%q is written %q", text, got)
		}
		if role := wire.RoleOf(text); role != want.Role {
			t.Errorf("RoleOf(%q) = %q, want %q", text, role, want.Role)
		}
		worker := ""
		if want.Role == wire.RoleAgent {
			worker = want.Who
		}
		if got := wire.WorkerOf(text); got != worker {
			t.Errorf("WorkerOf(%q) = %q, want %q", text, got, worker)
		}
	}
}

func TestPerson(t *testing.T) {
	t.Parallel()
	a := wire.Identity{Role: wire.RoleAgent, Who: "WK1", Nonce: "a"}
	for _, other := range []struct {
		id   wire.Identity
		same bool
	}{
		{wire.Identity{Role: wire.RoleAgent, Who: "WK1", Nonce: "b"}, true},
		{wire.Identity{Role: wire.RoleAgent, Who: "WK2", Nonce: "a"}, false},
		{wire.Identity{Role: wire.RoleCustomer, Who: "WK1", Nonce: "a"}, false},
	} {
		if same := a.Person() == other.id.Person(); same != other.same {
			t.Errorf("%v and %v are the same person: %t", a, other.id, same)
		}
	}
}
