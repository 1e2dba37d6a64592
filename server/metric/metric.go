// Package metric adds metrics to a registry that several parts of a process share.
package metric

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// Register adds c, or returns the one of the same name that another part, or another
// replica in the same process, has added. With a nil r it returns c, which nobody reads.
func Register[C prometheus.Collector](r prometheus.Registerer, c C) C {
	if r == nil {
		return c
	}
	var dup prometheus.AlreadyRegisteredError
	if err := r.Register(c); errors.As(err, &dup) {
		if old, ok := dup.ExistingCollector.(C); ok {
			return old
		}
	}
	return c
}

// Refusals returns what counts requests that were one too many, by the limit that was
// used up; the parts that have limits share it.
func Refusals(r prometheus.Registerer) *prometheus.CounterVec {
	return Register(r, prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "escalate_refusals_total",
		Help: "Requests refused because they were too many, by the limit that was used up.",
	}, []string{"limit"}))
}
