//go:build e2e

package rsp

import (
	"fmt"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

// blackout is how long no packet passes: long enough for both clients to notice
// and to try to mend it in vain.
const blackout = 8 * time.Second

// TestBlackoutInChromium cuts all UDP for a while. Media through the SFU takes its usual
// way over a line; browsers among themselves are connected through TURN, since
// there is nothing else between them that could be cut.
//
// What it logs tells whose the time is. ICE is connected 12 to 129 ms after the end, on the pair of
// before: browsers go on checking it all the while, and the restarts that both of them offer at
// once are arbitrated, answered and done with 90 ms after the first, in the middle of the blackout.
// Packets flow from then on, but of frames that build on lost ones.
//
// Chromium 148 gives up its decoder when ICE is interrupted, and all it has counted; it asks for a
// keyframe with the first packet, and media is back after 0.3 to 0.4 s. Versions before it asked
// when nothing had been decoded for three seconds, counted from their last such request: after 1.0
// to 2.5 s, and sometimes three later, with the keyframe in hand. Signalling has no part in it.
func TestBlackoutInChromium(t *testing.T) {
	s := newStage(t)
	var rooms []*company
	for _, kind := range []string{store.TypeGroup, store.TypePeerToPeer} {
		if _, err := s.store.Rooms.Create(store.Room{UniqueName: kind, Type: kind}); err != nil {
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
			p.str(`watchMending()`)
		}
	}
	<-time.After(time.Until(began.Add(blackout)))
	for _, c := range rooms {
		for _, p := range c.pages {
			p.str(`globalThis.frozen = ` + frames(c.other(p)))
		}
	}
	s.mediaLine.cut.Store(false)
	s.turnLine.cut.Store(false)
	over := time.Now()
	for _, c := range rooms {
		for _, p := range c.pages {
			p.until("decoded frames", frames(c.other(p))+` > frozen`)
		}
		t.Logf("%s: media is back %v after the end of the blackout", c.room, time.Since(over).Round(10*time.Millisecond))
		for _, p := range c.pages {
			t.Logf("%s: after it ICE took %s; a keyframe was asked for last at %s, and decoded at %s", p.name,
				p.str(since("ice", over)), p.str(since("asked", over)), p.str(since("key", over)))
		}
	}
	for _, c := range rooms {
		c.flows()
	}
}

// since is an expression of when something of watchMending was, counted from the
// end of the blackout.
func since(what string, over time.Time) string {
	return fmt.Sprintf(`mending.%s > %d ? mending.%s - %d + " ms" : "(not seen)"`, what, over.UnixMilli(), what, over.UnixMilli())
}

// frames is an expression of what was decoded of a page's camera.
func frames(p *page) string {
	return `((await received())[` + jsString(p.name+"/camera") + `] ?? 0)`
}

func (c *company) other(p *page) *page {
	if p == c.pages[0] {
		return c.pages[1]
	}
	return c.pages[0]
}

// TestPreflightInChromium runs the SDK's own test of a connection, which uses TURN only.
func TestPreflightInChromium(t *testing.T) {
	s := newStage(t)
	p := s.open("alice")
	p.is("preflight("+jsString(s.token("alice", "", time.Now()))+")", "completed true")
}
