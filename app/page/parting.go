package page

import "escalate/app/video"

// parting is how a Room was left.
type parting int

const (
	byChoice  parting = iota // by ours, or the server's for an escalation that is over
	completed                // the Room is over for everyone
	elsewhere                // the call goes on without us: in another tab, or by the other side's wish
	broken                   // the connection is lost
)

// partingOf tells from the SDK's reason how the Room was left. over says that
// the escalation is over, or is being ended by us.
func (s *session) partingOf(err *video.Error, over bool) parting {
	switch {
	case err != nil && err.Reason == video.RoomCompleted:
		return completed
	case over, err == nil && (s.leaving || s.vanished):
		return byChoice
	case err == nil, err.Reason == video.DuplicateIdentity:
		return elsewhere
	}
	return broken
}
