package rsp

import (
	"fmt"
	"slices"
	"testing"

	"escalate/server/localtwilio/store"
)

// What a Participant sends is known once they have left.
func TestCodecsAreSeen(t *testing.T) {
	b := newMediaBench(t)
	c, r := b.call("alice", "daily")
	c.send()
	c.msg(`{"type":"disconnect","version":2,"session":null}`)
	b.inStore(r.SID, r.Participant.SID, store.Disconnected)
	p, err := b.store.Participants.Get(r.SID, r.Participant.SID)
	if err != nil || !slices.Equal(p.Codecs, []string{"opus"}) || p.ErrorCode != 0 || p.EndReason != "" {
		t.Errorf("%+v, %v", p, err)
	}
}

// Why a Participant was put out, and what their client says of itself, are known too; also of one
// whom the store has put out.
func TestLeavingIsSeen(t *testing.T) {
	b := newBench(t)
	w := b.dial()
	w.hello(connectWith("alice", "daily", `"publisher":{"name":"twilio-video.js","sdk_version":"2.36.0","user_agent":"x"}`))
	older := w.expect("connected")
	_, newer := b.join("alice", "daily")
	w.expectError(53205)
	b.inStore(older.SID, older.Participant.SID, store.Disconnected)
	p, err := b.store.Participants.Get(older.SID, older.Participant.SID)
	if err != nil || p.ErrorCode != 53205 || string(p.Publisher) != `{"name":"twilio-video.js","sdk_version":"2.36.0","user_agent":"x"}` {
		t.Errorf("%+v, %v", p, err)
	}
	b.media.last().peer(newer.Participant.SID).cfg.Sending("video/H264")
	if p, err := b.store.Participants.Leave(newer.Participant.SID, store.Leaving{EndReason: store.DisconnectedViaAPI}); err != nil || p.Codecs != nil {
		t.Errorf("%+v, %v", p, err)
	}
	waitFor(t, func() string {
		p, err := b.store.Participants.Get(newer.SID, newer.Participant.SID)
		if err != nil || !slices.Equal(p.Codecs, []string{"H264"}) || p.EndReason != store.DisconnectedViaAPI || p.ErrorCode != 0 {
			return fmt.Sprintf("what they sent: %+v, %v", p, err)
		}
		return ""
	})
}
