package core

import (
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	spans "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// collected is a collector double.
type collected struct {
	mu    sync.Mutex
	spans []*spans.Span
	text  string // all that came, to look for secrets in
	key   string
}

func (c *collected) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var m collector.ExportTraceServiceRequest
	if err != nil || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" || proto.Unmarshal(body, &m) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.key = r.Header.Get("X-Key")
	c.text += string(body)
	for _, rs := range m.ResourceSpans {
		for _, ss := range rs.ScopeSpans {
			c.spans = append(c.spans, ss.Spans...)
		}
	}
}

// tree returns the spans of a trace by name, and the children of each by its id.
func tree(all []*spans.Span, trace string) (named map[string][]*spans.Span, children map[string][]string) {
	named, children = map[string][]*spans.Span{}, map[string][]string{}
	for _, s := range all {
		if hex.EncodeToString(s.TraceId) == trace {
			named[s.Name] = append(named[s.Name], s)
			children[string(s.ParentSpanId)] = append(children[string(s.ParentSpanId)], s.Name)
		}
	}
	return named, children
}

// TestTraces goes through a call: an escalation is one trace, in the one that its client
// has begun, from the request through the use case to each request to Twilio; and no
// code, token, key or name is in any of them.
func TestTraces(t *testing.T) {
	needWASM(t)
	c := &collected{}
	server := httptest.NewServer(c)
	defer server.Close()
	s, err := Start(t.Context(), config(t, map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": server.URL + "/", "OTEL_EXPORTER_OTLP_HEADERS": "X-Key=a%20key", "REPLICA_NAME": "blue-1",
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	j := newJourney(t, s)
	j.parent = "00-" + trace + "-" + parent + "-01"
	secrets := j.whole()
	s.Close() // what is left is sent

	c.mu.Lock()
	defer c.mu.Unlock()
	named, children := tree(c.spans, trace)
	root := named["POST /api/escalations"]
	if len(root) != 1 || hex.EncodeToString(root[0].ParentSpanId) != parent || root[0].Kind != spans.Span_SPAN_KIND_SERVER {
		t.Fatalf("%d requests of an escalation: %v", len(root), root)
	}
	use := named["Escalate"]
	if len(use) != 1 || string(use[0].ParentSpanId) != string(root[0].SpanId) {
		t.Fatalf("%d use cases: %v", len(use), use)
	}
	if below := children[string(root[0].SpanId)]; !slices.Contains(below, "POST /v1/Accounts/{AccountSid}/Tokens/validate") {
		t.Errorf("the look at the Flex token is not below the request: %q", below)
	}
	below := children[string(use[0].SpanId)]
	for _, want := range []string{
		"GET /v1/Workspaces/{WorkspaceSid}/Tasks/{Sid}", "POST /v1/Services/{ServiceSid}/Documents", "POST /v1/Workspaces/{WorkspaceSid}/Tasks/{Sid}",
		"POST /v1/Conversations/{ConversationSid}/Messages",
	} {
		if !slices.Contains(below, want) {
			t.Errorf("%s is not below the use case: %q", want, below)
		}
	}
	message := named["POST /v1/Conversations/{ConversationSid}/Messages"]
	if len(message) != 1 || message[0].Kind != spans.Span_SPAN_KIND_CLIENT || !strings.Contains(message[0].String(), "RQ") || !strings.Contains(message[0].String(), "conversations.twilio.com") {
		t.Errorf("the invite's request: %v", message)
	}
	for _, secret := range secrets {
		if strings.Contains(c.text, secret) {
			t.Errorf("%q is in a span", secret)
		}
	}
	if !strings.Contains(c.text, "blue-1") || c.key != "a key" {
		t.Errorf("the replica is not named, or the key is %q", c.key)
	}
}

// TestNobodyWaitsForTheCollector has one that takes connections and says nothing, and one
// that is not there: requests are answered, and the stop is bounded.
func TestNobodyWaitsForTheCollector(t *testing.T) {
	needWASM(t)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for _, endpoint := range []string{"http://" + silent.Addr().String(), "http://127.0.0.1:1"} {
		s, err := Start(t.Context(), config(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}))
		if err != nil {
			t.Fatal(err)
		}
		newJourney(t, s).whole()
		began := time.Now()
		s.traces.Close()
		// The time-out of a post is 10 seconds; a stop has 2.
		if took := time.Since(began); took > 8*time.Second {
			t.Errorf("%s: the end took %v", endpoint, took)
		}
		s.Close()
	}
}

// TestNoTraces: without a collector there is nothing of traces, and settings that are
// wrong are named.
func TestNoTraces(t *testing.T) {
	needWASM(t)
	s, err := Start(t.Context(), config(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.traces != nil {
		t.Error("there are traces without a collector")
	}
	_, err = FromEnv(func(name string) string {
		return map[string]string{
			"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_HEADERS": "key", "OTEL_EXPORTER_OTLP_TIMEOUT": "1s",
		}[name]
	})
	for _, want := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT must", "OTEL_EXPORTER_OTLP_PROTOCOL must", "OTEL_EXPORTER_OTLP_HEADERS must", "OTEL_EXPORTER_OTLP_TIMEOUT must"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}
