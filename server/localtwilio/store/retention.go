package store

import (
	"errors"
	"fmt"
	"time"
)

// Kept is how long an ended Room, with its Participants, Recordings and Compositions, and an
// ended Task, with its Reservations, are remembered. Twilio keeps Rooms for good and Tasks for
// minutes; here a file would grow without end, and a desk would forget within the hour.
const Kept = 30 * 24 * time.Hour

// forgotten is when an ended Room may be pruned.
func (r Room) forgotten() time.Time { return r.Ended.Add(Kept) }

func (k Task) ended() bool {
	return k.AssignmentStatus == TaskCompleted || k.AssignmentStatus == TaskCanceled
}

// forgotten is when an ended Task may be pruned.
func (k Task) forgotten() time.Time { return k.Updated.Add(Kept) }

// scheduleForgetting enters into the timetable the Rooms that an earlier version ended without
// doing so.
func (t roomsTx) scheduleForgetting() error {
	rooms, err := linked[Room](t.tx, bRoomOrder, "", bRooms)
	if err != nil {
		return err
	}
	for _, r := range rooms {
		if r.Status == RoomCompleted {
			if err := t.schedule(r.forgotten(), r.SID); err != nil {
				return err
			}
		}
	}
	return nil
}

// adopt brings the Tasks of an earlier version up to date: those that it ended, or made, without
// entering them into the timetable, and those that it left waiting without a way, which go through
// the account's own Workflow.
func (t tasksTx) adopt(workflowSID string) error {
	tasks, err := linked[Task](t.tx, bTaskOrder, "", bTasks)
	if err != nil {
		return err
	}
	for _, k := range tasks {
		at := k.forgotten()
		switch {
		case k.Waiting():
			at = k.expires()
		case !k.ended():
			continue
		}
		if err := t.schedule(at, k.SID); err != nil {
			return err
		}
		if !k.Waiting() || k.WorkflowSID != "" || k.TaskQueueSID != "" || k.RoutingTarget != "" {
			continue
		}
		k.WorkflowSID = workflowSID
		if k.VirtualStart.IsZero() {
			k.VirtualStart = k.Created
		}
		if err := t.put(bTasks, k.SID, k); err != nil {
			return err
		}
	}
	return nil
}

// forget prunes a Task, if it is time.
func (t tasksTx) forget(sid string) error {
	k, err := get[Task](t.tx, bTasks, sid)
	if err != nil || !k.ended() || t.now.Before(k.forgotten()) {
		return err
	}
	return t.remove(k)
}

// forget prunes an ended Room and all that belongs to it, if it is time. Files go with the
// events of what they belong to.
func (t roomsTx) forget(r Room) error {
	if t.now.Before(r.forgotten()) {
		return nil
	}
	people, err := linked[Participant](t.tx, bRoomParticipants, r.SID, bParticipants)
	if err != nil {
		return err
	}
	for _, p := range people {
		err := errors.Join(t.bucket(bParticipants).Delete([]byte(p.SID)), t.deleteUnder(bParticipantTrack, p.SID))
		if err != nil {
			return err
		}
	}
	recordings, err := linked[Recording](t.tx, bRecordingOrder, "", bRecordings)
	if err != nil {
		return err
	}
	for _, x := range recordings {
		if x.RoomSID != r.SID {
			continue
		}
		x.Status = RecordingDeletedStatus
		t.emit(&RecordingDeleted{Recording: x})
		if err := errors.Join(t.bucket(bRecordings).Delete([]byte(x.SID)), t.unlink(bRecordingOrder, "", x.SID)); err != nil {
			return err
		}
	}
	compositions, err := linked[Composition](t.tx, bCompositionOrder, "", bCompositions)
	if err != nil {
		return err
	}
	for _, x := range compositions {
		if x.RoomSID != r.SID {
			continue
		}
		x.Status = CompositionDeletedStatus
		t.emit(&CompositionChanged{Composition: x})
		if err := errors.Join(t.bucket(bCompositions).Delete([]byte(x.SID)), t.unlink(bCompositionOrder, "", x.SID)); err != nil {
			return err
		}
	}
	err = errors.Join(t.deleteUnder(bRoomParticipants, r.SID), t.unlink(bRoomOrder, "", r.SID), t.bucket(bRooms).Delete([]byte(r.SID)),
		t.bucket(bTranscriptions).Delete([]byte(r.SID)))
	if err != nil {
		return fmt.Errorf("forget room %s: %w", r.SID, err)
	}
	return nil
}
