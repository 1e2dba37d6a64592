package main

import (
	"context"
	"fmt"
	"os"

	"escalate/server/core"
	"escalate/server/localtwilio/store"
	"escalate/server/ratelimit"
	"escalate/server/web"
)

// serveProduct starts the product on local Twilio with as many agents, each
// with a chat Task. Its data is on disk and every change is synced to it, as
// always; what it would log is formatted and thrown away.
func serveProduct(ctx context.Context, seats int) (_ hello, stop func(), err error) {
	dir, err := os.MkdirTemp("", "escalate-bench-")
	if err != nil {
		return hello{}, nil, fmt.Errorf("make data folder: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(dir)
		}
	}()
	settings := map[string]string{
		"ADDR": "127.0.0.1:0", "LOCAL_TWILIO_ADDR": "127.0.0.1:0", "LOCAL_MEDIA_ADDR": "127.0.0.1:0",
		"LOCAL_TURN_ADDR": "127.0.0.1:0", "DATA_DIR": dir,
	}
	c, err := core.FromEnv(func(name string) string { return settings[name] })
	if err != nil {
		return hello{}, nil, err
	}
	no := ratelimit.Rate{PerSecond: -1}
	c.Local.Unlimited = true // one Document of Sync takes 20 reads and 20 writes a second
	c.Limits.Limits = web.Limits{
		Requests: no, Links: no, Agents: no,
		Codes:  ratelimit.Guesses{PerPlace: no, Everywhere: no},
		Tokens: ratelimit.Guesses{PerPlace: no, Everywhere: no},
	}
	s, err := core.Start(ctx, c)
	if err != nil {
		return hello{}, nil, err
	}
	stop = func() {
		s.Close()
		_ = os.RemoveAll(dir)
	}
	h := hello{URL: s.URL()}
	for i := range seats {
		one, err := seatAgent(s.Local().Store(), i)
		if err != nil {
			stop()
			return hello{}, nil, fmt.Errorf("make an agent: %w", err)
		}
		h.Seats = append(h.Seats, one)
	}
	return h, stop, nil
}

// seatAgent makes a Worker who is signed in and has accepted a chat.
func seatAgent(s *store.Store, i int) (seat, error) {
	w, err := s.Workers.Create(store.Worker{FriendlyName: fmt.Sprintf("bench%d", i), Attributes: `{"full_name":"Alex Morgan"}`})
	if err != nil {
		return seat{}, err
	}
	flex, err := s.FlexTokens.Issue(store.FlexToken{WorkerSID: w.SID})
	if err != nil {
		return seat{}, err
	}
	c, err := s.Conversations.Create(store.Conversation{})
	if err != nil {
		return seat{}, err
	}
	r, err := s.Reservations.Assign(store.Task{Attributes: `{"conversationSid":"` + c.SID + `"}`, TaskChannel: "chat"}, w.SID)
	if err != nil {
		return seat{}, err
	}
	return seat{Flex: flex, Task: r.TaskSID}, nil
}
