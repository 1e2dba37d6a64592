//go:build e2e

package rsp

import (
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

// blackout is how long no packet passes: long enough for both clients to notice
// and to try to mend it in vain.
const blackout = 8 * time.Second

// TestBlackout cuts all UDP for a while. Media through the SFU takes its usual
// way over a line; browsers among themselves are connected through TURN, since
// there is nothing else between them that could be cut.
func TestBlackout(t *testing.T) {
	s := newStage(t)
	var rooms []*company
	for _, kind := range []string{store.TypeGroup, store.TypePeerToPeer} {
		if _, err := s.store.CreateRoom(store.Room{UniqueName: kind, Type: kind}); err != nil {
			t.Fatal(err)
		}
		c := &company{stage: s, room: kind, brings: map[string]string{}}
		options := devices
		if kind == store.TypePeerToPeer {
			options = "{iceTransportPolicy: 'relay'}"
		}
		for _, name := range []string{kind + " alice", kind + " bob"} {
			p := s.open(name)
			c.pages, c.brings[name] = append(c.pages, p), devices
			p.is("join("+jsString(s.token(name, "", time.Now()))+", "+jsString(kind)+", "+options+")", "connected")
		}
		c.flows()
		rooms = append(rooms, c)
	}

	began := time.Now()
	s.mediaLine.cut.Store(true)
	s.turnLine.cut.Store(true)
	for _, c := range rooms {
		for _, p := range c.pages {
			p.logs("reconnecting 53405")
			if still := p.str(`growing(["` + c.other(p).name + `/camera"], 500)`); still == "" {
				t.Fatalf("%s: media goes on: it does not take the line that was cut", p.name)
			}
			p.forget()
			p.str(`globalThis.frozen = ` + frames(c.other(p)))
		}
	}
	<-time.After(time.Until(began.Add(blackout)))
	s.mediaLine.cut.Store(false)
	s.turnLine.cut.Store(false)
	over := time.Now()
	for _, c := range rooms {
		for _, p := range c.pages {
			p.until("decoded frames", frames(c.other(p))+` > frozen`)
		}
		t.Logf("%s: media is back %v after the end of the blackout", c.room, time.Since(over).Round(10*time.Millisecond))
	}
	for _, c := range rooms {
		c.flows()
	}
}

// frames is an expression of what was decoded of a page's camera.
func frames(p *page) string { return `(await received())[` + jsString(p.name+"/camera") + `]` }

func (c *company) other(p *page) *page {
	if p == c.pages[0] {
		return c.pages[1]
	}
	return c.pages[0]
}

// TestPreflight runs the SDK's own test of a connection, which uses TURN only.
func TestPreflight(t *testing.T) {
	s := newStage(t)
	p := s.open("alice")
	p.is("preflight("+jsString(s.token("alice", "", time.Now()))+")", "completed true")
}
