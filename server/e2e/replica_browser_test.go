//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"escalate/app/wire"
)

// TestReplicaIsKilledUnderPages is TestReplicaIsKilled with real pages: the
// agent's desk on a, the customer's page through the balancer on b.
func TestReplicaIsKilledUnderPages(t *testing.T) {
	f, b := newFleet(t), newBrowser(t)
	seen := ""
	for n := range rounds() {
		for _, ca := range []struct {
			name string
			play func(*fleet, *scene)
		}{
			{"waiting", (*fleet).killWhileWaiting},
			{"in the call", (*fleet).killInCall},
		} {
			t.Run(strconv.Itoa(n+1)+" "+ca.name, func(t *testing.T) {
				f.t = t
				s := f.stage(b, seen)
				seen = s.link
				ca.play(f, s)
				f.close(s)
			})
			if t.Failed() {
				return
			}
			f.b = f.start(1)
		}
	}
}

// scene is an escalation with its two pages.
type scene struct {
	desk, room, customer *tab
	link, code           string
}

// stage escalates and opens the customer's page, which b serves. before is the
// link of the scene before.
func (f *fleet) stage(b *browser, before string) *scene {
	f.t.Helper()
	s := &scene{desk: b.open(f.t, "desk", f.desk+"/demo/agent", 1400, 900)}
	s.room = s.desk.in(frame)
	s.desk.click("#video-button")
	newest := `[...d.querySelectorAll('#agent-messages a[href*="/join/"]')].at(-1)?.href`
	s.desk.until("a new link in the chat", fmt.Sprintf(`%s && %s !== %q`, newest, newest, before))
	if err := s.desk.eval(&s.link, "return "+newest); err != nil {
		f.t.Fatal(err)
	}
	s.code = codeIn(s.link)
	if !strings.HasPrefix(s.link, f.balancer.url+"/") {
		f.t.Fatalf("the link is %s, not at %s", s.link, f.balancer.url)
	}
	s.customer = b.open(f.t, "customer", s.link, 390, 844)
	s.customer.see("#join-button")
	s.customer.until("the page is up", `d.querySelector('[data-phase=green_room]') && w.goappNav`)
	s.room.see(`#agent-status[data-customer="opened"], #agent-status[data-customer="ready"]`)
	if at := f.balancer.replica(wire.ActionEvents); at != f.addrs[1] {
		f.t.Fatalf("the customer's events come from %s, not from b at %s", at, f.addrs[1])
	}
	return s
}

func (f *fleet) killWhileWaiting(s *scene) {
	s.customer.click("#join-button")
	s.customer.see("[data-phase=waiting]")
	f.b.kill()
	killed := time.Now()
	s.room.see(`#agent-status[data-customer="waiting"]`)
	noticed := time.Since(killed)
	s.room.click("#join-button")
	s.room.see("#leave-button")
	in := time.Since(killed)
	// Nobody touches the customer's page.
	s.customer.see("[data-phase=in_call]")
	joined := time.Since(killed)
	s.room.plays("the customer reaches the agent")
	s.customer.plays("the agent reaches the customer")
	s.customer.shot("carried on")
	f.t.Logf("after the kill: waiting seen by the agent %v, agent in %v, customer in by itself %v, both play %v",
		round(noticed), round(in), round(joined), round(time.Since(killed)))
}

func (f *fleet) killInCall(s *scene) {
	s.room.click("#join-button")
	s.room.see("#leave-button")
	s.customer.click("#join-button")
	s.room.plays("the customer reaches the agent")
	s.customer.plays("the agent reaches the customer")
	f.b.kill()
	killed := time.Now()
	s.room.plays("the customer reaches the agent without b")
	s.customer.plays("the agent reaches the customer without b")
	s.customer.until("no word of trouble", `!d.querySelector('.bar-warn:not([hidden])')`)
	// The stream of events comes back by itself, from a.
	eventually(f.t, "the customer's events come from a", func() bool { return f.balancer.replica(wire.ActionEvents) == f.addrs[0] })
	f.t.Logf("after the kill: both still play, the customer's events are back after %v", round(time.Since(killed)))
}

// close has the customer leave and rate, and sees to it that all of it arrived.
func (f *fleet) close(s *scene) {
	f.t.Helper()
	s.customer.click("#leave-button")
	s.customer.see("#rating-form")
	s.room.until("the customer's tile is gone", fmt.Sprintf(`!d.querySelector(%q)`, other))
	s.customer.click(`label[for="rating-5"]`)
	s.customer.fill("#rating-comment", "Carried on "+s.code)
	s.customer.click("#rating-send")
	s.customer.see("#rating-thanks")
	var task struct{ Attributes string }
	eventually(f.t, "the rating is on the Task", func() bool {
		f.rest(http.MethodGet, "/taskrouter/v1/Workspaces/"+f.twilio.find(f.t, `^TWILIO_WORKSPACE_SID=(\S+)$`)+
			"/Tasks/"+f.twilio.find(f.t, `^# Task (\S+)`), "", &task)
		return strings.Contains(task.Attributes, "Carried on "+s.code)
	})
	s.room.click("#leave-button")
	s.room.see("#join-button")
	if _, err := f.api("http://"+f.addrs[0]).End(f.t.Context(), s.code); err != nil {
		f.t.Fatal(err)
	}
	s.desk.quiet()
	s.customer.quiet()
}
