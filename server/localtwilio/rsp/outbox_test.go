package rsp

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"

	"escalate/server/localtwilio/sfu"
)

// looseConn is a conn without a socket; what it is sent stays in its queue.
func looseConn(t *testing.T) *conn {
	t.Helper()
	c := &conn{log: slog.New(slog.DiscardHandler), out: make(chan []byte, queueSize)}
	c.ctx, c.cancel = context.WithCancel(t.Context())
	return c
}

// drain reads what was sent.
func drain(t *testing.T, c *conn) []reply {
	t.Helper()
	var list []reply
	for {
		select {
		case b := <-c.out:
			var f struct{ Body reply }
			if err := json.Unmarshal(b, &f); err != nil {
				t.Fatal(err)
			}
			list = append(list, f.Body)
		default:
			return list
		}
	}
}

func offer(revision int) sfu.Description {
	return sfu.Description{Type: sfu.TypeOffer, Revision: revision, SDP: "v=0"}
}

func TestOutboxHoldsOffersUntilConnected(t *testing.T) {
	o, c := &outbox{pc: "pc"}, looseConn(t)
	o.describe(offer(2))
	o.subscribe([]sfu.Subscription{{TrackSID: "MT1", ID: "MT1"}})
	o.begin(c, description{Type: "answer", Revision: 1}, connected{head: headOf("connected")})
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
	o, c := &outbox{pc: "pc"}, looseConn(t)
	both := []sfu.Subscription{{TrackSID: "MT1", ID: "MT1"}, {TrackSID: "MT2", ID: "MT2"}}
	o.subscribe(both)
	o.begin(c, description{Type: "answer", Revision: 1}, connected{})
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
	o, first, second := &outbox{pc: "pc"}, looseConn(t), looseConn(t)
	o.begin(first, description{Type: "answer", Revision: 1}, connected{})
	before := drain(t, first)[0].Subscribed.Revision
	o.describe(offer(2))
	o.resume(second, synced{head: headOf("synced")})
	if first.ctx.Err() == nil {
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
	o, c := &outbox{pc: "pc"}, looseConn(t)
	o.begin(c, description{Type: "answer", Revision: 1}, connected{})
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
	away := &outbox{pc: "pc"}
	away.end(disconnectedOf(statusCompleted))
	if away.untold() == nil {
		t.Error("not kept for a browser that was away")
	}
}
