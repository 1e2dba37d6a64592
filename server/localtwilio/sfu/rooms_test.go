package sfu

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"
)

// Fifty Rooms of three, in each of which everybody sees and hears the two others. Then all leave.
// The media are thin: what takes time are the 150 PeerConnections and their clients.
func TestFiftyRooms(t *testing.T) {
	const people = 3
	e := startEngine(t)
	before := runtime.NumGoroutine()

	type arrival struct {
		at  *client
		sid string
	}
	var clients []*client
	var expected []arrival
	for i := range loadRooms {
		r := e.NewRouter(RouterConfig{Speaker: func(string) {}})
		var here []*client
		var sids []string
		for j := range people {
			c := newClient(t, fmt.Sprintf("PA%d-%d", i, j))
			c.pace = time.Second
			for _, kind := range []string{KindAudio, KindVideo} {
				sid := fmt.Sprintf("MT%d-%d-%s", i, j, kind)
				c.publish(sid, kind)
				sids = append(sids, sid)
			}
			c.join(r)
			here = append(here, c)
		}
		for j, c := range here {
			for k, sid := range sids {
				if k/2 != j {
					expected = append(expected, arrival{c, sid})
				}
			}
		}
		clients = append(clients, here...)
	}

	// All have it, and then all get more of it at the same time.
	for _, a := range expected {
		a.at.await(a.sid, 1)
	}
	had := make([]int, len(expected))
	for i, a := range expected {
		had[i] = a.at.packets(a.sid)
	}
	for i, a := range expected {
		a.at.await(a.sid, had[i]+3)
	}
	for _, c := range clients {
		c.mu.Lock()
		if len(c.received) != 2*(people-1) {
			t.Errorf("%s receives %d Tracks, want %d", c.id, len(c.received), 2*(people-1))
		}
		if c.failed != nil {
			t.Errorf("%s: %v", c.id, c.failed)
		}
		c.mu.Unlock()
	}

	routers := map[*Router]bool{}
	var wg sync.WaitGroup
	for _, c := range clients {
		routers[c.peer.router] = true
		wg.Go(c.leave)
	}
	wg.Wait()
	for r := range routers {
		r.mu.Lock()
		if len(r.peers)+len(r.publications) > 0 {
			t.Errorf("%d Participants and %d Tracks are left in a Room that everybody has left", len(r.peers), len(r.publications))
		}
		r.mu.Unlock()
		r.Close()
	}
	e.mu.Lock()
	if len(e.routers) > 0 {
		t.Errorf("%d Rooms are left", len(e.routers))
	}
	e.mu.Unlock()
	noMoreThan(t, before)
}
