package rsp

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

// Two hundred come with media, each for another to see, and go in one of the ways
// that browsers go. Then there is nothing left of them: no goroutine of
// signalling, of the SFU or of WebRTC, no connection and no session.
func TestTwoHundredCallsLeaveNothing(t *testing.T) {
	calls := 200
	if testing.Short() {
		calls = 24
	}
	b := newMediaBench(t, func(c *Config) { c.SessionTimeout, c.Heartbeat = 50*time.Millisecond, time.Minute })
	host, _ := b.call("host", "daily")
	host.send() // or what the server opens for the host might count as left over
	go func() { // the host's browser reads on
		for {
			if _, _, err := host.ws.Read(t.Context()); err != nil {
				return
			}
		}
	}()
	before := runtime.NumGoroutine()
	t.Run("calls", func(t *testing.T) {
		lines := runtime.GOMAXPROCS(0) // that go on at a time
		for line := range lines {
			t.Run(fmt.Sprint(line), func(t *testing.T) {
				t.Parallel()
				b := *b
				b.t = t
				for i := range (calls + lines*len(ways) - 1) / (lines * len(ways)) {
					b.comeAndGo(fmt.Sprint("guest", line, "-", i))
				}
			})
		}
	})
	b.onlyLeft(1, before)
}

// ways are how calls end. Two of each are under way at a time: they mostly wait for ICE.
var ways = [6]func(*caller){hangUpAndSay, hangUpAndSay, closePage, closePage, loseMedia, loseMedia}

// hangUpAndSay is Room.disconnect.
func hangUpAndSay(c *caller) {
	c.msg(`{"type":"disconnect","session":"s"}`)
	c.write(`{"type":"bye"}`)
	c.closed()
	c.hangUp()
}

// closePage is a page that is closed.
func closePage(c *caller) {
	_ = c.ws.CloseNow()
	c.hangUp()
}

// loseMedia is media that fails while signalling goes on.
func loseMedia(c *caller) {
	c.hangUp()
	c.expectError(codeMediaLost)
	_ = c.ws.CloseNow()
}

// comeAndGo is a call for each of the ways that it can end.
func (b *bench) comeAndGo(name string) {
	b.t.Helper()
	var callers [len(ways)]*caller
	for i := range callers {
		callers[i] = b.newCaller()
		callers[i].ring(fmt.Sprint(name, "-", i), "daily")
	}
	for i, c := range callers {
		c.up()
		ways[i](c)
	}
}

func stacks() []byte {
	buf := make([]byte, 1<<20)
	return buf[:runtime.Stack(buf, true)]
}
