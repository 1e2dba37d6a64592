//go:build e2e

package e2e

import (
	"testing"

	"escalate/server/localtwilio/store"
)

// TestRoomTypes plays a call in Rooms whose media goes from browser to browser.
// That the server has no part in it shows in what is missing: there is nothing
// that tells who speaks.
func TestRoomTypes(t *testing.T) {
	for _, kind := range []string{"peer-to-peer", "go"} {
		t.Run(kind, func(t *testing.T) {
			p := newParty(t, map[string]string{"VIDEO_ROOM_TYPE": kind})
			p.agentIn()
			c := p.customer(t)
			c.click("#join-button")
			p.bothTalk(c)
			rooms, err := p.system.Local().Store().Rooms.List(store.RoomFilter{})
			if err != nil || len(rooms) != 1 || rooms[0].Type != kind {
				t.Errorf("Rooms %+v, %v", rooms, err)
			}
			c.click("#talk-button")
			c.fill("#talk-input", "From browser to browser")
			c.click("#talk-send")
			p.room.click("#talk-button")
			p.room.read("From browser to browser")
			p.room.click("#leave-button")
			c.quiet()
			p.desk.quiet()
		})
	}
}
