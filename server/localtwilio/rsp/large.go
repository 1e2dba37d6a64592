package rsp

// A large Room has few who publish and many who watch. Its Participants are shown
// to the others while they publish something, and are otherwise as if they were
// not there (twilio-video.js, CHANGELOG.md, 2.12.0).

// entry is a Participant's entry for the others. It returns false when there is
// none, since they neither see it nor have seen it.
func (r *room) entry(x *session) (remoteState, bool) {
	e := x.remote()
	if !r.info.LargeRoom {
		return e, true
	}
	seen := x.shown
	x.shown = x.present() && len(e.Tracks) > 0
	if !x.shown {
		// Its next entry has a greater revision, which brings it back.
		e.State = stateDisconnected
	}
	return e, seen || x.shown
}

// hides tells whether a Participant is kept from the others.
func (r *room) hides(x *session) bool { return r.info.LargeRoom && !x.shown }

// allowance is how many Tracks a Participant may publish, given those of the others.
func (r *room) allowance(x *session) int {
	left := r.info.MaxPublishedTracks()
	if left == 0 {
		return maxPublished
	}
	for _, o := range r.members {
		if o != x {
			left -= len(sidsOf(o.tracks.list))
		}
	}
	return min(left, maxPublished)
}
