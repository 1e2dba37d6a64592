package demo

import (
	"fmt"
	"slices"
	"time"

	"escalate/server/localtwilio/store"
)

// Seat is what a program needs to act as the demo Worker.
type Seat struct {
	Worker, Identity, Name string // Worker is its SID
	Tasks                  []SeatTask
	Token                  string // a Flex token
	Roles                  []string
	Expires                time.Time
}

// SeatTask is a live Task of the demo Worker.
type SeatTask struct{ SID, Customer string }

// Seat returns the demo Worker, its live Tasks and a fresh Flex token.
func (d *Demo) Seat() (Seat, error) {
	token, expires, err := d.chats.issue()
	if err != nil {
		return Seat{}, fmt.Errorf("issue a Flex token: %w", err)
	}
	s := Seat{
		Worker: d.chats.agent.SID, Identity: d.chats.agent.FriendlyName, Name: d.chats.people[d.chats.agent.FriendlyName],
		Token: token, Expires: expires, Roles: []string{"agent"},
	}
	tasks, err := d.chats.live(true)
	if err != nil {
		return Seat{}, fmt.Errorf("list Tasks: %w", err)
	}
	for _, t := range tasks {
		s.Tasks = append(s.Tasks, SeatTask{SID: t.TaskSID, Customer: t.Customer})
	}
	return s, nil
}

// Supervisor returns the other Worker of the demo, who is its supervisor, and a
// fresh Flex token of that role. Its Tasks are left out.
func (d *Demo) Supervisor() (Seat, error) {
	all, err := d.chats.store.Workers.List()
	if err != nil {
		return Seat{}, fmt.Errorf("list Workers: %w", err)
	}
	i := slices.IndexFunc(all, func(w store.Worker) bool { return w.FriendlyName == otherIdentity })
	if i < 0 {
		return Seat{}, fmt.Errorf("find Worker %s: %w", otherIdentity, store.ErrNotFound)
	}
	s := Seat{Worker: all[i].SID, Identity: otherIdentity, Name: d.chats.people[otherIdentity], Roles: []string{"supervisor"}}
	if s.Token, err = d.chats.store.FlexTokens.Issue(store.FlexToken{WorkerSID: s.Worker, Roles: s.Roles}); err != nil {
		return Seat{}, fmt.Errorf("issue a Flex token: %w", err)
	}
	issued, err := d.chats.store.FlexTokens.Validate(s.Token)
	s.Expires = issued.Expires
	return s, err
}
