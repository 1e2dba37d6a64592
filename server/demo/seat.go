package demo

import (
	"fmt"
	"time"
)

// Seat is what a program needs to act as the demo Worker.
type Seat struct {
	Worker, Identity, Name string // Worker is its SID
	Tasks                  []SeatTask
	Token                  string // a Flex token
	Expires                time.Time
}

// SeatTask is a live Task of the demo Worker.
type SeatTask struct{ SID, Customer string }

// Seat answers the demo Worker, its live Tasks and a fresh Flex token.
func (d *Demo) Seat() (Seat, error) {
	token, expires, err := d.issue()
	if err != nil {
		return Seat{}, fmt.Errorf("issue a Flex token: %w", err)
	}
	s := Seat{
		Worker: d.agent.SID, Identity: d.agent.FriendlyName, Name: d.people[d.agent.FriendlyName],
		Token: token, Expires: expires,
	}
	tasks, err := d.live(true)
	if err != nil {
		return Seat{}, fmt.Errorf("list Tasks: %w", err)
	}
	for _, t := range tasks {
		s.Tasks = append(s.Tasks, SeatTask{SID: t.TaskSID, Customer: t.Customer})
	}
	return s, nil
}
