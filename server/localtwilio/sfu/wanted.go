package sfu

import "slices"

// SetWanted subscribes the Participant to the Tracks of this list, which is complete each time,
// present or to come, and to no others; it takes the place of PeerConfig.SubscribeAll.
func (p *Peer) SetWanted(trackSIDs []string) {
	wanted := make(map[string]bool, len(trackSIDs))
	for _, sid := range trackSIDs {
		wanted[sid] = true
	}
	p.loop.post(func() {
		p.wanted = wanted
		for _, s := range slices.Clone(p.subs) {
			if !wanted[s.pub.sid] {
				p.unsubscribe(s.pub)
			}
		}
		for _, pub := range p.router.others(p) {
			p.subscribe(pub)
		}
	})
}

// wants tells whether a publication is still to be subscribed to.
func (p *Peer) wants(pub *publication) bool {
	if slices.ContainsFunc(p.subs, func(s *subscription) bool { return s.pub == pub }) {
		return false
	}
	if p.wanted != nil {
		return p.wanted[pub.sid]
	}
	return p.config.SubscribeAll
}

// others lists what everybody but p publishes.
func (r *Router) others(p *Peer) []*publication {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.publications), func(pub *publication) bool { return pub.owner == p })
}
