package core

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"escalate/server/news"
)

// shape is what a metric's series look like.
type shape struct {
	labels    []string
	histogram bool
}

var (
	description = regexp.MustCompile(`^Desc\{fqName: ("(?:[^"\\]|\\.)*"), help: ("(?:[^"\\]|\\.)*"), (?:unit: "[^"]*", )?constLabels: \{(.*)\}, variableLabels: \{(.*)\}\}$`)
	constLabel  = regexp.MustCompile(`([a-z_]+)="`)
)

// shapes returns every metric that a registry may show, also those without a series yet.
func shapes(t *testing.T, r *prometheus.Registry) map[string]shape {
	t.Helper()
	all := map[string]shape{}
	for text := range described(r) {
		m := description.FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("cannot read %s", text)
		}
		name, err := strconv.Unquote(m[1])
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		help, err := strconv.Unquote(m[2])
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var variable []string
		if m[4] != "" {
			variable = strings.Split(m[4], ",")
		}
		s := shape{labels: slices.Clone(variable)}
		for _, l := range constLabel.FindAllStringSubmatch(m[3], -1) {
			s.labels = append(s.labels, l[1])
		}
		// A second one of the same description is refused with the first in hand, which alone knows its kind.
		// One with fixed labels, or of the runtime, is no histogram here.
		err = r.Register(prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, variable))
		var dup prometheus.AlreadyRegisteredError
		if errors.As(err, &dup) {
			switch dup.ExistingCollector.(type) {
			case *prometheus.HistogramVec, prometheus.Histogram:
				s.histogram = true
			}
		}
		all[name] = s
	}
	return all
}

// described returns the descriptions of all metrics.
func described(r *prometheus.Registry) map[string]bool {
	descs := make(chan *prometheus.Desc)
	go func() {
		r.Describe(descs)
		close(descs)
	}()
	all := map[string]bool{}
	for d := range descs {
		all[d.String()] = true
	}
	return all
}

// selector is a series in a query, with what it wants of labels; grouping the labels of "by".
var (
	selector = regexp.MustCompile(`\b((?:escalate|go|process)_[a-z0-9_]+|up)\b(\{[^}]*\})?`)
	grouping = regexp.MustCompile(`\bby \(([^)]*)\)`)
	matcher  = regexp.MustCompile(`([a-z_]+)\s*[!=]~?"`)
)

// scraped are the labels that Prometheus adds to every series.
func scraped() []string { return []string{"job", "instance"} }

// wrong returns what a query names that there is not.
func wrong(query string, all map[string]shape) (faults []string) {
	by := scraped()
	// A label may be called what a metric is.
	for _, s := range selector.FindAllStringSubmatch(grouping.ReplaceAllString(query, ""), -1) {
		name, base := s[1], s[1]
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			if plain, ok := strings.CutSuffix(name, suffix); ok && all[plain].histogram {
				base = plain
			}
		}
		found, ok := all[base]
		switch {
		case name == "up":
		case !ok:
			faults = append(faults, "there is no series "+name)
		case found.histogram && base == name:
			faults = append(faults, name+" is a histogram: it has _bucket, _sum and _count")
		}
		labels := slices.Concat(scraped(), found.labels)
		if found.histogram && strings.HasSuffix(name, "_bucket") {
			labels = append(labels, "le")
		}
		by = append(by, labels...)
		for _, l := range matcher.FindAllStringSubmatch(s[2], -1) {
			if !slices.Contains(labels, l[1]) {
				faults = append(faults, fmt.Sprintf("%s has no label %s", name, l[1]))
			}
		}
	}
	for _, g := range grouping.FindAllStringSubmatch(query, -1) {
		for _, l := range strings.Split(g[1], ",") {
			if !slices.Contains(by, strings.TrimSpace(l)) {
				faults = append(faults, "nothing has the label "+strings.TrimSpace(l))
			}
		}
	}
	return faults
}

// TestQueriesNameSeries holds every query of the dashboard and the alerts to the metrics that there are. That
// they can be parsed is a test of docs/operate/check.
func TestQueriesNameSeries(t *testing.T) {
	needWASM(t)
	s, err := Start(t.Context(), config(t, map[string]string{"TEMPLATE_ENDPOINTS": "true", "PUBLIC_URL": "https://localhost"}))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	line, err := news.Connect(news.Config{URL: "nats://127.0.0.1:1", Topic: "IS1", Name: t.Name(), Metrics: s.registry})
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	all := shapes(t, s.registry)
	for query, fault := range map[string]string{
		`sum(rate(escalate_gone_total[5m]))`:                                          "there is no series escalate_gone_total",
		`escalate_http_request_duration_seconds`:                                      "is a histogram",
		`escalate_live{colour="red"}`:                                                 "has no label colour",
		`sum by (instance, colour) (escalate_live)`:                                   "nothing has the label colour",
		`sum by (le, route) (rate(escalate_http_request_duration_seconds_count[5m]))`: "nothing has the label le",
	} {
		if faults := wrong(query, all); len(faults) != 1 || !strings.Contains(faults[0], fault) {
			t.Errorf("%s: %q, want %q", query, faults, fault)
		}
	}
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join("..", "..", "docs", "operate", name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var queries []string
	for _, m := range regexp.MustCompile(`(?m)^ +expr: (.+)$`).FindAllSubmatch(read("alerts.yaml"), -1) {
		queries = append(queries, string(m[1]))
	}
	var dashboard struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	if err := json.Unmarshal(read("dashboard.json"), &dashboard); err != nil {
		t.Fatal(err)
	}
	for _, p := range dashboard.Panels {
		for _, q := range p.Targets {
			queries = append(queries, q.Expr)
		}
	}
	for _, q := range queries {
		for _, fault := range wrong(q, all) {
			t.Errorf("%s: %s", q, fault)
		}
	}
	if len(queries) < 40 {
		t.Errorf("there are %d queries", len(queries))
	}
}
