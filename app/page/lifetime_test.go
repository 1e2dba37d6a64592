package page

import (
	"strings"
	"testing"
	"time"

	"escalate/app/wire"
)

func TestLasts(t *testing.T) {
	for _, ca := range []struct {
		left time.Duration
		want string
	}{
		{time.Second, "one more minute"},
		{time.Minute, "one more minute"},
		{time.Minute + time.Second, "2 more minutes"},
		{59*time.Minute + time.Second, "one more hour"},
		{time.Hour, "one more hour"},
		{time.Hour + time.Minute, "61 more minutes"},
		{2 * time.Hour, "2 more hours"},
		{2*time.Hour + time.Second, "3 more hours"},
	} {
		if got := english.lasts(ca.left); !strings.Contains(got, ca.want) {
			t.Errorf("%v: %s, want %s", ca.left, got, ca.want)
		}
	}
}

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
