package sfu

import (
	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
)

// firstPair has media take the first way on which a client's connectivity check came, until the
// client nominates one. Towards an ICE-lite server a browser nominates by a check of its own, after
// the first has been answered: 50 ms later when it connects, but up to 2.5 s later after an ICE restart,
// since it goes on over the old pair, where nobody would listen any more. Checks are authenticated, and
// the answer to one shows the client that the way is open (RFC 8445 section 12.1 lets data flow on
// pairs that are not nominated).
//
// pion calls what it returns one at a time, with a check that has the right password; an answer of true
// selects the pair.
func firstPair() func(*stun.Message, ice.Candidate, ice.Candidate, *ice.CandidatePair) bool {
	var taken string // the last generation, by its user name, that has one
	return func(check *stun.Message, _, _ ice.Candidate, _ *ice.CandidatePair) bool {
		name, err := check.Get(stun.AttrUsername)
		if err != nil || string(name) == taken {
			return false
		}
		taken = string(name)
		return true
	}
}
