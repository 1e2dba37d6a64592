package traces

import (
	"bytes"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	collector "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

func TestSettingsOfHeaders(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value string
		right bool
	}{
		{"X-Key=a%20key,b=c", true}, {"X Key=a", false}, {"X-Key=a%0Ab", false}, {"=a", false}, {"X-Key", false},
	} {
		var faults []string
		Settings(func(name, otherwise string) string {
			switch name {
			case "OTEL_EXPORTER_OTLP_ENDPOINT":
				return "http://collector:4318"
			case "OTEL_EXPORTER_OTLP_HEADERS":
				return c.value
			}
			return otherwise
		}, func(name, _ string) { faults = append(faults, name) })
		if right := len(faults) == 0; right != c.right {
			t.Errorf("%q: faults %q", c.value, faults)
		}
	}
}

// The collector's URL may have a key in its query, and is not logged.
func TestCollectorsURLIsNotLogged(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	e := newExporter(Config{URL: s.URL + "/v1/traces?key=SECRET"}, slog.New(slog.DiscardHandler))
	defer e.end()
	err := e.post(t.Context(), nil)
	if err == nil || strings.Contains(err.Error(), "SECRET") || !strings.Contains(err.Error(), "post spans: ") {
		t.Errorf("the error is %v", err)
	}
}

// What OpenTelemetry itself finds wrong is a line of our log.
func TestFaultsOfOpenTelemetryAreLogged(t *testing.T) {
	t.Setenv("OTEL_TRACES_SAMPLER", "sometimes")
	var log bytes.Buffer
	tr, err := Start(Config{URL: "http://127.0.0.1:1/"}, "blue-1", "v1", slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	tr.Close()
	if got := log.String(); !strings.Contains(got, "msg=OpenTelemetry") || !strings.Contains(got, "sometimes") {
		t.Errorf("the log says %q", got)
	}
}

// A stranger's trace is linked to, whatever it says of being recorded; an agent's goes on.
func TestWhoseTraceItIs(t *testing.T) {
	const trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
	got := make(chan *collector.ExportTraceServiceRequest, 1)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		m := &collector.ExportTraceServiceRequest{}
		if err == nil {
			err = proto.Unmarshal(b, m)
		}
		if err != nil {
			t.Errorf("read spans: %v", err)
		}
		got <- m
	}))
	defer s.Close()
	for _, c := range []struct {
		name, flags, authorization string
		continues                  bool
	}{
		{"a stranger's", "00", "", false}, {"a stranger's, to be recorded", "01", "", false}, {"an agent's", "01", "Bearer x", true},
	} {
		tr, err := Start(Config{URL: s.URL}, "blue-1", "v1", slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("traceparent", "00-"+trace+"-"+parent+"-"+c.flags)
		r.Header.Set("tracestate", "vendor=SECRET")
		if c.authorization != "" {
			r.Header.Set("Authorization", c.authorization)
		}
		_, done := tr.Request(r)
		done("/", http.MethodGet, http.StatusOK)
		tr.Close()
		select {
		case m := <-got:
			p := m.ResourceSpans[0].ScopeSpans[0].Spans[0]
			linked := len(p.Links) == 1 && len(p.ParentSpanId) == 0 && p.TraceState == "" && hex.EncodeToString(p.Links[0].TraceId) == trace
			if continues := hex.EncodeToString(p.TraceId) == trace; continues != c.continues || linked == c.continues {
				t.Errorf("%s: continues %t, linked %t: %v", c.name, continues, linked, p)
			}
		default:
			t.Errorf("%s: no span has arrived", c.name)
		}
	}
}
