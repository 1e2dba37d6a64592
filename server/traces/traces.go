// Package traces tells an OpenTelemetry collector how a request went: from the click,
// through the handler and the use case, to each request to Twilio. Without a collector
// there is nothing of it: a nil *Traces does nothing.
package traces

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"escalate/server/twilioapi"
)

// closeWithin is how long Close tells the collector what is left. A stop of the whole
// server must not wait for a collector that is slow.
const closeWithin = 2 * time.Second

// Traces makes spans and sends them. What is sent on, in which portions and how much of it,
// is OpenTelemetry's own configuration (OTEL_TRACES_SAMPLER, OTEL_BSP_…,
// OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME).
type Traces struct {
	provider *sdk.TracerProvider
	exporter *exporter
	tracer   trace.Tracer
	incoming propagation.TraceContext
}

// Start begins to tell the collector, without waiting for it. It returns nil without one.
// replica and version say who tells.
func Start(c Config, replica, version string, log *slog.Logger) (*Traces, error) {
	if c.URL == "" {
		return nil, nil
	}
	own := resource.NewSchemaless(
		attribute.String("service.name", "escalate"), attribute.String("service.version", version), attribute.String("service.instance.id", replica),
	)
	env, err := resource.New(context.Background(), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("read OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	if own, err = resource.Merge(own, env); err != nil {
		return nil, fmt.Errorf("read OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	// OpenTelemetry has one handler for all of the process. Without ours it writes lines of its own.
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("OpenTelemetry", "err", err) }))
	e := newExporter(c, log)
	p := sdk.NewTracerProvider(sdk.WithResource(own), sdk.WithBatcher(e))
	return &Traces{provider: p, exporter: e, tracer: p.Tracer("escalate")}, nil
}

// Close tells the collector what is left, for two seconds at most, and ends.
func (t *Traces) Close() {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	_ = t.provider.ForceFlush(ctx) // what the collector does not take is lost
	t.exporter.end()               // nothing is under way after it, and what comes is dropped
	_ = t.provider.Shutdown(context.Background())
}

// Request begins the span of a request that has arrived: with an Authorization header, as
// agents' programs send, in the trace that its client has begun, if any; else in one of our
// own that links to it, since no stranger decides what is traced. done ends it, with what
// is known of the request then: the route is a template, since paths hold codes.
func (t *Traces) Request(r *http.Request) (_ *http.Request, done func(route, method string, status int)) {
	if t == nil {
		return r, nil
	}
	ctx, options := r.Context(), []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindServer)}
	given := t.incoming.Extract(ctx, propagation.HeaderCarrier(r.Header))
	if r.Header.Get("Authorization") != "" {
		ctx = given
	} else if client := trace.SpanContextFromContext(given); client.IsValid() {
		options = append(options, trace.WithLinks(trace.Link{SpanContext: client.WithTraceState(trace.TraceState{})}))
	}
	ctx, span := t.tracer.Start(ctx, "HTTP", options...)
	return r.WithContext(ctx), func(route, method string, status int) {
		span.SetName(method + " " + route)
		span.SetAttributes(attribute.String("http.request.method", method), attribute.String("http.route", route), attribute.Int("http.response.status_code", status))
		if status >= 500 {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// use begins the span of a use case. done ends it. An error's words stay out: they may
// hold what is in the log only.
func (t *Traces) use(ctx context.Context, name string) (_ context.Context, done func(error)) {
	ctx, span := t.tracer.Start(ctx, name)
	return ctx, func(err error) {
		if err != nil {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// Twilio begins the span of a request to Twilio, within a trace that there is: what nobody
// waits for begins none. done ends it; status is 0 without an answer, id Twilio's id of
// the request.
func (t *Traces) Twilio(ctx context.Context, c twilioapi.Traced) (done func(status int, id string)) {
	if !trace.SpanFromContext(ctx).IsRecording() {
		return func(int, string) {}
	}
	_, span := t.tracer.Start(ctx, c.Method+" "+c.Template, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("http.request.method", c.Method), attribute.String("url.template", c.Template),
		attribute.String("server.address", c.Product+".twilio.com"), attribute.String("twilio.operation", c.Operation),
	))
	return func(status int, id string) {
		switch {
		case status == 0:
			span.SetAttributes(attribute.String("error.type", "no_answer"))
			span.SetStatus(codes.Error, "")
		default:
			span.SetAttributes(attribute.Int("http.response.status_code", status))
			if status >= 400 {
				span.SetAttributes(attribute.String("error.type", fmt.Sprint(status)))
				span.SetStatus(codes.Error, "")
			}
		}
		if id != "" {
			span.SetAttributes(attribute.String("twilio.request_id", id))
		}
		span.End()
	}
}
