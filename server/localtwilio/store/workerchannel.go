package store

import (
	"errors"
	"time"
)

// WorkerChannel is how many Tasks of a TaskChannel a Worker may have.
type WorkerChannel struct {
	SID            string // WC…
	WorkerSID      string
	TaskChannelSID string
	TaskChannel    string // its unique name
	Capacity       int
	Available      bool
	Created        time.Time
	Updated        time.Time

	// What the Worker has of it now.
	Assigned     int // live Reservations
	LastReserved time.Time
}

// Free is the percentage of the capacity that is not used.
func (c WorkerChannel) Free() int {
	if c.Capacity <= c.Assigned {
		return 0
	}
	return 100 * (c.Capacity - c.Assigned) / c.Capacity
}

// defaultCapacity is how many Tasks of each TaskChannel a Worker may have at
// first: Twilio's default.
const defaultCapacity = 1

// WorkerChannels are the TaskChannels of each Worker.
type WorkerChannels struct{ db *db }

// List lists a Worker's, one for each TaskChannel.
func (s WorkerChannels) List(workerSID string) (list []WorkerChannel, err error) {
	err = s.db.view(doing{what: "list channels of worker", key: workerSID}, func(t *tx) error {
		list, err = t.workerChannels(workerSID)
		return err
	})
	return list, err
}

// Update changes a Worker's channel by f, which may change its capacity and
// whether it is available. It is named by its SID, by that of its TaskChannel, or
// by the TaskChannel's unique name.
func (s WorkerChannels) Update(workerSID, name string, f func(*WorkerChannel) error) (c WorkerChannel, err error) {
	err = s.db.update(doing{what: "update channel", key: name, of: "of worker", owner: workerSID}, func(t *tx) error {
		list, err := t.workerChannels(workerSID)
		if err != nil {
			return err
		}
		for _, c = range list {
			if name != c.SID && name != c.TaskChannelSID && name != c.TaskChannel {
				continue
			}
			old, changed := c, c
			if err := f(&changed); err != nil {
				return err
			}
			c.Capacity, c.Available, c.Updated = changed.Capacity, changed.Available, t.now
			if err := t.channelChanged(old, c); err != nil {
				return err
			}
			return t.put(bWorkerChannels, workerSID+c.TaskChannel, c)
		}
		return ErrNotFound
	})
	return c, err
}

// channelChanged announces what has become of a Worker's channel. The Worker's revision
// rises by one for each of the two that may have changed, as their desktop counts
// (twilio-taskrouter, _workerCapacityUpdateHandler).
func (t *tx) channelChanged(old, c WorkerChannel) error {
	w, err := get[Worker](t, bWorkers, c.WorkerSID)
	if err != nil {
		return err
	}
	if c.Capacity != old.Capacity {
		w.Revision++
	}
	if c.Available != old.Available {
		w.Revision++
	}
	t.emit(&WorkerChannelUpdated{Channel: c, Was: old})
	return t.put(bWorkers, w.SID, w)
}

// workerChannels reads a Worker's channels: those that were changed, and the others as they begin.
func (t *tx) workerChannels(workerSID string) ([]WorkerChannel, error) {
	w, err := get[Worker](t, bWorkers, workerSID)
	if err != nil {
		return nil, err
	}
	channels, err := under[TaskChannel](t, bRouting, "TC")
	if err != nil {
		return nil, err
	}
	reservations, err := linked[Reservation](t, bWorkerReservations, workerSID, bReservations)
	if err != nil {
		return nil, err
	}
	list := make([]WorkerChannel, 0, len(channels))
	for _, k := range channels {
		c, err := get[WorkerChannel](t, bWorkerChannels, workerSID+k.UniqueName)
		if errors.Is(err, ErrNotFound) {
			c = WorkerChannel{Capacity: defaultCapacity, Available: true, Created: w.Created, Updated: w.Created}
		} else if err != nil {
			return nil, err
		}
		c.SID, c.WorkerSID, c.TaskChannelSID, c.TaskChannel = derived("WC", workerSID+k.UniqueName), workerSID, k.SID, k.UniqueName
		c.Assigned, c.LastReserved = 0, time.Time{}
		list = append(list, c)
	}
	for _, r := range reservations {
		k, err := get[Task](t, bTasks, r.TaskSID)
		if err != nil {
			return nil, err
		}
		for i := range list {
			if list[i].TaskChannel != k.TaskChannel {
				continue
			}
			list[i].LastReserved = r.Created
			if r.Live() {
				list[i].Assigned++
			}
		}
	}
	return list, nil
}
