package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"

	"escalate/app/client"
)

// network is how customers and the agent reach the replicas. It is safe for concurrent use.
type network struct {
	base   string
	http   *http.Client
	failed atomic.Int64 // requests without an answer of ours
}

// newNetwork makes one. Each request has a connection of its own, as customers in different places have:
// the streams over HTTP/2 would share a few.
func newNetwork(base string) *network {
	t := &http.Transport{TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{}, DisableKeepAlives: true}
	return &network{base: strings.TrimRight(base, "/"), http: &http.Client{Transport: t}}
}

// failures returns how many requests had no answer of a replica so far.
func (n *network) failures() int64 { return n.failed.Load() }

// do sends a request and counts it when no replica answered.
func (n *network) do(r *http.Request) (*http.Response, error) {
	resp, err := n.http.Do(r)
	if r.Context().Err() == nil && (err != nil || resp.StatusCode >= http.StatusInternalServerError) {
		n.failed.Add(1)
	}
	return resp, err
}

// client is the API for whoever has the token; a nil token is a customer.
func (n *network) client(token func() string) *client.Client {
	return client.New(func(ctx context.Context, r client.Request) (client.Response, error) {
		q, err := http.NewRequestWithContext(ctx, r.Method, n.base+r.Path, bytes.NewReader(r.Body))
		if err != nil {
			return client.Response{}, fmt.Errorf("make a request: %w", err)
		}
		for name, value := range r.Header {
			q.Header.Set(name, value)
		}
		resp, err := n.do(q)
		if err != nil {
			return client.Response{}, err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		return client.Response{Status: resp.StatusCode, Body: body}, err
	}, token)
}
