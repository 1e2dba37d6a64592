package web

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"escalate/app/wire"
)

func TestOperator(t *testing.T) {
	g := newRig()
	var trouble error
	g.deps.Ready = func(context.Context) error { return trouble }
	draining := false
	g.deps.Draining = func() bool { return draining }
	public, operator := g.handler(), Operator(g.config, g.deps)
	get := func(path string) (int, string) {
		w := do(t, operator, call{"GET", path, "", nil})
		return w.Code, w.Body.String()
	}
	if code, _ := get("/healthz"); code != http.StatusOK {
		t.Errorf("healthz: %d", code)
	}
	if code, _ := get("/readyz"); code != http.StatusOK {
		t.Errorf("readyz: %d", code)
	}
	trouble = errTest
	if code, body := get("/readyz"); code != http.StatusOK || !strings.HasPrefix(body, "degraded: ") {
		t.Errorf("readyz in trouble: %d %q", code, body)
	}
	if _, body := get("/metrics"); !strings.Contains(body, "escalate_degraded 1\n") {
		t.Error("the metrics do not say that it is degraded")
	}
	draining = true
	if code, body := get("/readyz"); code != http.StatusServiceUnavailable || body != "draining\n" {
		t.Errorf("readyz while it drains: %d %q", code, body)
	}
	if code, _ := get("/healthz"); code != http.StatusOK {
		t.Errorf("healthz while it drains: %d", code)
	}
	trouble, draining = nil, false
	if code, body := get("/readyz"); code != http.StatusOK || body != "ready\n" {
		t.Errorf("readyz after the trouble: %d %q", code, body)
	}

	do(t, public, call{"GET", wire.CodePath(liveCode, ""), "", nil})
	do(t, public, call{"GET", wire.CodePath("zzzzzzz", ""), "", nil})
	do(t, public, call{"BREW", "/coffee/" + liveCode, "", nil})
	_, body := get("/metrics")
	for _, want := range []string{
		`escalate_http_requests_total{method="GET",route="/api/escalations/{code}",status="200"} 1`,
		`escalate_http_requests_total{method="GET",route="/api/escalations/{code}",status="404"} 1`,
		`escalate_http_requests_total{method="other",route="none",status="404"} 1`,
		`escalate_http_request_duration_seconds_count{method="GET",route="/api/escalations/{code}"} 2`,
		`escalate_event_streams 0`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("metrics lack %s in\n%s", want, body)
		}
	}
	if strings.Contains(body, liveCode) {
		t.Error("the metrics hold a join code")
	}
	// The operator's endpoints are not for the public.
	for _, path := range []string{"/metrics", "/healthz", "/readyz"} {
		if w := do(t, public, call{"GET", path, "", nil}); w.Code != http.StatusNotFound {
			t.Errorf("%s on the public listener: %d", path, w.Code)
		}
	}
}

func TestTwoHandlersMayShareARegistry(t *testing.T) {
	g := newRig()
	g.config.Registry = prometheus.NewRegistry()
	do(t, g.handler(), call{"GET", "/robots.txt", "", nil})
	do(t, g.handler(), call{"GET", "/robots.txt", "", nil})
	body := do(t, Operator(g.config, g.deps), call{"GET", "/metrics", "", nil}).Body.String()
	if want := `route="/robots.txt",status="200"} 2`; !strings.Contains(body, want) {
		t.Errorf("metrics lack %s", want)
	}
}

func TestOpenStreamsAreCounted(t *testing.T) {
	g, changes, _ := watched(t)
	operator := Operator(g.config, g.deps)
	l := listen(t, start(t, g.handler(), nil), "")
	changes <- live()
	l.next()
	if body := do(t, operator, call{"GET", "/metrics", "", nil}).Body.String(); !strings.Contains(body, "escalate_event_streams 1") {
		t.Error("the open stream is not counted")
	}
}

func TestLogNamesRoutesAndNoSecrets(t *testing.T) {
	var out bytes.Buffer
	g := newRig()
	g.config.Log = slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h := g.handler()
	do(t, h, call{"GET", wire.CodePath(liveCode, ""), "", headers("X-Request-Id", "from-the-proxy")})
	do(t, h, call{"POST", wire.CodePath(liveCode, wire.ActionToken), "{}", asJSON()})
	do(t, h, call{"POST", wire.CodePath(liveCode, wire.ActionAgentToken), "{}", asAgent()})
	do(t, h, call{"GET", "/nowhere/" + liveCode, "", nil})
	do(t, h, call{"GET", "/?code=" + liveCode, "", nil})
	do(t, h, call{"GET", wire.JoinPath(liveCode), "", nil})
	w := do(t, h, call{"GET", "/robots.txt", "", headers("X-Request-Id", "bad\nid=1")})
	log := out.String()
	for _, want := range []string{
		`route=/api/escalations/{code} status=200`, "id=from-the-proxy", `method=POST route=/api/escalations/{code}/token status=200`,
		`route=none status=404`, `route=/join/{code}`, "ms=", "bytes=",
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %q:\n%s", want, log)
		}
	}
	for _, secret := range []string{liveCode, flexToken, "jwt-"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q:\n%s", secret, log)
		}
	}
	if id := w.Header().Get("X-Request-Id"); len(id) < 16 || strings.Contains(id, "bad") {
		t.Errorf("request id %q", id)
	}
}

func TestUnknownErrorsAreLoggedInFull(t *testing.T) {
	var out bytes.Buffer
	g := newRig()
	g.config.Log = slog.New(slog.NewTextHandler(&out, nil))
	failGet(errTest)(g)
	do(t, g.handler(), call{"GET", wire.CodePath(liveCode, ""), "", nil})
	if !strings.Contains(out.String(), errTest.Error()) || !strings.Contains(out.String(), "level=ERROR") {
		t.Errorf("log: %s", out.String())
	}
}
