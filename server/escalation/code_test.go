package escalation

import (
	"testing"

	"escalate/app/wire"
)

func TestSplitIdentity(t *testing.T) {
	id, err := newIdentity(wire.RoleAgent, wk1)
	if err != nil {
		t.Fatal(err)
	}
	if role, who := splitIdentity(id); role != wire.RoleAgent || who != wk1 {
		t.Errorf("%q splits into %q, %q", id, role, who)
	}
	for _, bad := range []string{"", "agent", "agent:x", "robot:x:y", "agent:x:y:z"} {
		if role, who := splitIdentity(bad); role != "" || who != "" {
			t.Errorf("%q splits into %q, %q", bad, role, who)
		}
	}
	other, err := newIdentity(wire.RoleAgent, wk1)
	if err != nil {
		t.Fatal(err)
	}
	if id == other {
		t.Error("the same identity twice")
	}
}
