package metric

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func TestRegister(t *testing.T) {
	t.Parallel()
	c := func() prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "things_total", Help: "Things."})
	}
	r := prometheus.NewRegistry()
	first := Register(r, c())
	if second := Register(r, c()); second != first {
		t.Error("two counters have one name")
	}
	if first == Register(nil, c()) {
		t.Error("without a registry the counter is not a new one")
	}
	if all, err := r.Gather(); err != nil || len(all) != 1 {
		t.Errorf("%d metrics are registered, %v", len(all), err)
	}
}
