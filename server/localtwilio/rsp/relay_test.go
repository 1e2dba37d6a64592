package rsp

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"escalate/server/localtwilio/sfu"
	"escalate/server/localtwilio/store"
)

// pairRoom makes a peer-to-peer Room called "pairs".
func (b *bench) pairRoom(change ...func(*store.Room)) store.Room {
	b.t.Helper()
	r := store.Room{UniqueName: "pairs", Type: store.TypePeerToPeer}
	for _, f := range change {
		f(&r)
	}
	r, err := b.store.Rooms.Create(r)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// pairUp joins as connect does, with a peer connection named after the identity.
func (b *bench) pairUp(identity string, tracks ...trackState) (*browser, reply) {
	b.t.Helper()
	w := b.dial()
	w.hello(strings.Replace(connectBody(identity, "pairs", tracks...), `"id":"pc"`, `"id":"pc-`+identity+`"`, 1))
	return w, w.expect("connected")
}

// describes sends one description.
func (w *browser) describes(pc, kind string, revision int) {
	w.t.Helper()
	w.msg(fmt.Sprintf(`{"type":"update","session":"s","peer_connections":[{"id":%q,"description":{"type":%q,"revision":%d,"sdp":"v=0 %s%d"}}]}`,
		pc, kind, revision, kind, revision))
}

// told waits for a description, and answers its peer connection's id.
func (w *browser) told(kind string, revision int) string {
	w.t.Helper()
	var id string
	w.await(fmt.Sprint(kind, " ", revision), func(r reply) bool {
		for _, pc := range r.PeerConnections {
			if d := pc.Description; r.Type == "update" && d != nil && d.Type == kind && d.Revision == revision {
				id = pc.ID
			}
		}
		return id != ""
	})
	return id
}

func TestRelayConnectsEveryPair(t *testing.T) {
	b := newBench(t)
	b.pairRoom(func(r *store.Room) { r.MediaRegion = "de1" })
	alice, ra := b.pairUp("alice", audio("a", "mic"))
	if len(ra.MediaSignaling) != 0 || ra.Options.MediaRegion != "" || len(ra.Options.AudioProcessors) != 0 || ra.Recording.IsRecording {
		t.Errorf("connected %+v", ra)
	}
	if pcs := ra.PeerConnections; len(pcs) != 1 || pcs[0].ID != "pc-alice" || pcs[0].Description != nil {
		t.Errorf("peer connections %+v", pcs)
	}

	// The second one's offer reaches the first under its id, and the first's own is not needed.
	bob, rb := b.pairUp("bob", audio("b", "mic"), trackState{ID: "d", Kind: "data", Name: "chat", Enabled: true})
	if s := rb.Subscribed.Tracks; len(s) != 1 || s[0].ID != "a" || s[0].SID != ra.Published.Tracks[0].SID {
		t.Errorf("bob is subscribed to %+v", s)
	}
	if id := alice.told("close", 2); id != "pc-alice" {
		t.Errorf("closed %s", id)
	}
	if id := alice.told("offer", 1); id != "pc-bob" {
		t.Errorf("offered %s", id)
	}
	alice.await("two subscriptions", func(r reply) bool { return r.Subscribed != nil && len(r.Subscribed.Tracks) == 2 })
	alice.describes("pc-bob", "answer", 1)
	if id := bob.told("answer", 1); id != "pc-bob" {
		t.Errorf("answered %s", id)
	}
	// Candidates go through as they came.
	list := `{"candidates":[{"candidate":"candidate:1 1 udp 1 x.local 9 typ host","sdpMLineIndex":0}],"ufrag":"u","revision":1}`
	alice.msg(`{"type":"update","peer_connections":[{"id":"pc-bob","ice":` + list + `},{"id":"pc-alice","ice":{}},{"id":"nobody's","ice":{}}]}`)
	got := bob.await("candidates", func(r reply) bool { return len(r.PeerConnections) == 1 && r.PeerConnections[0].ICE != nil })
	if ice := string(got.PeerConnections[0].ICE); ice != list {
		t.Errorf("candidates %s", ice)
	}

	// The third one's offer is for the first; for the second it has to make another.
	carol, _ := b.pairUp("carol")
	if id := alice.told("offer", 1); id != "pc-carol" {
		t.Errorf("alice is offered %s", id)
	}
	another := carol.told("create-offer", 1)
	carol.describes(another, "offer", 2)
	if id := bob.told("offer", 2); id != another {
		t.Errorf("bob is offered %s, not %s", id, another)
	}
	bob.describes(another, "answer", 2)
	carol.told("answer", 2)

	// One who leaves takes both of its peer connections along.
	carol.msg(`{"type":"disconnect","session":"s"}`)
	if id := alice.told("close", 2); id != "pc-carol" {
		t.Errorf("alice's %s is closed", id)
	}
	if id := bob.told("close", 3); id != another {
		t.Errorf("bob's %s is closed", id)
	}
}

// When both offer at once the first offer of a number wins, whoever made it, and the other's is not
// passed on. Without that both would withdraw theirs and wait.
func TestRelayGlare(t *testing.T) {
	for _, winner := range []int{0, 1} {
		t.Run(fmt.Sprint(winner), func(t *testing.T) {
			b := newBench(t)
			b.pairRoom()
			alice, _ := b.pairUp("alice")
			bob, _ := b.pairUp("bob")
			alice.told("offer", 1)
			alice.describes("pc-bob", "answer", 1)
			bob.told("answer", 1)

			first, second := alice, bob
			if winner == 1 {
				first, second = bob, alice
			}
			first.describes("pc-bob", "offer", 2)
			second.told("offer", 2)
			second.describes("pc-bob", "offer", 2) // made before the other's arrived
			second.describes("pc-bob", "answer", 2)
			second.describes("pc-bob", "answer", 2)       // a sync repeats it
			first.describes("pc-bob", "answer", 2)        // of a lost offer: impossible, and useless
			second.describes("pc-bob", "create-offer", 5) // not a browser's to say
			second.describes("pc-bob", "offer", 3)
			var seen []string
			first.await("the answer and the next offer", func(r reply) bool {
				for _, pc := range r.PeerConnections {
					seen = append(seen, fmt.Sprint(pc.Description.Type, pc.Description.Revision))
				}
				return slices.Contains(seen, "offer3")
			})
			if want := []string{"answer2", "offer3"}; !slices.Equal(seen, want) {
				t.Errorf("the winner is told %q, want %q", seen, want)
			}
		})
	}
}

func TestRelayFollowsTracks(t *testing.T) {
	b := newBench(t)
	b.pairRoom()
	alice, _ := b.pairUp("alice", audio("a", "mic"))
	bob, rb := b.pairUp("bob")
	alice.sees(rb.Participant.SID, "arrives", inState(stateConnected))
	alice.msg(updateBody(2, audio("a", "mic"), video("v", "cam")))
	r := bob.await("the camera", func(r reply) bool { return r.Subscribed != nil && len(r.Subscribed.Tracks) == 2 })
	if r.Subscribed.Tracks[1].ID != "v" {
		t.Errorf("subscribed %+v", r.Subscribed)
	}
	alice.msg(updateBody(3, video("v", "cam")))
	bob.await("no microphone", func(r reply) bool { return r.Subscribed != nil && len(r.Subscribed.Tracks) == 1 })
	alice.msg(`{"type":"disconnect","session":"s"}`)
	bob.await("nothing", func(r reply) bool { return r.Subscribed != nil && len(r.Subscribed.Tracks) == 0 })
}

// What one browser says while another is away reaches it when it comes back.
func TestRelaySync(t *testing.T) {
	b := newBench(t)
	b.pairRoom()
	alice, ra := b.pairUp("alice")
	bob, _ := b.pairUp("bob")
	alice.told("offer", 1)
	_ = alice.ws.CloseNow()
	bob.sees(ra.Participant.SID, "away", inState(stateReconnecting))
	// A third one comes meanwhile.
	carol, _ := b.pairUp("carol")
	carol.told("create-offer", 1)

	again := b.dial()
	again.hello(`{"type":"sync","version":2,"session":` + quote(ra.Session) + `,"token":"alice","participant":` + participantBody(1) +
		`,"peer_connections":[{"id":"pc-bob","description":{"type":"answer","revision":1,"sdp":"v=0 late"}}]}`)
	s := again.expect("synced")
	got := map[string]*sfu.Description{}
	for _, pc := range s.PeerConnections {
		got[pc.ID] = pc.Description
	}
	for _, id := range []string{"pc-bob", "pc-carol"} {
		if d := got[id]; d == nil || d.Type != sfu.TypeOffer || d.Revision != 1 {
			t.Errorf("%s: %+v", id, d)
		}
	}
	if len(s.Participants) != 2 || len(got) != 2 {
		t.Errorf("synced %+v", s)
	}
	if id := bob.told("answer", 1); id != "pc-bob" {
		t.Errorf("answered %s", id)
	}
}

func TestRelayClosesWhatABrowserCloses(t *testing.T) {
	b := newBench(t)
	b.pairRoom()
	alice, _ := b.pairUp("alice")
	bob, rb := b.pairUp("bob")
	alice.told("offer", 1)
	alice.describes("pc-bob", "close", 2)
	if id := bob.told("close", 2); id != "pc-bob" {
		t.Errorf("closed %s", id)
	}
	bob.describes("pc-bob", "offer", 3) // into the void
	_ = bob.ws.CloseNow()
	again := b.dial()
	again.hello(syncBody("bob", rb.Session, participantBody(1)))
	if s := again.expect("synced"); s.PeerConnections == nil || len(s.PeerConnections) != 0 {
		t.Errorf("peer connections %+v", s.PeerConnections)
	}
}

func TestLimitsOfRoomTypes(t *testing.T) {
	b := newBench(t)
	for kind, limit := range map[string]int{store.TypeGo: 2, store.TypeGroupSmall: 4, store.TypePeerToPeer: 10} {
		t.Run(kind, func(t *testing.T) {
			room, err := b.store.Rooms.Create(store.Room{Type: kind, RecordParticipantsOnConnect: true})
			if err != nil {
				t.Fatal(err)
			}
			for i := range limit {
				if _, r := b.join(fmt.Sprint("guest", i), room.SID, audio("a", "mic")); r.Recording.IsRecording != (kind == store.TypeGroupSmall) {
					t.Errorf("recording %+v", r.Recording)
				}
			}
			w := b.dial()
			w.hello(connectBody("one too many", room.SID))
			w.expectError(codeRoomFull)
		})
	}
}
