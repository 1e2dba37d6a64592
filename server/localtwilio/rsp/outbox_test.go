package rsp

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"

	"escalate/server/localtwilio/sfu"
)

// looseConn is a conn without a socket, which keeps what it is sent.
type looseConn struct {
	mu      sync.Mutex
	sent    []any
	dropped bool
}

func (c *looseConn) send(m any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent = append(c.sent, m)
}

func (c *looseConn) bad(error) {}
func (c *looseConn) finish()   {}
func (c *looseConn) admit()    {}
func (c *looseConn) drop()     { c.dropped = true }

// drain reads what was sent, as a browser would.
func drain(t *testing.T, c *looseConn) []reply {
	t.Helper()
	var list []reply
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.sent {
		b, err := encode(m)
		if err != nil {
			t.Fatal(err)
		}
		var f struct{ Body reply }
		if err := json.Unmarshal(b, &f); err != nil {
			t.Fatal(err)
		}
		list = append(list, f.Body)
	}
	c.sent = nil
	return list
}

func offer(revision int) peerConnection { return saying("pc", sfu.TypeOffer, revision) }

// saying is a description of a peer connection, with SDP of its own.
func saying(pc, kind string, revision int) peerConnection {
	return peerConnection{ID: pc, Description: &sfu.Description{Type: kind, Revision: revision, SDP: fmt.Sprint("v=0 ", pc, kind, revision)}}
}

// answered is what connected says of the peer connection.
var answered = []peerConnection{saying("pc", sfu.TypeAnswer, 1)}

func TestOutboxHoldsOffersUntilConnected(t *testing.T) {
	t.Parallel()
	o, c := &outbox{}, &looseConn{}
	o.describe(offer(2))
	o.subscribe([]sfu.Subscription{{TrackSID: "MT1", ID: "MT1"}})
	o.begin(c, connected{head: headOf("connected"), PeerConnections: answered})
	got := drain(t, c)
	if len(got) != 2 || got[0].Type != "connected" || got[1].PeerConnections[0].Description.Revision != 2 {
		t.Fatalf("sent %+v", got)
	}
	if s := got[0].Subscribed; len(s.Tracks) != 1 || s.Revision < 1 {
		t.Errorf("subscribed %+v", s)
	}
	o.subscribe([]sfu.Subscription{{TrackSID: "MT1", ID: "MT1"}})
	if again := drain(t, c); len(again) != 0 {
		t.Errorf("told twice: %+v", again)
	}
}

// The topology's list may still have a Track that its publisher has withdrawn.
func TestOutboxWithholdsRemovedTracks(t *testing.T) {
	t.Parallel()
	o, c := &outbox{}, &looseConn{}
	both := []sfu.Subscription{{TrackSID: "MT1", ID: "MT1"}, {TrackSID: "MT2", ID: "MT2"}}
	o.subscribe(both)
	o.begin(c, connected{PeerConnections: answered})
	o.participant(remoteState{}, []string{"MT1"})
	o.subscribe(both) // old news
	o.subscribe(both[1:])
	got := drain(t, c)
	if len(got) != 2 || len(got[1].Subscribed.Tracks) != 1 || got[1].Subscribed.Tracks[0].SID != "MT2" {
		t.Fatalf("sent %+v", got)
	}
	if len(o.withheld) != 0 {
		t.Errorf("withheld for ever: %v", o.withheld)
	}
}

func TestOutboxResume(t *testing.T) {
	t.Parallel()
	o, first, second := &outbox{}, &looseConn{}, &looseConn{}
	o.begin(first, connected{PeerConnections: answered})
	before := drain(t, first)[0].Subscribed.Revision
	o.describe(offer(2))
	o.resume(second, synced{head: headOf("synced")})
	if !first.dropped {
		t.Error("the old connection lives on")
	}
	if o.detach(first) {
		t.Error("the old connection's end counts for the new one")
	}
	got := drain(t, second)
	if len(got) != 1 || got[0].Type != "synced" || got[0].PeerConnections[0].Description.Revision != 2 {
		t.Fatalf("sent %+v", got)
	}
	// The client ignores a revision that it knows.
	if after := got[0].Subscribed.Revision; after <= before {
		t.Errorf("subscribed revision %d after %d", after, before)
	}
	if !o.detach(second) {
		t.Error("the connection's end does not count")
	}
	o.send(errorOf(codeRoomFull)) // nobody is there
	if got := drain(t, second); len(got) != 0 {
		t.Errorf("sent to nobody: %+v", got)
	}
}

func TestOutboxEnd(t *testing.T) {
	t.Parallel()
	o, c := &outbox{}, &looseConn{}
	o.begin(c, connected{PeerConnections: answered})
	o.end(disconnectedOf(statusCompleted))
	o.describe(offer(2))
	o.send(errorOf(codeRoomFull))
	got := drain(t, c)
	if len(got) != 2 || got[1].Status != statusCompleted {
		t.Fatalf("sent %+v", got)
	}
	if o.untold() != nil {
		t.Error("told, and yet kept")
	}
	away := &outbox{}
	away.end(disconnectedOf(statusCompleted))
	if away.untold() == nil {
		t.Error("not kept for a browser that was away")
	}
}

// What a browser that comes back is told of its peer connections: the latest of each
// that is open, and nothing that would make it do a thing twice.
func TestOutboxRemembersConnections(t *testing.T) {
	t.Parallel()
	o, c := &outbox{}, &looseConn{}
	o.begin(c, connected{PeerConnections: []peerConnection{{ID: "first"}}})
	o.describe(saying("first", sfu.TypeOffer, 2))
	o.describe(peerConnection{ID: "first", ICE: json.RawMessage(`{"revision":1}`)})
	o.describe(peerConnection{ID: "first", ICE: json.RawMessage(`{"revision":2}`)})
	o.describe(saying("asked", sfu.TypeCreateOffer, 1))
	o.describe(saying("done", sfu.TypeCreateOffer, 1))
	o.heard(saying("done", sfu.TypeOffer, 2))
	o.describe(saying("closed", sfu.TypeOffer, 1))
	o.describe(saying("closed", sfu.TypeClose, 2))
	o.describe(saying("left", sfu.TypeOffer, 1))
	o.forget("left")
	second := &looseConn{}
	o.resume(second, synced{head: headOf("synced")})
	var got []string
	for _, pc := range drain(t, second)[0].PeerConnections {
		kind := "-"
		if pc.Description != nil {
			kind = fmt.Sprint(pc.Description.Type, pc.Description.Revision)
		}
		got = append(got, fmt.Sprintf("%s %s %s", pc.ID, kind, pc.ICE))
	}
	want := []string{`first offer2 {"revision":2}`, "asked create-offer1 ", "done - "}
	if !slices.Equal(got, want) {
		t.Errorf("told of %q, want %q", got, want)
	}
}
