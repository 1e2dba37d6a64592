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
		calls = 20
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
				for i := range max(calls/lines, 1) {
					b.comeAndGo(fmt.Sprint("guest", line, "-", i), (line+i)%3)
				}
			})
		}
	})
	b.onlyLeft(1, before)
}

// comeAndGo is one call, which ends in one of three ways.
func (b *bench) comeAndGo(identity string, how int) {
	b.t.Helper()
	c, _ := b.call(identity, "daily")
	switch how {
	case 0: // Room.disconnect
		c.msg(`{"type":"disconnect","session":"s"}`)
		c.write(`{"type":"bye"}`)
		c.closed()
		c.hangUp()
	case 1: // a page that is closed
		_ = c.ws.CloseNow()
		c.hangUp()
	case 2: // media that fails while signalling goes on
		c.hangUp()
		// The server may hear of the end before it has noticed that DTLS was up.
		c.expectError(codeMediaLost, codeDTLSFailed)
		_ = c.ws.CloseNow()
	}
}

func stacks() []byte {
	buf := make([]byte, 1<<20)
	return buf[:runtime.Stack(buf, true)]
}
