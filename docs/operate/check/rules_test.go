// Package check holds the files of docs/operate to what reads them: Prometheus' own parsers, the one of
// compose, and the balancers and systemd where they are installed. It is a module of its own, so that go.mod
// stays the product's.
package check

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// read returns a file of docs/operate.
func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestAlerts parses the rules as Prometheus does, and wants a page of the runbook for each, and no others.
func TestAlerts(t *testing.T) {
	groups, errs := rulefmt.Parse(read(t, "alerts.yaml"), false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	for _, err := range errs {
		t.Errorf("alerts.yaml: %v", err)
	}
	if groups == nil {
		t.FailNow()
	}
	var named []string
	for _, g := range groups.Groups {
		for _, r := range g.Rules {
			named = append(named, r.Alert)
			if got, want := r.Annotations["runbook_url"], "runbook.md#"+strings.ToLower(r.Alert); got != want {
				t.Errorf("%s: the runbook_url is %q, want %q", r.Alert, got, want)
			}
			if r.Annotations["summary"] == "" || r.Labels["severity"] != "page" && r.Labels["severity"] != "ticket" {
				t.Errorf("%s needs a summary, and the severity page or ticket", r.Alert)
			}
		}
	}
	if len(named) < 10 {
		t.Errorf("there are %d alerts", len(named))
	}
	sections := strings.Split(string(read(t, "runbook.md")), "\n## ")[1:]
	var pages []string
	for _, section := range sections {
		name, text, _ := strings.Cut(section, "\n")
		pages = append(pages, name)
		for _, part := range []string{"**Means**:", "**People notice**:", "**Look at**:", "**Do**:"} {
			if !strings.Contains(text, part) {
				t.Errorf("the runbook's page %s has no %s", name, part)
			}
		}
	}
	if !slices.Equal(named, pages) {
		t.Errorf("the alerts are\n%q, the runbook's pages\n%q", named, pages)
	}
}

// variable is one of Grafana's in a query.
var variable = regexp.MustCompile(`\$(__)?[a-z_]+`)

// TestDashboard parses every query as Prometheus does, and holds panels to what Grafana wants of them.
func TestDashboard(t *testing.T) {
	var d struct {
		UID, Title string
		Panels     []struct {
			ID          int
			Type, Title string
			GridPos     struct{ H, W, X, Y int }
			Targets     []struct{ RefID, Expr string }
		}
		Templating struct{ List []struct{ Name string } }
	}
	if err := json.Unmarshal(read(t, "dashboard.json"), &d); err != nil {
		t.Fatal(err)
	}
	known := []string{"$__rate_interval"}
	for _, v := range d.Templating.List {
		known = append(known, "$"+v.Name)
	}
	ids, queries := map[int]bool{}, 0
	for _, p := range d.Panels {
		if p.ID == 0 || ids[p.ID] || p.Title == "" || p.GridPos.W == 0 || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("panel %d, %q: it needs an id of its own, a title and a place", p.ID, p.Title)
		}
		ids[p.ID] = true
		if (len(p.Targets) == 0) != (p.Type == "row") {
			t.Errorf("panel %q is a %s with %d queries", p.Title, p.Type, len(p.Targets))
		}
		for _, q := range p.Targets {
			queries++
			for _, v := range variable.FindAllString(q.Expr, -1) {
				if !slices.Contains(known, v) {
					t.Errorf("%s: %s is no variable of the dashboard", p.Title, v)
				}
			}
			text := strings.ReplaceAll(q.Expr, "$__rate_interval", "5m")
			if _, err := parser.NewParser(parser.Options{}).ParseExpr(text); err != nil {
				t.Errorf("%s, %s: %v", p.Title, q.Expr, err)
			}
		}
	}
	if queries < 20 {
		t.Errorf("there are %d queries", queries)
	}
}
