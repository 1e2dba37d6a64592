package escalation_test

import (
	"testing"
	"time"

	"escalate/server/escalation"
)

func TestReceiptTellsHowTheLineDid(t *testing.T) {
	w := newWorld(t, nil)
	e := w.escalate(task1)
	a := w.agentIn(e.Code)
	first := w.customerIn(e.Code)
	report := func(identity string, l escalation.Line) {
		t.Helper()
		if err := w.Report(w.ctx, e.Code, identity, l); err != nil {
			t.Fatal(err)
		}
	}
	report("customer:"+e.Code+":stranger", escalation.Line{Reconnects: 9})
	report(first.Identity, escalation.Line{Reconnects: -1, Quality: 9}) // no page sends that
	report(first.Identity, escalation.Line{Reconnects: 2, Quality: 3})
	report(first.Identity, escalation.Line{Reconnects: 7, Quality: 0}) // a second report of one stay
	w.pass(time.Second)
	if err := w.Leave(w.ctx, e.Code, first.Identity); err != nil {
		t.Fatal(err)
	}
	second := w.customerIn(e.Code)
	w.pass(30 * time.Second)
	if _, err := w.End(w.ctx, ana, e.Code); err != nil {
		t.Fatal(err)
	}
	quality := func() any { return w.Tasks.Attributes(task1)["escalation"].(map[string]any)["quality"] }
	if q := quality(); q != 3.0 {
		t.Errorf("quality on the Task %v", q)
	}
	// Whoever the end has sent away reports after it.
	report(second.Identity, escalation.Line{Quality: 1})
	report(a.Identity, escalation.Line{Quality: 0}) // an agent's line is not the customer's
	got := must(w.Get(w.ctx, e.Code))(t)
	if r := got.Receipt; r == nil || r.Reconnects != 3 || r.Quality == nil || *r.Quality != 1 || !got.Settled {
		t.Errorf("receipt %+v, settled %t", r, got.Settled)
	}
	if q := quality(); q != 1.0 {
		t.Errorf("quality on the Task after the end %v", q)
	}
}
