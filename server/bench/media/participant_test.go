package main

import (
	"context"
	"testing"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
)

// TestParticipantsReceiveEachOther has made-up Participants meet on a local
// Twilio in this process, so that the benchmark does not rot unnoticed. LiveKit's
// side has no such test: its server is only built for the benchmark.
func TestParticipantsReceiveEachOther(t *testing.T) {
	if testing.Short() {
		t.Skip("opens UDP ports")
	}
	s, err := localtwilio.Start(t.Context(), localtwilio.Config{
		Addr:    "127.0.0.1:0",
		Account: store.Account{SID: key.AccountSID, KeySID: key.KeySID, KeySecret: key.Secret},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	k := ours("")
	k.signaling = func(*process) string { return s.SignalingURL() }
	c := &crowd{contender: k, load: load{rooms: 2, each: 3, bitrate: 100_000}}
	defer c.close()
	ctx, cancel := context.WithTimeout(t.Context(), joinWithin+flowWithin)
	defer cancel()
	if err := c.join(ctx); err != nil {
		t.Fatal(err)
	}
	if err := c.flow(ctx); err != nil {
		t.Fatal(err)
	}
	for _, m := range c.members {
		if n := len(m.received()); n != 2 {
			t.Errorf("one receives %d Tracks, want those of 2 others", n)
		}
	}
}
