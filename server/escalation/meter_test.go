package escalation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"escalate/app/wire"
	"escalate/server/escalation"
)

// metered is a world of two replicas, each with metrics of its own.
func metered(t *testing.T) (w *world, other *escalation.Service, all func() map[string]float64) {
	t.Helper()
	one, two := prometheus.NewRegistry(), prometheus.NewRegistry()
	w = newWorld(t, func(c *escalation.Config) { c.Metrics = one })
	w.Unpaced(func() {})
	other = escalation.New(escalation.Config{PublicURL: "https://video.example/", Now: w.clock, Metrics: two}, w.Deps())
	other.Unpaced(func() {})
	t.Cleanup(other.Close)
	return w, other, func() map[string]float64 {
		t.Helper()
		sum := map[string]float64{}
		for _, r := range []*prometheus.Registry{one, two} {
			for name, v := range values(t, r) {
				sum[name] += v
			}
		}
		return sum
	}
}

// values are a registry's series: of a histogram how often it was told, and what in sum.
func values(t *testing.T, r *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetValue())
			}
			name := strings.TrimPrefix(f.GetName(), "escalate_") + "/" + strings.Join(labels, "/")
			switch {
			case m.GetHistogram() != nil:
				all[name] = float64(m.GetHistogram().GetSampleCount())
				all[name+"/sum"] = m.GetHistogram().GetSampleSum()
			case m.GetCounter() != nil:
				all[name] = m.GetCounter().GetValue()
			default:
				all[name] = m.GetGauge().GetValue()
			}
		}
	}
	return all
}

// TestJoinFunnel goes through a call on two replicas in turn, with everything said
// twice: each step is counted once, and took as long as the Document says.
func TestJoinFunnel(t *testing.T) {
	t.Parallel()
	w, other, all := metered(t)
	e, _, err := w.Escalate(w.ctx, ana, task1, escalation.Invite{Send: true})
	if err != nil {
		t.Fatal(err)
	}
	code := e.Code
	if _, resumed, err := other.Escalate(w.ctx, ana, task1, escalation.Invite{Send: true}); err != nil || !resumed {
		t.Fatalf("escalated again: resumed %v, %v", resumed, err)
	}
	w.pass(20 * time.Second)
	for _, phase := range []wire.Phase{wire.PhaseOpened, wire.PhaseTrouble, wire.PhaseOpened} {
		if err := other.Progress(w.ctx, code, escalation.Progress{Phase: phase}); err != nil {
			t.Fatal(err)
		}
	}
	w.pass(5 * time.Second)
	w.agentIn(code)
	if j := must(other.JoinAsAgent(w.ctx, ana, code))(t); j.Token == "" {
		t.Error("the agent has no second token")
	}
	w.pass(5 * time.Second)
	first := w.customerIn(code)
	again := must(other.JoinAsCustomer(w.ctx, code, ""))(t)
	w.Rooms.Connect(again.Room, again.Identity)
	w.pass(2 * time.Second)
	w.tell("participant-connected", first)
	w.tell("participant-connected", again)
	for _, s := range []*escalation.Service{w.Service, other} {
		if _, err := s.Rate(w.ctx, code, again.Identity, 5, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := s.End(w.ctx, ana, code); err != nil {
			t.Fatal(err)
		}
	}
	got := all()
	for name, want := range map[string]float64{
		"escalations_total/escalated": 1, "escalations_total/invited": 1, "escalations_total/invited_again": 1, "escalations_total/opened": 1,
		"escalations_total/agent_joined": 1, "escalations_total/token": 1, "escalations_total/in_call": 1, "escalations_total/ended": 1,
		"escalations_total/expired": 0, "escalations_total/rated": 1,
		"join_seconds/escalated/opened": 1, "join_seconds/escalated/opened/sum": 20,
		"join_seconds/escalated/agent_joined": 1, "join_seconds/escalated/agent_joined/sum": 25,
		"join_seconds/escalated/in_call": 1, "join_seconds/escalated/in_call/sum": 32,
		"join_seconds/opened/in_call": 1, "join_seconds/opened/in_call/sum": 12,
	} {
		if v, there := got[name]; v != want || !there {
			t.Errorf("%s is %v, not %v", name, v, want)
		}
	}
}

// The age of a sweep is there before the first, begins anew with each that ends well,
// and grows with those that do not.
func TestRoundsHaveAnAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		registry := prometheus.NewRegistry()
		w := newWorld(t, func(c *escalation.Config) { c.Metrics = registry })
		expect := func(want float64) {
			t.Helper()
			for _, round := range []string{"sweep", "scan"} {
				if age, there := values(t, registry)["round_age_seconds/"+round]; age != want || !there {
					t.Errorf("the age of a %s is %v, not %v", round, age, want)
				}
			}
		}
		time.Sleep(40 * time.Second)
		expect(40)
		if err := w.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		expect(0)
		time.Sleep(20 * time.Second)
		w.Fail(func(string, string) error { return escalation.ErrUnavailable })
		if err := w.Sweep(t.Context()); err == nil {
			t.Fatal("a sweep without Twilio ends well")
		}
		expect(20)
		if v := values(t, registry); v["rounds_total/ok/sweep"] != 1 || v["rounds_total/failed/sweep"] != 1 {
			t.Errorf("sweeps are not counted: %v", v)
		}
	})
}

// TestCodesAreNoSeries escalates hundreds of Tasks: the number of series stays.
func TestCodesAreNoSeries(t *testing.T) {
	t.Parallel()
	w, _, all := metered(t)
	call := func(n int) {
		t.Helper()
		task := fmt.Sprintf("WT%032d", 1000+n)
		w.Twilio.Tasks.Add(task, ana.Worker, map[string]any{"conversationSid": chat1})
		e, _, err := w.Escalate(w.ctx, ana, task, escalation.Invite{Send: true})
		if err != nil {
			t.Fatal(err)
		}
		w.agentIn(e.Code)
		j := w.called(e.Code)
		if _, err := w.Rate(w.ctx, e.Code, j.Identity, 1+n%5, fmt.Sprint("comment ", n)); err != nil {
			t.Fatal(err)
		}
		if _, err := w.End(w.ctx, ana, e.Code); err != nil {
			t.Fatal(err)
		}
	}
	call(0)
	if err := w.Sweep(w.ctx); err != nil {
		t.Fatal(err)
	}
	names := func() (list []string) {
		for name := range all() {
			list = append(list, name)
		}
		return list
	}
	before := names()
	for n := range 300 {
		call(1 + n)
	}
	if err := w.Sweep(w.ctx); err != nil {
		t.Fatal(err)
	}
	for _, name := range names() {
		if !slices.Contains(before, name) {
			t.Errorf("a new series: %s", name)
		}
	}
	if n := all()["escalations_total/rated"]; n != 301 {
		t.Errorf("%v were rated", n)
	}
}
