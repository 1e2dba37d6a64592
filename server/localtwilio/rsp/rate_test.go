package rsp

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"escalate/server/localtwilio/store"
)

// flood is how many updates a browser sends that has gone mad.
const flood = 3 * frameBurst

// One who sends more than it may is read more slowly, and that is all: it is told
// nothing, stays in the Room, and the others do not notice. Here the limit lets
// through a burst and then nothing more, so that whoever waited for it would wait
// for ever.
func TestFloodHoldsUpNobody(t *testing.T) {
	for _, kind := range []string{store.TypeGroup, store.TypePeerToPeer} {
		t.Run(kind, func(t *testing.T) {
			b := newBench(t)
			const burst = 20
			b.frames = func() *rate.Limiter { return rate.NewLimiter(rate.Every(time.Hour), burst) }
			b.pairRoom(func(r *store.Room) { r.Type = kind })
			alice, _ := b.pairUp("alice")
			bob, rb := b.pairUp("bob")
			mad, rm := b.pairUp("mad")
			mad.floods(flood)
			// Its hello was the first frame of its burst.
			const last = burst - 1
			alice.sees(rm.Participant.SID, "changes as often as it may", func(p remoteState) bool { return len(p.Tracks) == last })

			bob.msg(updateBody(2, audio("b", "mic")))
			alice.sees(rb.Participant.SID, "is not held up", func(p remoteState) bool { return len(p.Tracks) == 1 })
			alice.msg(updateBody(2, audio("a", "mic")))
			bob.await("and neither is alice", func(r reply) bool { return r.Subscribed != nil })

			b.mu.Lock()
			x := b.rooms[rm.SID]
			b.mu.Unlock()
			x.mu.Lock()
			for _, m := range x.members {
				if m.sid == rm.Participant.SID && (m.tracks.heard != last+1 || m.state != stateConnected) {
					t.Errorf("mad is %s and has been heard up to revision %d, want %d", m.state, m.tracks.heard, last+1)
				}
			}
			x.mu.Unlock()
			// Of what it is sent nothing is about the flood.
			mad.await("news of bob", func(r reply) bool {
				if r.Type == "error" || r.Type == "disconnected" {
					t.Fatalf("told %+v", r)
				}
				return len(r.Participants) == 1 && r.Participants[0].SID == rb.Participant.SID && len(r.Participants[0].Tracks) == 1
			})
		})
	}
}

// What was read more slowly is not lost.
func TestFloodIsHeardInTheEnd(t *testing.T) {
	b := newBench(t)
	b.frames = func() *rate.Limiter { return rate.NewLimiter(1000, 1) }
	alice, _ := b.join("alice", "daily")
	mad, rm := b.join("mad", "daily")
	mad.floods(30)
	alice.sees(rm.Participant.SID, "has said everything", func(p remoteState) bool { return len(p.Tracks) == 30 })
}

// floods sends updates, each with one Track more than the last as far as there may
// be more, and does not wait for any of it to be read.
func (w *browser) floods(n int) {
	w.t.Helper()
	frames := make([]string, n)
	var tracks []trackState
	for i := range frames {
		if len(tracks) < maxPublished {
			tracks = append(tracks, audio(fmt.Sprint("m", i), fmt.Sprint("n", i)))
		}
		frames[i] = `{"type":"msg","body":` + updateBody(2+i, tracks...) + `}`
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, f := range frames {
			if w.ws.Write(ctx, websocket.MessageText, []byte(f)) != nil {
				return // the test is over, and the rest of it was never to be read
			}
		}
	}()
	w.t.Cleanup(func() {
		cancel()
		<-done
	})
}
