//go:build e2e

package e2e

import (
	"net"
	"strings"
	"testing"
)

// TestIPv6Loopback has a call on a machine that knows itself as ::1 alone: pages,
// signalling and media.
func TestIPv6Loopback(t *testing.T) {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skipf("this machine has no ::1: %v", err)
	}
	_ = l.Close()
	p := newParty(t, map[string]string{
		"ADDR": "[::1]:0", "LOCAL_TWILIO_ADDR": "[::1]:0", "LOCAL_MEDIA_ADDR": "[::1]:0", "LOCAL_TURN_ADDR": "[::1]:0",
	})
	if !strings.HasPrefix(p.link, "http://[::1]:") {
		t.Fatalf("the link is %s", p.link)
	}
	c := p.customer(t)
	c.read("Your connection is ready for the call.")
	p.agentIn()
	c.click("#join-button")
	p.bothTalk(c)
	c.quiet()
	p.desk.quiet()
}
