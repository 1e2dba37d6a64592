package rsp

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"escalate/server/localtwilio/store"
)

// visit connects and ends in one of several ways, without looking at anything.
func (b *bench) visit(ctx context.Context, identity, room string, how int) error {
	ws, _, err := websocket.Dial(ctx, b.url, nil)
	if err != nil {
		return err
	}
	defer ws.CloseNow() //nolint:errcheck // one of the ways to end
	ws.SetReadLimit(maxFrame)
	say := func(frame string) error { return ws.Write(ctx, websocket.MessageText, []byte(frame)) }
	if err := say(`{"type":"hello","version":2,"id":"h","body":` + connectBody(identity, room, audio("a", "mic")) + `}`); err != nil {
		return err
	}
	if how == 0 {
		return nil // gone before the answer
	}
	for {
		_, frame, err := ws.Read(ctx)
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("%s in %s: no answer", identity, room)
		case err != nil:
			return nil // dropped: displaced or completed
		}
		if s := string(frame); strings.Contains(s, `"connected"`) || strings.Contains(s, `"error"`) || strings.Contains(s, `"disconnected"`) {
			break
		}
	}
	if how == 1 {
		return nil // a broken network
	}
	_ = say(`{"type":"msg","body":` + updateBody(2, audio("a", "mic"), video("v", "cam")) + `}`)
	_ = say(`{"type":"msg","body":{"type":"disconnect","session":"s"}}`)
	return nil
}

// Everybody comes, goes, displaces others and is thrown out at once; in the end
// nobody is left, here or in the store.
func TestChurn(t *testing.T) {
	b := newBench(t, func(c *Config) { c.SessionTimeout = 20 * time.Millisecond })
	ctx, cancel := context.WithTimeout(context.Background(), 3*patience)
	defer cancel()
	var wg sync.WaitGroup
	for who := range 8 {
		wg.Go(func() {
			for i := range 15 {
				// Two of each identity, so that they displace each other.
				if err := b.visit(ctx, fmt.Sprint("guest", who/2), fmt.Sprint("room", i%2), (who+i)%4); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Go(func() {
		for i := range 15 {
			r, err := b.store.Rooms.Get(fmt.Sprint("room", i%2))
			if err != nil {
				continue // not made yet, or just completed
			}
			if i%3 == 0 {
				_, _ = b.store.Rooms.Complete(r.SID) // somebody may have been faster
				continue
			}
			list, err := b.store.Participants.List(r.SID, store.Connected)
			if err == nil && len(list) > 0 {
				_, _ = b.store.Participants.SetStatus(list[0].SID, store.Disconnected) // likewise
			}
		}
	})
	wg.Wait()
	waitFor(t, func() string {
		b.mu.Lock()
		defer b.mu.Unlock()
		if len(b.sessions)+len(b.rooms)+b.sockets.Len() > 0 {
			return fmt.Sprintf("%d sessions, %d rooms, %d connections to end", len(b.sessions), len(b.rooms), b.sockets.Len())
		}
		for _, r := range b.media.rooms {
			if !r.isClosed() {
				return "a Room's media to be closed"
			}
		}
		return ""
	})
	for _, r := range mustRooms(t, b.store) {
		for _, status := range []string{store.Connected, store.Reconnecting} {
			if list, err := b.store.Participants.List(r.SID, status); err != nil || len(list) > 0 {
				t.Errorf("%s in %s: %+v, %v", status, r.SID, list, err)
			}
		}
	}
}
