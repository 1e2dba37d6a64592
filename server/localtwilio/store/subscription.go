package store

import (
	"encoding/json"
	"time"
)

// SetSubscribeRules replaces what a Participant is subscribed to; nil is everything, as at the
// start. It returns ErrParticipantGone.
func (s Participants) SetSubscribeRules(sid string, rules json.RawMessage) (p Participant, err error) {
	err = s.db.update(doing{what: "set subscribe rules of participant", key: sid}, func(t *tx) error {
		if p, err = get[Participant](t, bParticipants, sid); err != nil {
			return err
		}
		if p.Status == Disconnected {
			return ErrParticipantGone
		}
		p.SubscribeRules, p.RulesUpdated = rules, t.now
		t.emit(&SubscribeRulesChanged{Participant: p})
		return t.put(bParticipants, p.SID, p)
	})
	return p, err
}

// Rules are the Participant's SubscribeRules, the default where none were set.
func (p Participant) Rules() json.RawMessage {
	if len(DecodeRules(p.SubscribeRules)) == 0 {
		return IncludeAll
	}
	return p.SubscribeRules
}

// RulesSet is when the rules were last changed.
func (p Participant) RulesSet() time.Time {
	if p.RulesUpdated.IsZero() {
		return p.Start
	}
	return p.RulesUpdated
}

// Subscribed lists the Tracks of others that a Participant's rules include, those
// published first first. One who has left is subscribed to nothing.
func (s Tracks) Subscribed(sid string) (list []Track, err error) {
	err = s.db.view(doing{what: "list subscribed tracks of participant", key: sid}, func(t *tx) error {
		p, r, err := t.rooms().participant(sid)
		if err != nil || p.Status == Disconnected {
			return err
		}
		others, err := t.rooms().connected(r.SID)
		if err != nil {
			return err
		}
		rules := DecodeRules(p.Rules())
		for _, o := range others {
			if o.SID == p.SID {
				continue
			}
			tracks, err := linked[Track](t, bParticipantTrack, o.SID, bTracks)
			if err != nil {
				return err
			}
			for _, k := range tracks {
				if Includes(rules, o.Identity, k) {
					list = append(list, k)
				}
			}
		}
		return nil
	})
	return list, err
}
