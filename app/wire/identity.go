package wire

import "strings"

// Role is a Participant's part in the call.
type Role string

// The two roles, which are also the first part of an identity.
const (
	RoleAgent    Role = "agent"
	RoleCustomer Role = "customer"
)

// Identity is a Participant's identity taken apart. Its text, String, has the
// three parts with colons between them.
type Identity struct {
	Role Role
	// Who is the SID of an agent's Worker, and the join code of a customer.
	Who string
	// Nonce makes every join another Participant.
	Nonce string
}

// ParseIdentity reads an identity, and says whether it is one of ours: three
// parts, and a role that there is. Whoever else comes into a Room is not.
func ParseIdentity(s string) (id Identity, ours bool) {
	role, rest, _ := strings.Cut(s, ":")
	who, nonce, whole := strings.Cut(rest, ":")
	id = Identity{Role: Role(role), Who: who, Nonce: nonce}
	if !whole || strings.Contains(nonce, ":") || id.Role != RoleAgent && id.Role != RoleCustomer {
		return Identity{}, false
	}
	return id, true
}

func (id Identity) String() string { return string(id.Role) + ":" + id.Who + ":" + id.Nonce }

// Person is the identity without its nonce: what the joins of one person have
// in common.
func (id Identity) Person() Identity { return Identity{Role: id.Role, Who: id.Who} }

// RoleOf returns the role in an identity; it is empty when the identity is none
// of ours.
func RoleOf(identity string) Role {
	id, _ := ParseIdentity(identity)
	return id.Role
}

// WorkerOf returns the SID of the Worker in an agent's identity, and nothing for
// any other.
func WorkerOf(identity string) string {
	id, _ := ParseIdentity(identity)
	if id.Role != RoleAgent {
		return ""
	}
	return id.Who
}
