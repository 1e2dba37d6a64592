package e2e

import (
	"bytes"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/http/httputil"
	"path"
	"sync"
	"testing"
)

// balancer is what stands in front of replicas. A request goes to the first
// of them that accepts a connection; one that breaks off on the way is lost, as
// it would be with any balancer that does not know what may be sent twice.
type balancer struct {
	url      string
	replicas []string // host:port, the preferred first

	mu     sync.Mutex
	served map[string]string // last element of a path -> replica that got its latest request
}

// newBalancer makes a balancer that will find replicas at addrs.
func newBalancer(t *testing.T, addrs ...string) *balancer {
	t.Helper()
	b := &balancer{replicas: addrs, served: map[string]string{}}
	s := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetXForwarded()
			r.Out.Host, r.Out.URL.Scheme = r.In.Host, "http"
		},
		Transport: b,
		ErrorLog:  log.New(io.Discard, "", 0),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			http.Error(w, "<h1>Bad Gateway</h1>", http.StatusBadGateway)
		},
	})
	t.Cleanup(s.Close)
	b.url = s.URL
	return b
}

// RoundTrip implements http.RoundTripper for the proxy.
func (b *balancer) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	var body []byte
	if r.Body != nil {
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	for _, addr := range b.replicas {
		r.URL.Host = addr
		if r.Body != nil {
			r.Body = io.NopCloser(bytes.NewReader(body)) // one that was not taken was closed all the same
		}
		// Noted when the replica has the connection: what it does is seen elsewhere
		// before it answers.
		taken := httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.served[path.Base(r.URL.Path)] = addr
		}})
		var refused *net.OpError
		if resp, err = http.DefaultTransport.RoundTrip(r.WithContext(taken)); errors.As(err, &refused) && refused.Op == "dial" {
			continue
		}
		return resp, err
	}
	return resp, err
}

// replica tells who got the latest request whose path ends in name.
func (b *balancer) replica(name string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.served[name]
}
