package metric

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Process adds what is known of the process, and of what it was built from: go_*,
// process_*, and a gauge of the given name that is 1, with labels from build.
func Process(r prometheus.Registerer, name string, build prometheus.Labels) {
	Register[prometheus.Collector](r, collectors.NewGoCollector())
	Register[prometheus.Collector](r, collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	Register(r, prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: "1; its labels say what this was built from.", ConstLabels: build})).Set(1)
}
