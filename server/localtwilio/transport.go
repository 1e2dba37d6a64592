package localtwilio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"escalate/server/localtwilio/mcs"
	"escalate/server/localtwilio/rest"
)

// ErrNotTwilio is returned by Transport for a host that local Twilio does not
// answer for. It never makes a network call.
var ErrNotTwilio = errors.New("not a host that local Twilio answers for")

// Transport returns what answers requests to Twilio's REST hosts
// (video.twilio.com, iam.us1.twilio.com, …) in the process: the transport of the
// http.Client that a Twilio SDK is given.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ s *Server }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	body := io.ReadCloser(http.NoBody)
	if r.Body != nil {
		body = r.Body
		defer r.Body.Close() // RoundTrippers must, also on errors
	}
	// The caller's request must not change, and a handler needs a body.
	ctx := r.Context()
	q := r.Clone(ctx)
	q.Body, q.Host, q.RequestURI, q.RemoteAddr = body, r.URL.Hostname(), r.URL.RequestURI(), "127.0.0.1:0"
	target := rest.TargetOf(q)
	if !target.AtTwilio || target.Product != mcs.Product && !slices.Contains(rest.Products, target.Product) {
		return nil, fmt.Errorf("%s: %w", r.URL.Host, ErrNotTwilio)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w := &recorder{header: http.Header{}}
	t.s.answer(w, q, target)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return w.response(r), nil
}

// recorder keeps a handler's answer.
type recorder struct {
	header http.Header
	sent   http.Header // as it was at WriteHeader
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (w *recorder) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status, w.sent = status, w.header.Clone()
	}
}

// Write implements http.ResponseWriter.
func (w *recorder) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

func (w *recorder) response(r *http.Request) *http.Response {
	w.WriteHeader(http.StatusOK)
	return &http.Response{
		StatusCode: w.status, Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: w.sent,
		Body: io.NopCloser(bytes.NewReader(w.body.Bytes())), ContentLength: int64(w.body.Len()), Request: r,
	}
}
