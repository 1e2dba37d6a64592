package escalation_test

import (
	"strings"
	"testing"
	"time"

	"escalate/server/escalation"
)

func TestInvite(t *testing.T) {
	w := newWorld(t, func(c *escalation.Config) { c.Brand = "Acme" })
	base := escalation.Escalation{Code: "abc2345", Status: escalation.Invited, Agent: escalation.AgentRef{Name: "Ana"}, ValidUntil: w.clock().Add(time.Hour)}
	for _, c := range []struct {
		name, lang string
		edit       func(*escalation.Escalation)
		want, not  string
	}{
		{"English", "en", nil, "Ana (Acme) invites you", ""},
		{"no language", "", nil, "works for 60 minutes", ""},
		{"a moment after it was made", "", func(e *escalation.Escalation) { e.ValidUntil = w.clock().Add(time.Hour - 300*time.Millisecond) }, "works for 60 minutes", ""},
		{"a day, a moment after", "", func(e *escalation.Escalation) { e.ValidUntil = w.clock().Add(24*time.Hour - time.Second) }, "24 hours", ""},
		{"unknown language", "xx", nil, "invites you", ""},
		{"region", "de-AT", nil, "gilt 60 Minuten", ""},
		{"underscore and capitals", "PT_BR", nil, "convida", ""},
		{"French", "fr", nil, "vous invite", ""},
		{"Spanish", "es", nil, "le invita", ""},
		{"not recorded", "en", nil, "not recorded", ""},
		{"recorded", "en", func(e *escalation.Escalation) { e.Recording = true }, "will be recorded", "not recorded"},
		{"hours", "en", func(e *escalation.Escalation) { e.ValidUntil = w.clock().Add(24 * time.Hour) }, "24 hours", ""},
		{"agent is in", "en", func(e *escalation.Escalation) { e.Status = escalation.Open }, "invites", "minutes"},
		{"no name", "en", func(e *escalation.Escalation) { e.Agent.Name = "" }, "Your agent (Acme)", ""},
		{"long name", "en", func(e *escalation.Escalation) { e.Agent.Name = strings.Repeat("x", 5000) }, "invites", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := base
			if c.edit != nil {
				c.edit(&e)
			}
			got := w.Invite(e, c.lang)
			if !strings.Contains(got, c.want) || c.not != "" && strings.Contains(got, c.not) {
				t.Errorf("got %q, want %q, not %q", got, c.want, c.not)
			}
			if !strings.Contains(got, "https://video.example/join/abc2345") || len([]rune(got)) > 1600 || strings.Contains(got, "%!") {
				t.Errorf("got %q", got)
			}
		})
	}
}
