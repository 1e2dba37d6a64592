package rsp

import "escalate/server/localtwilio/store"

// subscribe applies new SubscribeRules of a Participant.
func (r *room) subscribe(p store.Participant) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, x := range r.members {
		if x.sid == p.SID {
			x.subscribes = store.DecodeRules(p.Rules())
		}
	}
	r.checkSubscriptions()
}

// checkSubscriptions subscribes those who have rules to what these include by now. It has to
// come before a new Track reaches the media, so that nobody is subscribed for a moment.
func (r *room) checkSubscriptions() {
	for _, x := range r.members {
		if x.subscribes == nil {
			continue
		}
		var wanted []string
		for _, o := range r.members {
			if o == x {
				continue
			}
			for _, t := range o.tracks.list {
				if t.code == 0 && store.Includes(x.subscribes, o.identity, o.stored(t)) {
					wanted = append(wanted, t.sid)
				}
			}
		}
		x.media().SetWanted(wanted)
	}
}

// stored is a Track as rules see it.
func (x *session) stored(t *track) store.Track {
	return store.Track{SID: t.sid, ParticipantSID: x.sid, Name: t.Name, Kind: t.Kind, Priority: t.Priority}
}
