//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"escalate/server/certs"
	"escalate/server/core"
)

// TestPhoneOnTheLAN has the whole call by the machine's address in its network, by https
// with the certificate that a person has gone past: pages, signalling and media.
func TestPhoneOnTheLAN(t *testing.T) {
	addresses, err := certs.LAN()
	if err != nil {
		t.Fatal(err)
	}
	if len(addresses) == 0 {
		t.Skip("this machine is in no network: it has no address but loopback")
	}
	s := startAs(t, nil, func(c *core.Config) {
		if err := c.OnLAN(); err != nil {
			t.Fatal(err)
		}
	})
	if !strings.HasPrefix(s.URL(), "https://"+addresses[0].String()+":") {
		t.Fatalf("the server is at %s", s.URL())
	}
	p := &party{t: t, system: s, b: newBrowser(t, chromedp.Flag("ignore-certificate-errors", true))}
	p.desk = p.b.open(t, "desk", s.URL()+"/demo/agent", 1280, 800)
	p.room = p.desk.in(frame)
	p.invite()
	p.agentIn()
	c := p.customer(t)
	c.click("#join-button")
	p.bothTalk(c)
}
