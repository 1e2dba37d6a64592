package escalation

import (
	"slices"
	"time"

	"escalate/app/wire"
)

// stays are those who were let into a Room, newest last. They are bounded: of
// too many, one that is over is forgotten. Like an Escalation they are a value:
// nothing here changes what it was given.
type stays []Presence

// index is where the stay of an identity is, -1 when there is none.
func (l stays) index(identity string) int {
	return slices.IndexFunc(l, func(p Presence) bool { return p.Identity == identity })
}

// knows says whether somebody was ever admitted under the identity.
func (l stays) knows(identity string) bool { return l.index(identity) >= 0 }

// present says whether somebody of the role is there; an empty who means anybody.
func (l stays) present(role wire.Role, who string) bool {
	return slices.ContainsFunc(l, func(p Presence) bool {
		r, w := splitIdentity(p.Identity)
		return p.Left.IsZero() && r == role && (who == "" || who == w)
	})
}

// connected says whether Twilio sees somebody of the role in the Room.
func (l stays) connected(role wire.Role) bool {
	return slices.ContainsFunc(l, func(p Presence) bool {
		return wire.RoleOf(p.Identity) == role && p.Left.IsZero() && !p.Connected.IsZero()
	})
}

// met says whether somebody has been in the Room before.
func (l stays) met(role wire.Role, who string) bool { return l.newest(role, who) != "" }

// newest is the identity under which somebody was let in last, or empty.
func (l stays) newest(role wire.Role, who string) string {
	for _, p := range slices.Backward(l) {
		if r, w := splitIdentity(p.Identity); r == role && w == who {
			return p.Identity
		}
	}
	return ""
}

// superseded says whether the identity is of somebody who has been let in anew
// since: on another device, in another tab, or by a reload. Its token still
// opens the Room, and it must stay out. One of ours that is not known any more
// was superseded so long ago that its stay is forgotten; one that is none of
// ours is somebody else's business.
func (l stays) superseded(identity string) bool {
	role, who := splitIdentity(identity)
	return role != "" && l.newest(role, who) != identity
}

// agents are the open stays of agents.
func (l stays) agents() []Presence {
	var all []Presence
	for _, p := range l {
		if wire.RoleOf(p.Identity) == wire.RoleAgent && p.Left.IsZero() {
			all = append(all, p)
		}
	}
	return all
}

// workers are the Workers who have been in the Room.
func (l stays) workers() []string {
	var all []string
	for _, p := range l {
		if w := wire.WorkerOf(p.Identity); w != "" && !slices.Contains(all, w) {
			all = append(all, w)
		}
	}
	return all
}

// agentLeft is when an agent left last; zero when none has.
func (l stays) agentLeft() time.Time {
	var last time.Time
	for _, p := range l {
		if wire.RoleOf(p.Identity) == wire.RoleAgent && p.Left.After(last) {
			last = p.Left
		}
	}
	return last
}

// admit adds a stay, and ends those of the same person: a reload has come back
// before its past was noticed to be gone.
func (l stays) admit(identity string, now time.Time) stays {
	role, who := splitIdentity(identity)
	l = slices.Clone(l)
	for i, p := range l {
		if r, w := splitIdentity(p.Identity); r == role && w == who && p.Left.IsZero() {
			l[i].Left = now
		}
	}
	l = append(l, Presence{Identity: identity, Joined: now})
	if len(l) > maxParticipants {
		l = l.without(max(l.forgettable(), 0))
	}
	return l
}

// end ends the stays that go on.
func (l stays) end(now time.Time) stays {
	l = slices.Clone(l)
	for i := range l {
		if l[i].Left.IsZero() {
			l[i].Left = now
		}
	}
	return l
}

// forgettable is the stay that is missed least: the first of those that are
// over, of a superseded identity if there is one. It is -1 when nobody has left.
func (l stays) forgettable() int {
	i := slices.IndexFunc(l, func(p Presence) bool { return !p.Left.IsZero() && l.superseded(p.Identity) })
	if i < 0 {
		i = slices.IndexFunc(l, func(p Presence) bool { return !p.Left.IsZero() })
	}
	return i
}

// without leaves one stay out.
func (l stays) without(i int) stays { return slices.Delete(slices.Clone(l), i, i+1) }
