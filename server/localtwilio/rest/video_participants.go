package rest

import (
	"errors"
	"net/http"

	"escalate/server/localtwilio/store"
)

// findParticipant finds the Room and the Participant that the path names.
func findParticipant(c *call) (store.Room, store.Participant, error) {
	r, err := c.store.Rooms.Get(c.path("room"))
	if err != nil {
		return r, store.Participant{}, noRoom(err)
	}
	p, err := c.store.Participants.Get(r.SID, c.path("participant"))
	return r, p, err
}

func listParticipants(c *call) error {
	r, err := c.store.Rooms.Get(c.path("room"))
	if err != nil {
		return noRoom(err)
	}
	status := c.form("Status")
	switch status {
	case "":
		status = store.Connected
		if r.Status == store.RoomCompleted {
			status = store.Disconnected
		}
	case store.Connected, store.Reconnecting, store.Disconnected:
	default:
		return invalid("Invalid parameter Status")
	}
	after, err := c.time("DateCreatedAfter")
	if err != nil {
		return err
	}
	before, err := c.time("DateCreatedBefore")
	if err != nil {
		return err
	}
	all, err := c.store.Participants.List(r.SID, status)
	if err != nil {
		return err
	}
	var some []store.Participant
	for _, p := range all {
		if (!c.has("Identity") || p.Identity == c.form("Identity")) &&
			(after.IsZero() || !p.Start.Before(after)) && (before.IsZero() || !p.Start.After(before)) {
			some = append(some, p)
		}
	}
	return list(c, "participants", maxVideoPage, some, func(p store.Participant) string { return p.SID }, videoOf(c).participant)
}

func fetchParticipant(c *call) error {
	_, p, err := findParticipant(c)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, videoOf(c).participant(p))
}

func updateParticipant(c *call) error {
	_, p, err := findParticipant(c)
	if err != nil {
		return err
	}
	if c.form("Status") != store.Disconnected {
		return invalid("Invalid parameter Status: only disconnected can be set")
	}
	p, err = c.store.Participants.Leave(p.SID, store.Leaving{EndReason: store.DisconnectedViaAPI})
	if errors.Is(err, store.ErrParticipantGone) {
		return invalid("Participant is not connected")
	}
	if err != nil {
		return err
	}
	return c.json(http.StatusAccepted, videoOf(c).participant(p))
}

// anonymizeParticipant takes the name from one who has left, for good.
func anonymizeParticipant(c *call) error {
	_, p, err := findParticipant(c)
	if err != nil {
		return err
	}
	p, err = c.store.Participants.Anonymize(p.SID)
	if errors.Is(err, store.ErrTransition) {
		return invalid("Participant is not disconnected")
	}
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, videoOf(c).anonymized(p))
}

func listPublishedTracks(c *call) error {
	_, p, err := findParticipant(c)
	if err != nil {
		return err
	}
	tracks, err := c.store.Tracks.List(p.SID)
	if err != nil {
		return err
	}
	return list(c, "published_tracks", maxVideoPage, tracks, func(k store.Track) string { return k.SID }, videoOf(c).track)
}

func fetchPublishedTrack(c *call) error {
	_, p, err := findParticipant(c)
	if err != nil {
		return err
	}
	tracks, err := c.store.Tracks.List(p.SID)
	if err != nil {
		return err
	}
	for _, k := range tracks {
		if key := c.path("track"); key == k.SID || key == k.Name {
			return c.json(http.StatusOK, videoOf(c).track(k))
		}
	}
	return store.ErrNotFound
}

func (v videoView) participant(p store.Participant) any {
	u := v.base + "/v1/Rooms/" + p.RoomSID + "/Participants/" + p.SID
	return object{
		"sid": p.SID, "room_sid": p.RoomSID, "account_sid": v.account.SID, "status": p.Status, "identity": p.Identity,
		"date_created": date(p.Start), "date_updated": date(p.Updated), "start_time": date(p.Start),
		"end_time": date(p.End), "duration": seconds(p.Start, p.End),
		"url": u,
		"links": object{
			"published_tracks": u + "/PublishedTracks", "subscribed_tracks": u + "/SubscribedTracks",
			"subscribe_rules": u + "/SubscribeRules", "anonymize": u + "/Anonymize",
		},
	}
}

func (v videoView) anonymized(p store.Participant) any {
	return object{
		"sid": p.SID, "room_sid": p.RoomSID, "account_sid": v.account.SID, "status": p.Status, "identity": p.Identity,
		"date_created": date(p.Start), "date_updated": date(p.Updated), "start_time": date(p.Start),
		"end_time": date(p.End), "duration": seconds(p.Start, p.End),
		"url": v.base + "/v1/Rooms/" + p.RoomSID + "/Participants/" + p.SID + "/Anonymize",
	}
}

func (v videoView) track(k store.Track) any {
	return object{
		"sid": k.SID, "participant_sid": k.ParticipantSID, "room_sid": k.RoomSID, "name": k.Name, "kind": k.Kind, "enabled": k.Enabled,
		"date_created": date(k.Created), "date_updated": date(k.Updated),
		"url": v.base + "/v1/Rooms/" + k.RoomSID + "/Participants/" + k.ParticipantSID + "/PublishedTracks/" + k.SID,
	}
}
