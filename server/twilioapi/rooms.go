package twilioapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	video "github.com/twilio/twilio-go/rest/video/v1"

	"escalate/server/escalation"
)

// Rooms is escalation.Rooms over Twilio Video.
type Rooms struct{ t *Client }

var _ escalation.Rooms = (*Rooms)(nil)

// rule is a recording rule.
type rule struct {
	Type string `json:"type"`
	All  bool   `json:"all"`
}

// rules record everything, or nothing.
func rules(on bool) []rule {
	if on {
		return []rule{{Type: "include", All: true}}
	}
	return []rule{{Type: "exclude", All: true}}
}

// Create makes a Room; ErrNameTaken when one in progress has the name.
func (r *Rooms) Create(ctx context.Context, o escalation.RoomOptions) (escalation.Room, error) {
	if err := checkName(o.UniqueName); err != nil {
		return escalation.Room{}, err
	}
	p := new(video.CreateRoomParams).
		SetUniqueName(o.UniqueName).
		SetType(o.Type).
		SetEmptyRoomTimeout(int(o.EmptyTimeout / time.Minute)).
		SetUnusedRoomTimeout(int(o.UnusedTimeout / time.Minute)).
		SetMaxParticipants(o.MaxParticipants).
		SetMaxParticipantDuration(int(o.MaxParticipantDuration / time.Second))
	if o.Paused {
		p.SetRecordingRules(rules(false))
	}
	if o.StatusCallback != "" {
		p.SetStatusCallback(o.StatusCallback).SetStatusCallbackMethod(http.MethodPost)
	}
	// The caller adopts the Room of the name, so it does not matter who made it.
	k := r.t.beginCreate(ctx, opCreateRoom)
	room, err := r.t.video(k).CreateRoom(p)
	return roomOf(room, k.fail(err))
}

// Fetch finds a Room by SID, or by name while it is in progress.
func (r *Rooms) Fetch(ctx context.Context, key string) (escalation.Room, error) {
	if err := checkKey("RM", key); err != nil {
		return escalation.Room{}, err
	}
	k := r.t.begin(ctx, opFetchRoom)
	room, err := r.t.video(k).FetchRoom(key)
	return roomOf(room, k.fail(err))
}

func roomOf(room *video.VideoV1Room, err error) (escalation.Room, error) {
	if err != nil {
		return escalation.Room{}, err
	}
	return escalation.Room{
		SID:        deref(room.Sid),
		UniqueName: deref(room.UniqueName),
		InProgress: deref(room.Status) == "in-progress",
	}, nil
}

// Complete ends a Room. One that is over already is not an error.
func (r *Rooms) Complete(ctx context.Context, sid string) error {
	if err := checkSID("RM", sid); err != nil {
		return err
	}
	k := r.t.begin(ctx, opUpdateRoom)
	_, err := r.t.video(k).UpdateRoom(sid, new(video.UpdateRoomParams).SetStatus("completed"))
	err = k.fail(err)
	if code := codeOf(err); code == codeRoomStatus || code == codeRoomCompleted || errors.Is(err, escalation.ErrNotFound) {
		return nil
	}
	return err
}

// Participants returns those who are connected or reconnecting. Twilio lists
// one status at a time, and only the connected ones unless asked.
func (r *Rooms) Participants(ctx context.Context, roomSID string) ([]escalation.Participant, error) {
	if err := checkSID("RM", roomSID); err != nil {
		return nil, err
	}
	var all []escalation.Participant
	for _, status := range []string{"connected", "reconnecting"} {
		k := r.t.begin(ctx, opListParticipant)
		some, err := r.t.video(k).ListRoomParticipant(roomSID, new(video.ListRoomParticipantParams).SetStatus(status))
		if err != nil {
			return nil, fmt.Errorf("%s Participants: %w", status, k.fail(err))
		}
		for _, p := range some {
			all = append(all, escalation.Participant{
				SID: deref(p.Sid), Identity: deref(p.Identity), Started: deref(p.StartTime),
			})
		}
	}
	return all, nil
}

// Remove disconnects a Participant. One that is gone is not an error: Twilio
// refuses to disconnect it twice, with a status that is not documented.
func (r *Rooms) Remove(ctx context.Context, roomSID, participantSID string) error {
	if err := errors.Join(checkSID("RM", roomSID), checkSID("PA", participantSID)); err != nil {
		return err
	}
	k := r.t.begin(ctx, opUpdateParticipant)
	_, err := r.t.video(k).UpdateRoomParticipant(roomSID, participantSID, new(video.UpdateRoomParticipantParams).SetStatus("disconnected"))
	err = k.fail(err)
	switch statusOf(err) {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusConflict:
		return nil
	}
	return err
}

// Record starts recording everything in the Room, or stops it.
func (r *Rooms) Record(ctx context.Context, roomSID string, on bool) error {
	if err := checkSID("RM", roomSID); err != nil {
		return err
	}
	k := r.t.begin(ctx, opUpdateRules)
	_, err := r.t.video(k).UpdateRoomRecordingRule(roomSID, new(video.UpdateRoomRecordingRuleParams).SetRules(rules(on)))
	return k.fail(err)
}
