package core

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"escalate/server/news"
)

// metricName is how a Desc writes its metric's name; it has no method that returns it.
var metricName = regexp.MustCompile(`fqName: "([^"]+)"`)

// registered returns the names of all metrics that a registry may show, also of those
// that have no series yet. The runtime's own are one each.
func registered(r *prometheus.Registry) map[string]bool {
	descs := make(chan *prometheus.Desc)
	go func() {
		r.Describe(descs)
		close(descs)
	}()
	names := map[string]bool{}
	for d := range descs {
		name := metricName.FindStringSubmatch(d.String())[1]
		for _, prefix := range []string{"go_", "process_"} {
			if strings.HasPrefix(name, prefix) {
				name = prefix + "*"
			}
		}
		names[name] = true
	}
	return names
}

// documented returns the names of the table of metrics in docs/operate.md.
func documented(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "operate.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n### Metrics\n")
	if !found {
		t.Fatal("docs/operate.md has no section Metrics")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	row := regexp.MustCompile("(?m)^\\| `([a-z0-9_*]+)`")
	names := map[string]bool{}
	for _, m := range row.FindAllStringSubmatch(section, -1) {
		if names[m[1]] {
			t.Errorf("%s is in the table twice", m[1])
		}
		names[m[1]] = true
	}
	return names
}

// TestMetricsAreDocumented holds the table of metrics to what there is, both ways.
func TestMetricsAreDocumented(t *testing.T) {
	needWASM(t)
	s, err := Start(t.Context(), config(t, map[string]string{"TEMPLATE_ENDPOINTS": "true", "PUBLIC_URL": "https://localhost"}))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	// What only NATS has: a line to one that is away has the same metrics.
	line, err := news.Connect(news.Config{URL: "nats://127.0.0.1:1", Topic: "IS1", Name: t.Name(), Metrics: s.registry})
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	there, told := registered(s.registry), documented(t)
	for name := range there {
		if !told[name] {
			t.Errorf("docs/operate.md has nothing about the metric %s", name)
		}
	}
	for name := range told {
		if !there[name] {
			t.Errorf("docs/operate.md tells of %s, which there is not", name)
		}
	}
	if len(there) < 20 {
		t.Errorf("there are %d metrics", len(there))
	}
}

// series returns every series that the operator's address shows, as name and labels,
// without those of Go's runtime.
func series(t *testing.T, s *System) (all []string) {
	t.Helper()
	res, err := http.Get("http://" + s.opAddr + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("GET /metrics: %s, %v", res.Status, err)
	}
	for lines := bufio.NewScanner(strings.NewReader(string(body))); lines.Scan(); {
		line := lines.Text()
		if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "go_") || strings.HasPrefix(line, "process_") {
			continue
		}
		all = append(all, line[:strings.LastIndex(line, " ")])
	}
	slices.Sort(all)
	return all
}

// TestSeriesDoNotGrow sends what clients choose freely: codes, paths, methods, hosts,
// and ids of requests. None of it becomes a series.
func TestSeriesDoNotGrow(t *testing.T) {
	needWASM(t)
	s, err := Start(t.Context(), config(t, map[string]string{"TEMPLATE_ENDPOINTS": "true", "PUBLIC_URL": "https://localhost"}))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	round := func(n int) {
		t.Helper()
		for _, request := range []struct{ method, path string }{
			{"GET", "/api/escalations/%07d"}, {"GET", "/api/escalations/%07d/events"}, {"GET", "/join/%07d"}, {"POST", "/api/escalations/%07d/leave"},
			{"GET", "/api/tasks/WT%032d"}, {"GET", "/features/flex-video/chat-to-video-escalation/%d"}, {"BREW%d", "/"}, {"GET", "/demo/%d"},
			{"GET", "/static/%d.js"}, {"GET", "/%d"},
		} {
			method, path := request.method, fmt.Sprintf(request.path, n)
			if strings.Contains(method, "%") {
				method, path = fmt.Sprintf(method, n), request.path
			}
			r, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.Addr()+path, strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("X-Request-Id", fmt.Sprintf("request-%d", n))
			r.Header.Set("Authorization", fmt.Sprintf("Bearer flex-%d", n))
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
		}
	}
	// Statuses and limits are few, and which come depends on the limits.
	few := regexp.MustCompile(`(status|limit)="[a-z0-9_]*"`)
	kinds := func() []string {
		all := []string{"escalate_refusals_total{limit}"}
		for _, name := range series(t, s) {
			all = append(all, few.ReplaceAllString(name, "$1"))
		}
		return all
	}
	for n := range 20 {
		round(n)
	}
	before := kinds()
	for n := range 300 {
		round(1000 + n)
	}
	for _, name := range kinds() {
		if !slices.Contains(before, name) {
			t.Errorf("a new series: %s", name)
		}
	}
}
