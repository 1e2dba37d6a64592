package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// series are what /metrics of a replica shows.
type series map[string]*dto.MetricFamily

// scrape reads /metrics at host:port.
func scrape(ctx context.Context, addr string) (series, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, fmt.Errorf("read metrics: %w", err)
	}
	defer resp.Body.Close()
	p := expfmt.NewTextParser(model.UTF8Validation)
	s, err := p.TextToMetricFamilies(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("read metrics: %w", err)
	}
	return s, nil
}

// sum adds up counters and gauges of the name whose labels have the values: label to those
// that count.
func (s series) sum(name string, labels map[string][]string) (total float64) {
	for _, m := range s[name].GetMetric() {
		fits := true
		for _, l := range m.GetLabel() {
			if want, ok := labels[l.GetName()]; ok && !slices.Contains(want, l.GetValue()) {
				fits = false
			}
		}
		if fits {
			total += m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return total
}

// syncReads are the reads of Sync that a replica has made.
func (s series) syncReads() float64 {
	return s.sum("escalate_twilio_requests_total", map[string][]string{"product": {"sync"}, "operation": {"FetchDocument", "ListDocument"}})
}

// descriptors is how many file descriptors a process has open, 0 where there is no /proc.
func descriptors(pid int) int {
	all, err := os.ReadDir(filepath.Join("/proc", strconv.Itoa(pid), "fd"))
	if err != nil {
		return 0
	}
	return len(all)
}
