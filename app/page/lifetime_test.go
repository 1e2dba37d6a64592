package page

import (
	"strings"
	"testing"
	"time"

	"escalate/app/wire"
)

func TestHowLongTheLinkWorks(t *testing.T) {
	s := invited()
	s.ValidUntil = time.Now().Add(30 * time.Minute)
	markup, err := Render(wire.JoinPath(s.Code), wire.Page{State: &s, Lang: "de"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`datetime="` + s.ValidUntil.UTC().Format(time.RFC3339) + `"`, "noch 30 Minuten", `data-words="Dieser Link gilt bis %s."`} {
		if !strings.Contains(markup, want) {
			t.Errorf("the server's page lacks %s", want)
		}
	}
	r, _ := joinRig(t, s)
	r.do(func() { r.host.clock = "4:30 PM" })
	r.until("the time of day", r.shows("until 4:30 PM."))
	r2, _ := joinRig(t, open(s))
	r2.until("nothing once the agent is in", func() bool { return !strings.Contains(r2.html(), LinkLife) })
}
