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

// People who wait go before the background, whoever came first, and in order.
func TestGatePeopleFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(minConnections, nil)
		var leave []func()
		for range minConnections {
			out, err := g.enter(t.Context(), false)
			if err != nil {
				t.Fatal(err)
			}
			leave = append(leave, out)
		}
		entered := make(chan string, 3)
		for _, w := range []struct {
			name       string
			background bool
		}{{"sweep", true}, {"first", false}, {"second", false}} {
			go func() {
				out, err := g.enter(t.Context(), w.background)
				if err != nil {
					t.Errorf("%s: %v", w.name, err)
					return
				}
				entered <- w.name
				out()
			}()
			synctest.Wait()
		}
		leave[0]()
		for _, want := range []string{"first", "second", "sweep"} {
			if got := <-entered; got != want {
				t.Errorf("%s is let in, want %s", got, want)
			}
		}
		for _, f := range leave[1:] {
			f()
		}
	})
}

// However few the places, the background leaves one to people.
func TestGateLeavesAPlaceToPeople(t *testing.T) {
	for places := 2; places < 10; places++ {
		synctest.Test(t, func(t *testing.T) {
			g := newGate(places, nil)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			inside := 0
			for range places {
				if _, err := g.enter(ctx, true); err == nil {
					inside++
				}
			}
			if inside < 1 || inside >= places {
				t.Errorf("%d of %d places are the background's", inside, places)
			}
		})
	}
}
