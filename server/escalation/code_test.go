package escalation

import "testing"

func TestSplitIdentity(t *testing.T) {
	id, err := newIdentity(roleAgent, wk1)
	if err != nil {
		t.Fatal(err)
	}
	if role, who := splitIdentity(id); role != roleAgent || who != wk1 {
		t.Errorf("%q splits into %q, %q", id, role, who)
	}
	for _, bad := range []string{"", "agent", "agent:x", "robot:x:y", "agent:x:y:z"} {
		if role, who := splitIdentity(bad); role != "" || who != "" {
			t.Errorf("%q splits into %q, %q", bad, role, who)
		}
	}
	other, err := newIdentity(roleAgent, wk1)
	if err != nil {
		t.Fatal(err)
	}
	if id == other {
		t.Error("the same identity twice")
	}
}
