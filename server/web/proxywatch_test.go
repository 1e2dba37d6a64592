package web

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"escalate/server/clientaddr"
)

// gauge reads a metric without labels.
func gauge(t *testing.T, r *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

func TestAProxyThatIsNotTrustedIsNoticed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		url     string
		trust   string
		header  string
		proxies int // addresses that the requests come from
		noticed bool
	}{
		{"one proxy", "https://video.example.com", "false", "X-Forwarded-For", 1, true},
		{"two balancers", "https://video.example.com", "", "X-Forwarded-For", 2, true},
		{"RFC 7239", "https://video.example.com", "", "Forwarded", 1, true},
		{"six balancers", "https://video.example.com", "", "X-Forwarded-For", 6, true},
		{"people who send it themselves", "https://video.example.com", "", "X-Forwarded-For", 20, false},
		{"one of many sends it", "https://video.example.com", "", "X-Forwarded-For", 1, false},
		{"no header", "https://video.example.com", "", "X-Other", 1, false},
		{"trusted", "https://video.example.com", "true", "X-Forwarded-For", 1, false},
		{"on this machine", "http://localhost:8080", "", "X-Forwarded-For", 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			g, clock := newRig(), newClock()
			p, err := clientaddr.Parse(c.trust)
			if err != nil {
				t.Fatal(err)
			}
			g.config.Proxies, g.config.PublicURL, g.config.Now = p, c.url, clock.now
			g.config.Log = slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelError}))
			h := g.handler()
			if c.name == "one of many sends it" {
				for i := range 5000 {
					r := call{"GET", "/robots.txt", "", nil}.request()
					r.RemoteAddr = fmt.Sprintf("198.51.%d.%d:9", i/250, i%250)
					serve(h, r)
				}
			}
			ask := func(n int) {
				for i := range n {
					r := call{"GET", "/robots.txt", "", headers(c.header, "for=203.0.113.7")}.request()
					r.RemoteAddr = fmt.Sprintf("10.0.0.%d:999", i%c.proxies)
					serve(h, r)
				}
			}
			ask(200)
			if got := strings.Count(out.String(), "ALL CLIENTS LOOK LIKE ONE"); got != map[bool]int{true: 1}[c.noticed] {
				t.Errorf("the log says it %d times: %s", got, out.String())
			}
			if c.trust != "true" && strings.HasPrefix(c.url, "https") {
				if got := gauge(t, g.config.Registry, "escalate_proxy_not_trusted"); (got == 1) != c.noticed {
					t.Errorf("metric %v, noticed %t", got, c.noticed)
				}
			}
			if c.name == "one of many sends it" {
				return
			}
			clock.forward(2 * time.Hour)
			ask(200)
			if got := strings.Count(out.String(), "ALL CLIENTS LOOK LIKE ONE"); got != map[bool]int{true: 2}[c.noticed] {
				t.Errorf("two hours later the log has said it %d times", got)
			}
		})
	}
}
