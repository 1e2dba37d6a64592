package wire_test

import (
	"testing"

	"escalate/app/wire"
)

func TestIdentity(t *testing.T) {
	for identity, want := range map[string]struct {
		role   wire.Role
		worker string
	}{
		"agent:WK1:n":      {wire.RoleAgent, "WK1"},
		"agent:WK1":        {wire.RoleAgent, "WK1"},
		"agent::n":         {wire.RoleAgent, ""},
		"customer:K7Q2M:n": {wire.RoleCustomer, ""},
		"agent":            {},
		"agents:WK1:n":     {},
		"Agent:WK1:n":      {},
		"WK1":              {},
		"":                 {},
	} {
		if got := wire.RoleOf(identity); got != want.role {
			t.Errorf("RoleOf(%q) = %q, want %q", identity, got, want.role)
		}
		if got := wire.WorkerOf(identity); got != want.worker {
			t.Errorf("WorkerOf(%q) = %q, want %q", identity, got, want.worker)
		}
	}
}
