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
	for _, r := range []Role{RoleAgent, RoleCustomer} {
		if n := len(r); len(identity) > n && identity[:n] == string(r) && identity[n] == ':' {
			return r
		}
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
