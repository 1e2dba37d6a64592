package traces

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"
)

// Config is which collector is told, by OpenTelemetry's names of the settings.
type Config struct {
	URL     string            // to post to; empty for no collector
	Headers map[string]string // such as a key of the collector's
	Timeout time.Duration     // of one post; 0 is 10 seconds
}

// Settings reads them. fault is told of each that is wrong, and the remedy.
func Settings(get func(name, otherwise string) string, fault func(name, remedy string)) Config {
	const endpoint, traces = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	// What is for traces alone wins.
	of := func(what, otherwise string) string {
		return get("OTEL_EXPORTER_OTLP_TRACES_"+what, get("OTEL_EXPORTER_OTLP_"+what, otherwise))
	}
	name, c := traces, Config{URL: get(traces, "")}
	base, protocol, keys, timeout := get(endpoint, ""), of("PROTOCOL", "http/protobuf"), of("HEADERS", ""), of("TIMEOUT", "")
	if c.URL == "" {
		if base == "" {
			return c
		}
		name, c.URL = endpoint, strings.TrimRight(base, "/")+"/v1/traces"
	}
	if u, err := url.Parse(c.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		fault(name, "must be the URL of an OpenTelemetry collector, such as http://collector:4318")
	}
	if protocol != "http/protobuf" {
		fault("OTEL_EXPORTER_OTLP_PROTOCOL", "must be http/protobuf: no other is spoken")
	}
	var err error
	if c.Headers, err = headers(keys); err != nil {
		fault("OTEL_EXPORTER_OTLP_HEADERS", "must be name=value, several with commas between them, values as in a URL")
	}
	if timeout != "" {
		ms, err := strconv.Atoi(timeout)
		if err != nil || ms <= 0 {
			fault("OTEL_EXPORTER_OTLP_TIMEOUT", "must be a number of milliseconds")
		}
		c.Timeout = time.Duration(ms) * time.Millisecond
	}
	return c
}

// errHeader is the error of a header that cannot be read.
var errHeader = errors.New("not name=value")

func headers(s string) (map[string]string, error) {
	all := map[string]string{}
	for pair := range strings.SplitSeq(s, ",") {
		if pair = strings.TrimSpace(pair); pair == "" {
			continue
		}
		name, value, ok := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		// What is no header would fail at each post, and all traces be lost.
		if name = strings.TrimSpace(name); !ok || err != nil || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			return nil, errHeader
		}
		all[name] = value
	}
	return all, nil
}
