package traces

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	collector "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/slim/otlp/common/v1"
	resource "go.opentelemetry.io/proto/slim/otlp/resource/v1"
	wire "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// sayAgain is how often a collector that does not take spans is logged.
const sayAgain = 10 * time.Minute

// exporter posts spans by OTLP over HTTP, as protobuf. OpenTelemetry's own exporter links
// gRPC also where it speaks HTTP: 8 MB of binary, and a quarter more CPU time at a start
// of everybody who has no collector. What is sent again, and what is dropped because too
// much waits, is the batcher's matter: nobody who serves a request waits for it.
type exporter struct {
	c      Config
	client *http.Client
	log    *slog.Logger
	ctx    context.Context // ends with end
	cancel context.CancelFunc

	mu   sync.Mutex // guards said
	said time.Time
}

func newExporter(c Config, log *slog.Logger) *exporter {
	if c.Timeout <= 0 {
		c.Timeout = 10 * time.Second
	}
	e := &exporter{c: c, log: log, client: &http.Client{
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute},
		Timeout:   c.Timeout,
	}}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	return e
}

// end breaks off what is under way.
func (e *exporter) end() {
	e.cancel()
	e.client.CloseIdleConnections()
}

// Shutdown is an sdk.SpanExporter's.
func (e *exporter) Shutdown(context.Context) error { return nil }

// ExportSpans is an sdk.SpanExporter's. What the collector does not take is lost, and
// logged now and then.
func (e *exporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(e.ctx, cancel)()
	if e.ctx.Err() != nil {
		return nil
	}
	if err := e.post(ctx, spans); err != nil && e.ctx.Err() == nil && e.mayLog() {
		e.log.Warn("the collector of traces takes none", "err", err)
	}
	return nil
}

// mayLog says whether enough time has passed since the last line.
func (e *exporter) mayLog() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Now()
	if !e.said.IsZero() && now.Sub(e.said) < sayAgain {
		return false
	}
	e.said = now
	return true
}

func (e *exporter) post(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	body, err := proto.Marshal(encode(spans))
	if err != nil {
		return fmt.Errorf("encode spans: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.c.URL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("post spans: %w", withoutURL(err))
	}
	for name, value := range e.c.Headers {
		r.Header.Set(name, value)
	}
	r.Header.Set("Content-Type", "application/x-protobuf")
	resp, err := e.client.Do(r)
	if err != nil {
		return fmt.Errorf("post spans: %w", withoutURL(err))
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection is used again
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("post spans: the collector answered %s", resp.Status)
	}
	return nil
}

// withoutURL is err without the collector's URL, whose query may hold a key.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// encode makes the message. All spans are of one provider and one tracer, and have no
// events.
func encode(spans []sdk.ReadOnlySpan) *collector.ExportTraceServiceRequest {
	scope := &wire.ScopeSpans{Scope: &common.InstrumentationScope{Name: "escalate"}}
	all := &wire.ResourceSpans{Resource: &resource.Resource{}, ScopeSpans: []*wire.ScopeSpans{scope}}
	for _, s := range spans {
		all.Resource.Attributes = attributes(s.Resource().Attributes())
		scope.Spans = append(scope.Spans, span(s))
	}
	return &collector.ExportTraceServiceRequest{ResourceSpans: []*wire.ResourceSpans{all}}
}

func span(s sdk.ReadOnlySpan) *wire.Span {
	c, parent := s.SpanContext(), s.Parent()
	id, of := c.SpanID(), c.TraceID()
	p := &wire.Span{
		TraceId: of[:], SpanId: id[:], TraceState: c.TraceState().String(), Flags: uint32(c.TraceFlags()),
		Name: s.Name(), Kind: kind(s.SpanKind()), Attributes: attributes(s.Attributes()), DroppedAttributesCount: uint32(s.DroppedAttributes()),
		StartTimeUnixNano: uint64(s.StartTime().UnixNano()), EndTimeUnixNano: uint64(s.EndTime().UnixNano()),
		Status: &wire.Status{},
	}
	for _, l := range s.Links() {
		of, to := l.SpanContext.TraceID(), l.SpanContext.SpanID()
		p.Links = append(p.Links, &wire.Span_Link{TraceId: of[:], SpanId: to[:], Flags: uint32(l.SpanContext.TraceFlags())})
	}
	if up := parent.SpanID(); up.IsValid() {
		p.ParentSpanId = up[:]
	}
	if s.Status().Code == codes.Error {
		p.Status.Code = wire.Status_STATUS_CODE_ERROR
	}
	return p
}

func kind(k trace.SpanKind) wire.Span_SpanKind {
	switch k {
	case trace.SpanKindServer:
		return wire.Span_SPAN_KIND_SERVER
	case trace.SpanKindClient:
		return wire.Span_SPAN_KIND_CLIENT
	}
	return wire.Span_SPAN_KIND_INTERNAL
}

// attributes encodes what there is: words and whole numbers; the rest, which only the
// environment can bring, as words.
func attributes(kvs []attribute.KeyValue) (list []*common.KeyValue) {
	for _, kv := range kvs {
		v := &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: kv.Value.String()}}
		if kv.Value.Type() == attribute.INT64 {
			v.Value = &common.AnyValue_IntValue{IntValue: kv.Value.AsInt64()}
		}
		list = append(list, &common.KeyValue{Key: string(kv.Key), Value: v})
	}
	return list
}
