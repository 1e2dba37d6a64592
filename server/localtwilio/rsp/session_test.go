package rsp

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

func TestICEServers(t *testing.T) {
	b := newBench(t, func(c *Config) {
		c.ICEServers = func() any { return []map[string]any{{"urls": "stun:127.0.0.1:3478"}} }
	})
	w := b.dial()
	w.hello(`{"type":"ice","version":1,"edge":"roaming","token":"alice"}`)
	if kind, _ := w.frame(); kind != "welcome" {
		t.Fatalf("first frame is %s", kind)
	}
	if r := w.expect("iced"); len(r.ICEServers) != 1 || r.ICEServers[0]["urls"] != "stun:127.0.0.1:3478" {
		t.Fatalf("iced %+v", r)
	}
	// The same socket goes on to connect.
	w.msg(connectBody("alice", "daily"))
	w.expect("connected")
}

func TestNoICEServersIsAnEmptyList(t *testing.T) {
	w := newBench(t).dial()
	w.hello(`{"type":"ice","version":1,"token":"alice"}`)
	if r := w.expect("iced"); r.ICEServers == nil || len(r.ICEServers) != 0 {
		t.Fatalf("iced %+v", r)
	}
}

func TestConnected(t *testing.T) {
	b := newBench(t)
	_, alice := b.join("alice", "daily", audio("a1", "mic"), video("v1", "cam"))
	if alice.Session == "" || alice.Name != "daily" || !strings.HasPrefix(alice.SID, "RM") {
		t.Errorf("room: %+v", alice)
	}
	if alice.Options.SessionTimeout != 60 {
		t.Errorf("session timeout %v", alice.Options.SessionTimeout)
	}
	if p := alice.Options.AudioProcessors; !slices.Equal(p, []string{"krisp"}) {
		t.Errorf("noise may be cancelled by %q", p)
	}
	if alice.Participant.Identity != "alice" || alice.Participant.State != stateConnected {
		t.Errorf("participant %+v", alice.Participant)
	}
	if len(alice.Published.Tracks) != 2 || alice.Published.Revision < 1 || alice.Published.Tracks[0].State != "ready" {
		t.Errorf("published %+v", alice.Published)
	}
	if d := alice.PeerConnections[0]; d.ID != "pc" || d.Description.Type != "answer" || d.Description.Revision != 1 {
		t.Errorf("answer %+v", d)
	}
	if len(alice.MediaSignaling) != 6 || alice.MediaSignaling[publisherHints].Transport.Label != "label-publisher_hints" ||
		alice.MediaSignaling[activeSpeaker].Transport != (transport{"data-channel", "label-active_speaker"}) {
		t.Errorf("media signaling %+v", alice.MediaSignaling)
	}
	_, bob := b.join("bob", alice.SID) // by SID
	if bob.SID != alice.SID || len(bob.Participants) != 1 || len(bob.Participants[0].Tracks) != 2 {
		t.Fatalf("bob sees %+v", bob.Participants)
	}
	if bob.Subscribed.Revision < 1 || len(bob.Subscribed.Tracks) != 2 {
		t.Errorf("bob is subscribed to %+v", bob.Subscribed)
	}
	list, err := b.store.Tracks.List(alice.Participant.SID)
	if err != nil || len(list) != 2 || list[0].SID != alice.Published.Tracks[0].SID {
		t.Errorf("store has %+v, %v", list, err)
	}
}

func TestRefusals(t *testing.T) {
	b := newBench(t)
	full, err := b.store.Rooms.Create(store.Room{UniqueName: "full", MaxParticipants: 1})
	if err != nil {
		t.Fatal(err)
	}
	b.join("first", full.SID)
	done, err := b.store.Rooms.Create(store.Room{UniqueName: "done"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.Rooms.Complete(done.SID); err != nil {
		t.Fatal(err)
	}
	iceOf := func(tok string) string { return `{"type":"ice","version":1,"token":"` + tok + `"}` }
	cases := []struct {
		name, body string
		code       int
	}{
		{"ice with garbage", iceOf("garbage"), 20101},
		{"ice with an expired token", iceOf("expired"), 20104},
		{"ice without a video grant", iceOf("novideo"), 20106},
		{"ice with a forged token", iceOf("forged"), 20107},
		{"connect with an expired token", connectBody("expired", "x"), 20104},
		{"connect with a forged token", connectBody("forged", "x"), 20107},
		{"connect to another Room than the grant's", connectBody("alice@one", "two"), 20106},
		{"connect to another Room that exists", connectBody("alice@one", "full"), 20106},
		{"sync with an expired token and no session", `{"type":"sync","token":"expired","session":"none"}`, 20104},
		{"sync with a forged token", `{"type":"sync","token":"forged","session":"none"}`, 20107},
		{"sync of an unknown session", `{"type":"sync","token":"alice","session":"none"}`, 53001},
		{"full", connectBody("second", "full"), 53105},
		{"completed", connectBody("alice", done.SID), 53118},
		{"no such SID", connectBody("alice", "RM00000000000000000000000000000000"), 53106},
		{"long room name", connectBody("alice", strings.Repeat("x", 129)), 53101},
		{"room name with a control character", connectBody("alice", "a\tb"), 53102},
		{"no identity", connectBody("@x", "x"), 53200},
		{"long identity", connectBody(strings.Repeat("i", 129), "x"), 53201},
		{"identity with a control character", connectBody("a\u0007", "x"), 53202},
		{"no offer", `{"type":"connect","token":"alice","name":"x"}`, 53004},
		{"an unusable offer", strings.Replace(connectBody("alice", "x"), "v=0", "bad", 1), 53403},
		{"an offer that cannot be answered", strings.Replace(connectBody("alice", "x"), "v=0", "trouble", 1), 53401},
		{"an offer for media that is at its end", strings.Replace(connectBody("alice", "x"), "v=0", "closing", 1), 53104},
		{"an answer for an offer", strings.Replace(connectBody("alice", "x"), `"offer"`, `"answer"`, 1), 53004},
		{"a room name like a SID", connectBody("alice", "PA00000000000000000000000000000000"), 53100},
		{"not to be read", `{"type":"connect","token":7}`, 53004},
	}
	for _, ca := range cases {
		t.Run(ca.name, func(t *testing.T) {
			w := b.dial()
			w.t = t
			w.hello(ca.body)
			w.expectError(ca.code)
		})
	}
	// None of them is left in a Room.
	for _, r := range mustRooms(t, b.store) {
		ps, err := b.store.Participants.List(r.SID, store.Connected)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range ps {
			if p.Identity != "first" {
				t.Errorf("%s is in %s", p.Identity, r.UniqueName)
			}
		}
	}
}

func mustRooms(t *testing.T, st *store.Store) []store.Room {
	t.Helper()
	list, err := st.Rooms.List(store.RoomFilter{})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestRoomNames(t *testing.T) {
	b := newBench(t)
	made, err := b.store.Rooms.Create(store.Room{UniqueName: "made", MediaRegion: "de1"})
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, token, room string
		want              string // name; "" for one that is named like its SID
	}{
		{"the token's Room", "a1@granted", "", "granted"},
		{"no name at all", "a2", "", ""},
		{"made by connecting", "a3", "new", "new"},
		{"the grant is the SID, the name is asked for", "a4@" + made.SID, "made", "made"},
		{"the grant is the name, the SID is asked for", "a5@made", made.SID, "made"},
	}
	for _, ca := range cases {
		t.Run(ca.name, func(t *testing.T) {
			_, r := b.join(ca.token, ca.room)
			want := ca.want
			if want == "" {
				want = r.SID
			}
			if r.Name != want {
				t.Fatalf("name %q, want %q", r.Name, want)
			}
			if region := r.Options.MediaRegion; (region == "de1") != (r.SID == made.SID) {
				t.Errorf("media region %q", region)
			}
		})
	}
}

func TestTracksComeAndGo(t *testing.T) {
	b := newBench(t)
	alice, ra := b.join("alice", "daily", audio("a1", "mic"))
	bob, rb := b.join("bob", "daily")
	alice.sees(rb.Participant.SID, "arrives", inState(stateConnected))
	mic := ra.Published.Tracks[0].SID

	muted := audio("a1", "mic")
	muted.Enabled = false
	alice.msg(updateBody(2, muted))
	bob.sees(ra.Participant.SID, "muted", func(p remoteState) bool { return !p.Tracks[0].Enabled })
	if list, err := b.store.Tracks.List(ra.Participant.SID); err != nil || list[0].Enabled {
		t.Errorf("store has %+v, %v", list, err)
	}

	alice.msg(updateBody(3, muted, video("v1", "cam"), video("v2", "cam")))
	p := alice.await("published", func(r reply) bool { return r.Published != nil }).Published
	if p.Revision <= ra.Published.Revision || len(p.Tracks) != 3 || p.Tracks[1].State != "ready" || p.Tracks[2].Error.Code != 53304 {
		t.Fatalf("published %+v", p)
	}
	bob.sees(ra.Participant.SID, "with two Tracks", func(p remoteState) bool { return len(p.Tracks) == 2 })
	bob.await("the subscription", func(r reply) bool {
		return r.Subscribed != nil && len(r.Subscribed.Tracks) == 2
	})

	// An old revision changes nothing: the next thing seen is what follows it.
	alice.msg(updateBody(3))
	alice.msg(updateBody(4, video("v1", "cam")))
	got := bob.sees(ra.Participant.SID, "without the microphone", func(p remoteState) bool { return true })
	if n := len(got.Participants[0].Tracks); n != 1 {
		t.Fatalf("%d Tracks", n)
	}
	// It leaves the subscriptions no later than the Participant's list.
	if got.Subscribed == nil || len(got.Subscribed.Tracks) != 1 || got.Subscribed.Tracks[0].SID == mic {
		t.Fatalf("subscribed in the same message: %+v", got.Subscribed)
	}
}

func TestPublishThreeTimes(t *testing.T) {
	b := newBench(t)
	alice, ra := b.join("alice", "daily")
	bob, _ := b.join("bob", "daily")
	revision := 1
	seen := map[string]bool{}
	for i := range 3 {
		revision++
		alice.msg(updateBody(revision, video(fmt.Sprint("v", i), "cam")))
		r := bob.await("the Track", func(r reply) bool { return r.Subscribed != nil && len(r.Subscribed.Tracks) == 1 })
		sid := r.Subscribed.Tracks[0].SID
		if seen[sid] {
			t.Fatalf("SID %s again", sid)
		}
		seen[sid] = true
		revision++
		alice.msg(updateBody(revision))
		bob.await("no Track", func(r reply) bool { return r.Subscribed != nil && len(r.Subscribed.Tracks) == 0 })
	}
	if list, err := b.store.Tracks.List(ra.Participant.SID); err != nil || len(list) != 0 {
		t.Errorf("store has %+v, %v", list, err)
	}
}

func TestLeave(t *testing.T) {
	b := newBench(t)
	alice, ra := b.join("alice", "daily", audio("a1", "mic"))
	bob, rb := b.join("bob", "daily")
	room := b.media.last()
	alice.msg(`{"type":"disconnect","version":2,"session":"s"}`)
	alice.write(`{"type":"bye"}`)
	r := bob.sees(ra.Participant.SID, "leaves", inState(stateDisconnected))
	if len(r.Participants[0].Tracks) != 1 || r.Subscribed == nil || len(r.Subscribed.Tracks) != 0 {
		t.Errorf("told %+v", r)
	}
	b.inStore(ra.SID, ra.Participant.SID, store.Disconnected)
	bob.msg(`{"type":"disconnect","version":2,"session":"s"}`)
	b.inStore(rb.SID, rb.Participant.SID, store.Disconnected)
	waitFor(t, func() string {
		if !room.isClosed() {
			return "the empty Room's media to be closed"
		}
		return ""
	})
	// The Room itself goes on.
	if _, again := b.join("carol", "daily"); again.SID != ra.SID {
		t.Errorf("a new Room %s", again.SID)
	}
}

func TestDuplicateIdentityEndsTheOlder(t *testing.T) {
	b := newBench(t)
	watcher, _ := b.join("bob", "daily")
	older, ro := b.join("alice", "daily")
	watcher.sees(ro.Participant.SID, "arrives", inState(stateConnected))
	_, rn := b.join("alice", "daily")
	older.expectError(53205)
	watcher.sees(ro.Participant.SID, "leaves", inState(stateDisconnected))
	watcher.sees(rn.Participant.SID, "arrives", inState(stateConnected))
	// What the client says after its end does no harm.
	older.msg(`{"type":"disconnect","version":2,"session":null}`)
	older.write(`{"type":"bye"}`)
	if len(rn.Participants) != 1 {
		t.Errorf("the newer sees %+v", rn.Participants)
	}
	b.inStore(ro.SID, ro.Participant.SID, store.Disconnected)
	b.inStore(rn.SID, rn.Participant.SID, store.Connected)
}

func TestThreeParticipants(t *testing.T) {
	b := newBench(t)
	alice, ra := b.join("alice", "daily", audio("a", "mic"))
	bob, rb := b.join("bob", "daily", audio("b", "mic"))
	_, rc := b.join("carol", "daily", audio("c", "mic"))
	if len(rc.Participants) != 2 || len(rc.Subscribed.Tracks) != 2 {
		t.Fatalf("carol sees %+v, %+v", rc.Participants, rc.Subscribed)
	}
	for _, w := range []*browser{alice, bob} {
		arrived, subscribed := false, false // in either order
		w.await("carol and two subscriptions", func(r reply) bool {
			arrived = arrived || len(r.Participants) == 1 && r.Participants[0].SID == rc.Participant.SID
			subscribed = subscribed || r.Subscribed != nil && len(r.Subscribed.Tracks) == 2
			return arrived && subscribed
		})
	}
	if ra.SID != rb.SID || rb.SID != rc.SID {
		t.Error("not the same Room")
	}
}

func TestRoomCompleted(t *testing.T) {
	b := newBench(t)
	alice, ra := b.join("alice", "daily")
	bob, _ := b.join("bob", "daily")
	if _, err := b.store.Rooms.Complete(ra.SID); err != nil {
		t.Fatal(err)
	}
	for _, w := range []*browser{alice, bob} {
		if r := w.expect("disconnected"); r.Status != statusCompleted {
			t.Errorf("status %q", r.Status)
		}
	}
}

func TestParticipantRemovedByREST(t *testing.T) {
	b := newBench(t)
	alice, ra := b.join("alice", "daily")
	bob, _ := b.join("bob", "daily")
	if _, err := b.store.Participants.SetStatus(ra.Participant.SID, store.Disconnected); err != nil {
		t.Fatal(err)
	}
	if r := alice.expect("disconnected"); r.Status == statusCompleted {
		t.Errorf("status %q", r.Status)
	}
	bob.sees(ra.Participant.SID, "leaves", inState(stateDisconnected))
}

func TestExcludeRule(t *testing.T) {
	b := newBench(t)
	b.join("alice", "daily", audio("a", "mic"))
	w := b.dial()
	w.hello(connectWith("bob", "daily", `"subscribe":{"rules":[{"type":"exclude","all":true}],"revision":1}`))
	r := w.expect("connected")
	if len(r.Participants) != 1 || len(r.Subscribed.Tracks) != 0 || len(r.MediaSignaling) != 0 {
		t.Fatalf("connected %+v", r)
	}
}

func TestRecording(t *testing.T) {
	b := newBench(t)
	room, err := b.store.Rooms.Create(store.Room{UniqueName: "rec", RecordParticipantsOnConnect: true})
	if err != nil {
		t.Fatal(err)
	}
	alice, ra := b.join("alice", "rec")
	if ra.Recording.IsRecording || ra.Recording.Revision < 1 {
		t.Fatalf("nothing is published: %+v", ra.Recording)
	}
	alice.msg(updateBody(2, audio("a", "mic")))
	on := alice.await("recording", func(r reply) bool { return r.Recording != nil })
	if !on.Recording.IsRecording || on.Recording.Revision <= ra.Recording.Revision {
		t.Fatalf("recording %+v", on.Recording)
	}
	_, rb := b.join("bob", "rec")
	if !rb.Recording.IsRecording {
		t.Errorf("bob is told %+v", rb.Recording)
	}
	if _, err := b.store.Rooms.Update(room.SID, func(r *store.Room) error {
		r.RecordingRules = []byte(`[{"type":"exclude","all":true}]`)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	alice.await("no recording", func(r reply) bool { return r.Recording != nil && !r.Recording.IsRecording })
}

func TestNegotiationPassesThrough(t *testing.T) {
	b := newBench(t)
	alice, ra := b.join("alice", "daily")
	p := b.media.last().peer(ra.Participant.SID)
	alice.msg(`{"type":"update","session":"s","peer_connections":[{"id":"pc","description":{"type":"offer","revision":2,"sdp":"v=0 restart"}}]}`)
	r := alice.await("an answer", func(r reply) bool { return len(r.PeerConnections) == 1 })
	if d := r.PeerConnections[0].Description; d.Type != "answer" || d.Revision != 2 {
		t.Errorf("answer %+v", d)
	}
	p.mu.Lock()
	got := p.handled[0]
	p.mu.Unlock()
	if got.SDP != "v=0 restart" || got.Revision != 2 {
		t.Errorf("handled %+v", got)
	}
	// Of a peer connection that is not its own, nothing.
	alice.msg(`{"type":"update","session":"s","peer_connections":[{"id":"other","description":{"type":"offer","revision":9,"sdp":"v=0"}},{"id":"pc","description":{"type":"offer","revision":3,"sdp":"bad"}}]}`)
	alice.expectError(53403)
	b.inStore(ra.SID, ra.Participant.SID, store.Disconnected)
}

func TestMediaFailureEndsTheSession(t *testing.T) {
	b := newBench(t)
	alice, ra := b.join("alice", "daily")
	b.media.last().peer(ra.Participant.SID).cfg.Failed(fmt.Errorf("gone"))
	alice.expectError(53405)
	b.inStore(ra.SID, ra.Participant.SID, store.Disconnected)
}

func TestMediaSignaling(t *testing.T) {
	b := newBench(t)
	_, ra := b.join("alice", "daily")
	_, rb := b.join("bob", "daily")
	room := b.media.last()
	alice, bob := room.peer(ra.Participant.SID), room.peer(rb.Participant.SID)

	room.speaker(rb.Participant.SID)
	want := `{"type":"active_speaker","participant":"` + rb.Participant.SID + `"}`
	if got := alice.lastSent(activeSpeaker); got != want {
		t.Errorf("speaker: %s", got)
	}
	_, rc := b.join("carol", "daily")
	carol := room.peer(rc.Participant.SID)
	carol.cfg.Message(activeSpeaker, []byte(`{"type":"ready"}`))
	if got := carol.lastSent(activeSpeaker); got != want {
		t.Errorf("speaker for a late one: %s", got)
	}
	room.speaker("")
	if got := alice.lastSent(activeSpeaker); got != `{"type":"active_speaker","participant":null}` {
		t.Errorf("nobody speaks: %s", got)
	}

	bob.cfg.Message(networkQuality, []byte(`{"type":"network_quality","ice":{"rtt":0.9},"send":{},"recv":{},"audio":{"send":{},"recv":{}},"video":{"send":{},"recv":{}},"reportLevel":1,"remoteReportLevel":0}`))
	if got := bob.lastSent(networkQuality); got != `{"type":"network_quality","local":2,"remotes":[]}` {
		t.Errorf("quality: %s", got)
	}
	alice.cfg.Message(networkQuality, []byte(`{"type":"network_quality","ice":{"rtt":0.01},"reportLevel":2,"remoteReportLevel":1}`))
	// carol has not reported.
	want = `{"type":"network_quality","local":{"level":5,"audio":{"send":5,"recv":5},"video":{"send":5,"recv":5}},"remotes":[{"sid":"` +
		rb.Participant.SID + `","level":2}]}`
	if got := alice.lastSent(networkQuality); got != want {
		t.Errorf("quality in detail: %s", got)
	}

	alice.cfg.Message(renderHints, []byte(`{"type":"render_hints","subscriber":{"id":7,"hints":[{"track":"MT1","enabled":true,"render_dimensions":{"height":360,"width":640}}]}}`))
	if got := alice.lastSent(renderHints); got != `{"type":"render_hints","subscriber":{"id":7,"hints":[{"track":"MT1","result":"OK"}]}}` {
		t.Errorf("hints: %s", got)
	}
	alice.cfg.Message(renderHints, []byte(`nonsense`)) // survives
}

func TestCloseDisconnectsEverybody(t *testing.T) {
	b := newBench(t)
	alice, ra := b.join("alice", "daily")
	start := time.Now()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(start); d > patience/2 {
		t.Errorf("Close took %v", d)
	}
	if code := alice.closed(); code == 1000 {
		t.Error("closed with 1000, which the client takes for its own doing")
	}
	b.inStore(ra.SID, ra.Participant.SID, store.Disconnected)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}
