package wire

import "strings"

// Role is a Participant's part in the call.
type Role string

// The two roles, which are also the first part of an identity.
const (
	RoleAgent    Role = "agent"
	RoleCustomer Role = "customer"
)

// RoleOf reads the role from an identity ("agent:WK…:nonce"); it is empty when
// there is none.
func RoleOf(identity string) Role {
	name, _, found := strings.Cut(identity, ":")
	if role := Role(name); found && (role == RoleAgent || role == RoleCustomer) {
		return role
	}
	return ""
}

// WorkerOf reads the SID of the Worker from an agent's identity; it is empty
// when the identity is none.
func WorkerOf(identity string) string {
	role, rest, _ := strings.Cut(identity, ":")
	if Role(role) != RoleAgent {
		return ""
	}
	worker, _, _ := strings.Cut(rest, ":")
	return worker
}
