package twilioapi

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Sweeps use a quarter of the places; people all of them.
func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		registry := prometheus.NewRegistry()
		g := newGate(8, registry)
		persons := func(name string) float64 {
			families, err := registry.Gather()
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range families {
				for _, m := range f.GetMetric() {
					if f.GetName() == name && m.GetLabel()[0].GetValue() == "person" {
						return m.GetGauge().GetValue()
					}
				}
			}
			return 0
		}
		var leave []func()
		enter := func(background bool) bool {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			out, err := g.enter(ctx, background)
			if err != nil {
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("refused with %v", err)
				}
				return false
			}
			leave = append(leave, out)
			return true
		}
		for i := range 3 {
			if got, want := enter(true), i < 2; got != want {
				t.Errorf("in the background %d: %v", i, got)
			}
		}
		for i := range 7 {
			if got, want := enter(false), i < 6; got != want {
				t.Errorf("person %d: %v", i, got)
			}
		}
		if n := persons("escalate_twilio_requests_in_flight"); n != 6 {
			t.Errorf("%v persons' requests under way", n)
		}
		waits := make(chan bool)
		go func() { waits <- enter(false) }()
		synctest.Wait()
		if n := persons("escalate_twilio_requests_waiting"); n != 1 {
			t.Errorf("%v wait", n)
		}
		leave[0]() // one of the background
		if !<-waits {
			t.Error("nobody was let in when a place became free")
		}
		for _, f := range leave[1:] {
			f()
		}
		// Who gave up while waiting holds no place.
		for i := range 8 {
			if !enter(false) {
				t.Errorf("person %d is not let into an empty house", i)
			}
		}
	})
}
