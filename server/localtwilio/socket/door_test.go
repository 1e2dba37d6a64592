package socket

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// A stranger is told that its time is up; who was admitted goes on, and may say more.
func TestStrangersTime(t *testing.T) {
	t.Parallel()
	door := NewDoor(DoorLimits{Within: 200 * time.Millisecond})
	b := newBench(t, Options{Door: door, MaxFirst: 100, MaxFrame: 1000})
	first := true
	b.open = func(c *Conn) {
		if first {
			c.Admit()
			c.Admit() // once more does no harm
		}
		first = false
	}
	b.serve = func(c *Conn) error {
		for {
			_, text, err := c.Read(0)
			if err != nil {
				return err
			}
			c.Send(text)
		}
	}
	known, p := b.dial()
	stranger, q := b.dial()
	if n := door.Strangers(); n != 1 {
		t.Errorf("%d strangers", n)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, _, err := stranger.Read(ctx)
	if websocket.CloseStatus(err) != websocket.StatusPolicyViolation || !strings.Contains(err.Error(), "no valid token within 200ms") {
		t.Errorf("ended with %v", err)
	}
	_ = q.ended(t)
	large := strings.Repeat("x", 500)
	write(t, known, large)
	if got := read(t, known); got != large {
		t.Errorf("got %d bytes", len(got))
	}
	p.Drop()
	_ = p.ended(t)
	within(t, "Close", b.Close)
	if n := door.Strangers(); n != 0 {
		t.Errorf("%d strangers are left", n)
	}
}

// A stranger that does not answer the close frame is gone as well.
func TestStrangerWhoDoesNotRead(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{Door: NewDoor(DoorLimits{Within: 10 * time.Millisecond})})
	_, p := b.dial()
	_ = p.ended(t)
}

func TestAddressOf(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"192.0.2.1:5": "192.0.2.1", "[2001:db8:1:2:3::4]:5": "2001:db8:1:2::/64", "[::ffff:192.0.2.1]:5": "192.0.2.1", "@": "nowhere",
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = from
		r.Header.Set("X-Forwarded-For", "198.51.100.1") // for anybody to write
		if got := addressOf(r); got != want {
			t.Errorf("%s is counted as %q, want %q", from, got, want)
		}
	}
}
