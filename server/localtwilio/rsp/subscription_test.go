package rsp

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

// TestSubscribeRules sets rules in the middle of a call, and publishes under them.
func TestSubscribeRules(t *testing.T) {
	b := newBench(t)
	alice, ra := b.join("alice", "daily", audio("a", "mic"), video("v", "cam"))
	_, rb := b.join("bob", "daily", audio("x", "own"))
	peer := b.media.last().peer(rb.Participant.SID)
	sid := func(name string) string {
		t.Helper()
		list, err := b.store.Tracks.List(ra.Participant.SID)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range list {
			if k.Name == name {
				return k.SID
			}
		}
		t.Fatalf("nothing published as %q", name)
		return ""
	}
	wants := func(what string, want ...string) {
		t.Helper()
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		deadline := time.After(patience)
		for !slices.Equal(peer.wants(), want) {
			select {
			case <-tick.C:
			case <-deadline:
				t.Fatalf("%s: bob wants %v, not %v", what, peer.wants(), want)
			}
		}
	}
	set := func(rules string) {
		t.Helper()
		if _, err := b.store.Participants.SetSubscribeRules(rb.Participant.SID, json.RawMessage(rules)); err != nil {
			t.Fatal(err)
		}
	}
	if w := peer.wants(); w != nil {
		t.Errorf("without rules bob is given a list: %v", w)
	}
	set(`[{"type":"include","all":true},{"type":"exclude","kind":"video"}]`)
	wants("no video", sid("mic"))
	alice.msg(updateBody(2, audio("a", "mic"), video("v", "cam"), audio("n", "music"), video("s", "screen")))
	alice.await("published", func(r reply) bool { return r.Published != nil && len(r.Published.Tracks) == 4 })
	wants("published under the rules", sid("mic"), sid("music"))
	set(`[{"type":"include","publisher":"alice","track":"screen"}]`)
	wants("the screen alone", sid("screen"))
	set(string(store.IncludeAll))
	wants("everything", sid("mic"), sid("cam"), sid("music"), sid("screen"))
}
