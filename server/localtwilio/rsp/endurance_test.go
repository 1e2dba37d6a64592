package rsp

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"escalate/server/localtwilio/store"
)

// After two hundred have come and gone there is nothing left of them: no
// goroutine, no connection, no Room.
func TestTwoHundredJoinsLeaveNothing(t *testing.T) {
	b := newBench(t)
	b.pairRoom()
	b.join("host", "pairs")
	b.join("host", "daily")
	before := runtime.NumGoroutine()
	for i := range 100 {
		for _, room := range []string{"pairs", "daily"} {
			w, _ := b.join(fmt.Sprint("guest", i), room, audio("a", "mic"), video("v", "cam"))
			w.msg(`{"type":"disconnect","session":"s"}`)
			w.write(`{"type":"bye"}`)
			w.closed()
		}
	}
	b.onlyLeft(2, before)
}

// onlyLeft waits until nobody but so many is there, and no more goroutines than before others came.
func (b *bench) onlyLeft(people, goroutines int) {
	b.t.Helper()
	waitFor(b.t, func() string {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.sockets.Len() != people || len(b.sessions) != people || b.present != people {
			return fmt.Sprintf("%d connections, %d sessions, %d present", b.sockets.Len(), len(b.sessions), b.present)
		}
		// A few of net/http's own come and go.
		if n := runtime.NumGoroutine(); n > goroutines+4 {
			return fmt.Sprintf("%d goroutines, %d before:\n%s", n, goroutines, stacks())
		}
		return ""
	})
}

// A browser that never reads holds up nobody: the others go on exchanging news.
func TestSlowReaderHoldsUpNobody(t *testing.T) {
	for _, kind := range []string{store.TypeGroup, store.TypePeerToPeer} {
		t.Run(kind, func(t *testing.T) {
			b := newBench(t)
			b.pairRoom(func(r *store.Room) { r.Type = kind })
			_, rs := b.join("slow", "pairs")
			alice, _ := b.pairUp("alice")
			bob, rb := b.pairUp("bob")
			alice.sees(rb.Participant.SID, "arrives", inState(stateConnected))
			// Long lists: the kernel takes a few of them for the one who does not read, no more.
			var tracks []trackState
			for i := range maxPublished {
				tracks = append(tracks, audio(fmt.Sprintf("%0*d", maxID, i), fmt.Sprintf("%0*d", maxName, i)))
			}
			const rounds = frameBurst - 20
			for i := range rounds {
				tracks[0].Enabled = i%2 == 0
				bob.msg(updateBody(2+i, tracks...))
				// At once: she would be a slow one herself on a machine that is busy.
				alice.sees(rb.Participant.SID, "changes", func(p remoteState) bool { return len(p.Tracks) == maxPublished })
			}
			// And the slow one is either gone or still behind, which is its own affair.
			if p, err := b.store.Participants.Get(rs.SID, rs.Participant.SID); err != nil || p.Status == store.Disconnected {
				t.Errorf("the slow one is %+v, %v", p, err)
			}
		})
	}
}

func TestFrameTooLong(t *testing.T) {
	b := newBench(t)
	w, r := b.join("alice", "daily")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	// It may be closed before all of it is written.
	_ = w.ws.Write(ctx, websocket.MessageText, []byte(`{"type":"msg","body":"`+strings.Repeat("x", maxFrame)+`"}`))
	w.closed()
	b.inStore(r.SID, r.Participant.SID, store.Reconnecting)
}

func TestTooManyTracks(t *testing.T) {
	b := newBench(t)
	var tracks []trackState
	for i := range maxPublished + 1 {
		tracks = append(tracks, audio(fmt.Sprint("a", i), fmt.Sprint("n", i)))
	}
	_, r := b.join("alice", "daily", tracks...)
	for i, p := range r.Published.Tracks {
		if refused := i == maxPublished; (p.State == "failed") != refused || refused && p.Error.Code != codeTooManyTracks {
			t.Errorf("track %d: %+v", i, p)
		}
	}
}
