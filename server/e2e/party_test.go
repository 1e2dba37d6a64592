//go:build e2e

package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"escalate/server/core"
)

// party is an agent at the desk who has sent a link, and whoever opens it.
type party struct {
	t      *testing.T
	system *core.System
	b      *browser
	desk   *tab
	room   *tab // the Video Room tab in the desk
	link   string
	code   string
}

// newParty starts everything; the link is in the chat, nobody has joined.
func newParty(t *testing.T, settings map[string]string, flags ...chromedp.ExecAllocatorOption) *party {
	t.Helper()
	s := start(t, settings)
	p := &party{t: t, system: s, b: newBrowser(t, flags...)}
	p.desk = p.b.open(t, "desk", s.URL()+"/demo/agent", 1280, 800)
	p.room = p.desk.in(frame)
	p.invite()
	return p
}

// invite sends a link and reads it from the chat.
func (p *party) invite() {
	p.t.Helper()
	p.desk.click("#video-button")
	p.desk.until("the link in the chat", `d.querySelector('#agent-messages a[href*="/join/"]')`)
	if err := p.desk.eval(&p.link, `return [...d.querySelectorAll('#agent-messages a[href*="/join/"]')].at(-1).href`); err != nil {
		p.t.Fatal(err)
	}
	p.code = codeIn(p.link)
	p.room.see("#join-button")
}

// agentIn brings the agent into the Room.
func (p *party) agentIn() {
	p.t.Helper()
	p.room.click("#join-button")
	p.room.see("#leave-button")
}

// customer opens the link on a phone; the page's program is up.
func (p *party) customer(t *testing.T, actions ...step) *tab {
	t.Helper()
	c := p.b.open(t, "customer", p.link, 390, 844, actions...)
	c.ready()
	return c
}

// ready waits until the page's program runs.
func (p *tab) ready() {
	p.t.Helper()
	p.until("the program is up", `d.documentElement.dataset.start === 'ready'`)
}

// phase waits for a step of the page.
func (p *tab) phase(name string) {
	p.t.Helper()
	p.see(`[data-phase="` + name + `"]`)
}

// bothTalk waits until sound and picture arrive on both sides.
func (p *party) bothTalk(c *tab) {
	p.t.Helper()
	p.room.plays("the customer's picture and sound reach the agent")
	c.plays("the agent's picture and sound reach the customer")
}

// api is the URL of an action on the party's escalation.
func (p *party) api(action string) string {
	u := p.system.URL() + "/api/escalations/" + p.code
	if action != "" {
		u += "/" + action
	}
	return u
}

// post sends a form to local Twilio's REST API, as any program with the
// account's key could.
func (p *party) post(t *testing.T, path, form string) {
	t.Helper()
	a := p.system.Local().Account()
	r, err := http.NewRequest(http.MethodPost, p.system.Local().URL()+path, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(a.KeySID, a.KeySecret)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode >= 300 {
		t.Fatalf("POST %s: %s", path, res.Status)
	}
}

// codeIn is the code in a join link, without the tag.
func codeIn(link string) string {
	code, _, _ := strings.Cut(link[strings.LastIndex(link, "/")+1:], "-")
	return code
}
