package rsp

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"escalate/server/localtwilio/store"
)

func syncBody(tok, session, participant string) string {
	return `{"type":"sync","version":2,"session":` + quote(session) + `,"token":` + quote(tok) + `,"name":"daily","participant":` +
		participant + `,"peer_connections":[{"id":"pc","description":{"type":"offer","revision":4,"sdp":"v=0 sync"}}]}`
}

func TestSync(t *testing.T) {
	b := newBench(t)
	alice, ra := b.join("alice", "daily", audio("a", "mic"))
	bob, rb := b.join("bob", "daily", audio("b", "mic"))
	alice.sees(rb.Participant.SID, "arrives", inState(stateConnected))
	_ = alice.ws.CloseNow()
	away := bob.sees(ra.Participant.SID, "away", inState(stateReconnecting))
	b.inStore(ra.SID, ra.Participant.SID, store.Reconnecting)

	// Things happen meanwhile.
	bob.msg(updateBody(2, audio("b", "mic"), video("b2", "cam")))
	bob.await("published", func(r reply) bool { return r.Published != nil && len(r.Published.Tracks) == 2 })
	_, rc := b.join("carol", "daily")
	if len(rc.Participants) != 2 {
		t.Fatalf("carol sees %+v", rc.Participants)
	}

	again := b.dial()
	again.hello(syncBody("alice", ra.Session, participantBody(2, audio("a", "mic"), video("a2", "cam"))))
	s := again.expect("synced")
	if len(s.Participants) != 2 || s.Session != ra.Session || s.Participant.SID != ra.Participant.SID {
		t.Fatalf("synced %+v", s)
	}
	if len(s.Subscribed.Tracks) != 2 || s.Subscribed.Revision <= ra.Subscribed.Revision || s.Published.Revision <= ra.Published.Revision {
		t.Errorf("subscribed %+v, published %+v", s.Subscribed, s.Published)
	}
	if len(s.PeerConnections) != 1 || s.PeerConnections[0].ID != "pc" || s.PeerConnections[0].Description.Revision != 1 {
		t.Errorf("peer connections %+v", s.PeerConnections)
	}
	back := bob.sees(ra.Participant.SID, "back", inState(stateConnected))
	if back.Participants[0].Revision <= away.Participants[0].Revision {
		t.Errorf("revision %d after %d", back.Participants[0].Revision, away.Participants[0].Revision)
	}
	// What the sync carried counts as an update.
	again.await("published", func(r reply) bool { return r.Published != nil && len(r.Published.Tracks) == 2 })
	again.await("the answer", func(r reply) bool {
		return len(r.PeerConnections) == 1 && r.PeerConnections[0].Description.Revision == 4
	})
	bob.sees(ra.Participant.SID, "with a camera", func(p remoteState) bool { return len(p.Tracks) == 2 })
	b.inStore(ra.SID, ra.Participant.SID, store.Connected)
}

func TestSyncReplacesAHalfDeadConnection(t *testing.T) {
	b := newBench(t)
	old, ra := b.join("alice", "daily")
	bob, _ := b.join("bob", "daily")
	again := b.dial()
	again.hello(syncBody("alice", ra.Session, participantBody(1)))
	again.expect("synced")
	old.closed()
	// The old one's end changes nothing: bob sees the next update, and no reconnecting before it.
	again.msg(updateBody(2, audio("a", "mic")))
	r := bob.sees(ra.Participant.SID, "anything", func(remoteState) bool { return true })
	if p := r.Participants[0]; p.State != stateConnected || len(p.Tracks) != 1 {
		t.Fatalf("bob sees %+v", p)
	}
}

func TestSyncWithATokenThatExpiredMeanwhile(t *testing.T) {
	b := newBench(t)
	_, ra := b.join("alice", "daily")
	w := b.dial()
	w.hello(syncBody("expired", ra.Session, participantBody(1)))
	w.expect("synced")
	// Somebody else's token does not do.
	w = b.dial()
	w.hello(syncBody("mallory", ra.Session, participantBody(1)))
	w.expectError(20106)
}

func TestSessionTimesOut(t *testing.T) {
	b := newBench(t, func(c *Config) { c.SessionTimeout = 50 * time.Millisecond })
	alice, ra := b.join("alice", "daily")
	bob, _ := b.join("bob", "daily")
	_ = alice.ws.CloseNow()
	bob.sees(ra.Participant.SID, "away", inState(stateReconnecting))
	bob.sees(ra.Participant.SID, "gone", inState(stateDisconnected))
	b.inStore(ra.SID, ra.Participant.SID, store.Disconnected)
	w := b.dial()
	w.hello(syncBody("alice", ra.Session, participantBody(1)))
	w.expectError(53001)
}

// A browser that was away when the Room ended is told so when it comes back.
func TestSyncAfterTheEnd(t *testing.T) {
	b := newBench(t)
	alice, ra := b.join("alice", "daily")
	bob, _ := b.join("bob", "daily")
	_ = alice.ws.CloseNow()
	bob.sees(ra.Participant.SID, "away", inState(stateReconnecting))
	if _, err := b.store.Rooms.Complete(ra.SID); err != nil {
		t.Fatal(err)
	}
	bob.expect("disconnected")
	waitFor(t, func() string {
		b.mu.Lock()
		defer b.mu.Unlock()
		if len(b.rooms) > 0 {
			return "the Room to be empty"
		}
		return ""
	})
	w := b.dial()
	w.hello(syncBody("alice", ra.Session, participantBody(1)))
	if r := w.expect("disconnected"); r.Status != statusCompleted {
		t.Fatalf("status %q", r.Status)
	}
}

func TestHelloTwiceIsOnce(t *testing.T) {
	b := newBench(t)
	w := b.dial()
	body := connectBody("alice", "daily")
	w.hello(body)
	w.hello(body)
	if kind, _ := w.frame(); kind != "welcome" {
		t.Fatalf("first frame is %s", kind)
	}
	if kind, _ := w.frame(); kind != "msg" { // and not a second welcome
		t.Fatalf("second frame is %s", kind)
	}
	w.msg(updateBody(2, audio("a", "mic")))
	if kind, body := w.frame(); kind != "msg" || !strings.Contains(string(body), `"published"`) {
		t.Fatalf("third frame is %s %s", kind, body)
	}
}

func TestHeartbeats(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Heartbeat = minHeartbeat })
	w := b.dial()
	w.hello(`{"type":"ice","token":"alice"}`)
	w.expect("iced")
	if kind, _ := w.frame(); kind != "heartbeat" {
		t.Fatalf("got %s in silence", kind)
	}
	// One that says nothing is dropped, in a way that makes the client come back.
	if code := w.closed(); code == websocket.StatusNormalClosure {
		t.Fatalf("closed with %d", code)
	}
}

func TestUnreadableFrames(t *testing.T) {
	b := newBench(t)
	w, _ := b.join("alice", "daily")
	w.write(`nonsense`)
	if kind, _ := w.frame(); kind != "bad" {
		t.Fatalf("got %s", kind)
	}
	w.msg(`{"type":"update","participant":7}`)
	if kind, _ := w.frame(); kind != "bad" {
		t.Fatalf("got %s", kind)
	}
	// The session is none the worse for it, until it is too much.
	w.msg(updateBody(2, audio("a", "mic")))
	w.await("published", func(r reply) bool { return r.Published != nil })
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for range maxBadFrames {
		if w.ws.Write(ctx, websocket.MessageText, []byte(`nonsense`)) != nil {
			break
		}
	}
	w.closed()
}

func TestBusy(t *testing.T) {
	b := newBench(t, func(c *Config) { c.MaxConnections = 1 })
	b.join("alice", "daily")
	w := b.dial()
	w.hello(connectBody("bob", "daily"))
	if kind, _ := w.frame(); kind != "busy" {
		t.Fatalf("got %s", kind)
	}
}

// A browser that does not read loses its connection, and holds up nobody.
func TestSlowReader(t *testing.T) {
	b := newBench(t)
	_, rs := b.join("slow", "daily")
	alice, _ := b.join("alice", "daily")
	b.mu.Lock()
	slow := b.sessions[rs.Session]
	b.mu.Unlock()
	// More than the kernel's buffers and the queue hold together. Nothing waits here.
	long := news{head: headOf("update"), Participants: []remoteState{{selfState: selfState{Identity: strings.Repeat("x", 64<<10)}}}}
	for range 10 * queueSize {
		slow.out.send(long)
	}
	alice.sees(rs.Participant.SID, "dropped", inState(stateReconnecting))
}

func TestInsights(t *testing.T) {
	b := newBench(t)
	web := newWeb(t, b.Insights())
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ws, _, err := websocket.Dial(ctx, web, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.CloseNow() //nolint:errcheck // it may be closed already
	for _, ca := range []struct{ token, want string }{{"forged", `"error"`}, {"alice", `"connected"`}} {
		for _, m := range []string{`{"type":"event","group":"quality"}`, `{"type":"connect","version":1,"token":"` + ca.token + `"}`} {
			if err := ws.Write(ctx, websocket.MessageText, []byte(m)); err != nil {
				t.Fatal(err)
			}
		}
		if _, got, err := ws.Read(ctx); err != nil || !strings.Contains(string(got), ca.want) {
			t.Fatalf("%s: %s, %v", ca.token, got, err)
		}
	}
}
