package rest

import (
	"encoding/json"
	"errors"
	"net/http"

	"escalate/server/localtwilio/store"
)

// findSubscriptions finds the Participant that is asked about, and what they are subscribed to.
func findSubscriptions(c *call) (store.Participant, []store.Track, error) {
	_, p, err := findParticipant(c)
	if err != nil {
		return p, nil, err
	}
	tracks, err := c.store.Tracks.Subscribed(p.SID)
	return p, tracks, err
}

func listSubscribedTracks(c *call) error {
	p, tracks, err := findSubscriptions(c)
	if err != nil {
		return err
	}
	return list(c, "subscribed_tracks", maxVideoPage, tracks, func(k store.Track) string { return k.SID }, videoOf(c).subscribed(p))
}

func fetchSubscribedTrack(c *call) error {
	p, tracks, err := findSubscriptions(c)
	if err != nil {
		return err
	}
	for _, k := range tracks {
		if key := c.path("track"); key == k.SID || key == k.Name {
			return c.json(http.StatusOK, videoOf(c).subscribed(p)(k))
		}
	}
	return store.ErrNotFound
}

func fetchSubscribeRules(c *call) error {
	_, p, err := findParticipant(c)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, subscribeRules(p))
}

func updateSubscribeRules(c *call) error {
	rules, err := checkedRules(c.form("Rules"), invalid("Invalid subscribe rule"))
	if err != nil {
		return err
	}
	r, p, err := findParticipant(c)
	if err != nil {
		return err
	}
	if r.Status != store.RoomInProgress {
		return bad(codeRoomCompleted, "Room completed")
	}
	if r.PeerToPeer() {
		return bad(codeRoomSubscription, "The subscription operation requested is not supported for the Room type")
	}
	p, err = c.store.Participants.SetSubscribeRules(p.SID, rules)
	if errors.Is(err, store.ErrParticipantGone) {
		return invalid("Participant is not connected")
	}
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, subscribeRules(p))
}

func subscribeRules(p store.Participant) any {
	return object{
		"participant_sid": p.SID, "room_sid": p.RoomSID, "rules": p.Rules(),
		"date_created": date(p.Start), "date_updated": date(p.RulesSet()),
	}
}

// subscribed shows a Track as the subscriber has it.
func (v videoView) subscribed(p store.Participant) func(store.Track) any {
	return func(k store.Track) any {
		return object{
			"sid": k.SID, "participant_sid": p.SID, "publisher_sid": k.ParticipantSID, "room_sid": k.RoomSID,
			"name": k.Name, "kind": k.Kind, "enabled": k.Enabled, "date_created": date(k.Created), "date_updated": date(k.Updated),
			"url": v.base + "/v1/Rooms/" + k.RoomSID + "/Participants/" + p.SID + "/SubscribedTracks/" + k.SID,
		}
	}
}

// checkedRules reads rules and returns them as a JSON array in which truth values are such, or the
// error that refuses them. SDKs send the array itself or, as a string, its text.
func checkedRules(text string, refusal *Error) (json.RawMessage, error) {
	var inner string
	if json.Unmarshal([]byte(text), &inner) == nil {
		text = inner
	}
	var rules []store.Rule
	if err := json.Unmarshal([]byte(text), &rules); err != nil || store.CheckRules(rules) != nil {
		return nil, refusal
	}
	return json.Marshal(rules)
}
