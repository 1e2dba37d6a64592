package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/http/httputil"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// replicaHeader says which replica answered.
	replicaHeader = "X-Replica"
	// probeEvery is how often the balancer asks replicas whether they want clients; a
	// replica says for DRAIN_SECONDS that it does not before it goes.
	probeEvery = 250 * time.Millisecond
)

// balancer stands in front of the replicas, as one does in an installation: it asks each
// whether it is ready, gives requests to those that are in turn, passes on what comes as
// it comes, tells the client's address in X-Forwarded-For, and sends again what may be
// sent twice: a request that no replica took, and a GET that got no answer.
type balancer struct {
	url   string // for Twilio's callbacks
	crowd *crowd

	backends []*backend
	next     atomic.Uint64
	lean     *http.Transport
	servers  []*http.Server
	stop     context.CancelFunc
	wg       sync.WaitGroup // servers and probes
}

// backend is a replica as the balancer sees it.
type backend struct {
	addr, operator string // host:port of clients, and of health
	ready          atomic.Bool
}

func newBalancer(ctx context.Context, backends []*backend) (*balancer, error) {
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the balancer: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	b := &balancer{
		url: "http://" + ln.Addr().String(), crowd: newCrowd(), backends: backends, stop: stop,
		lean: &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true, ReadBufferSize: 2 << 10, WriteBufferSize: 2 << 10},
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetXForwarded()
			r.Out.Host, r.Out.URL.Scheme = r.In.Host, "http"
		},
		Transport:  b,
		BufferPool: &buffers{},
		ErrorLog:   log.New(io.Discard, "", 0),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			http.Error(w, "<h1>Bad Gateway</h1>", http.StatusBadGateway)
		},
	}
	for _, l := range []net.Listener{ln, b.crowd} {
		s := &http.Server{Handler: proxy, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
		b.servers = append(b.servers, s)
		b.wg.Go(func() { _ = s.Serve(l) })
	}
	for _, r := range backends {
		b.wg.Go(func() { r.probe(ctx) })
	}
	return b, nil
}

// close ends the balancer and all connections to it.
func (b *balancer) close() {
	b.stop()
	for _, s := range b.servers {
		_ = s.Close()
	}
	b.wg.Wait()
	b.lean.CloseIdleConnections()
}

// buffers are small, because thousands of streams are open and what comes in them is short.
type buffers struct{ pool sync.Pool }

func (p *buffers) Get() []byte {
	if b, ok := p.pool.Get().(*[]byte); ok {
		return *b
	}
	return make([]byte, 2<<10)
}

func (p *buffers) Put(b []byte) { p.pool.Put(&b) }

// probe asks the replica again and again whether it wants clients.
func (r *backend) probe(ctx context.Context) {
	client := &http.Client{Timeout: 2 * time.Second}
	defer client.CloseIdleConnections()
	for t := time.NewTicker(probeEvery); ; {
		r.ready.Store(r.answers(ctx, client))
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return
		}
	}
}

func (r *backend) answers(ctx context.Context, client *http.Client) bool {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.operator+"/readyz", nil)
	if err != nil {
		return false
	}
	resp, err := client.Do(q)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode == http.StatusOK
}

// order is the replicas to be tried: those that are ready, from the one whose turn it is, then the
// others, which may be better than their probes.
func (b *balancer) order() []*backend {
	turn := int(b.next.Add(1))
	var ready, others []*backend
	for i := range b.backends {
		r := b.backends[(turn+i)%len(b.backends)]
		if r.ready.Load() {
			ready = append(ready, r)
		} else {
			others = append(others, r)
		}
	}
	return append(ready, others...)
}

// RoundTrip implements http.RoundTripper for the proxy.
func (b *balancer) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	var errs []error
	for _, to := range b.order() {
		sent := false
		// The transport itself sends again what an idle connection did not take.
		q := r.Clone(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{WroteHeaders: func() { sent = true }}))
		q.URL.Host = to.addr
		if r.Body != nil {
			q.Body = io.NopCloser(bytes.NewReader(body))
		}
		resp, err := b.lean.RoundTrip(q)
		if err == nil {
			resp.Header.Set(replicaHeader, to.addr)
			return resp, nil
		}
		errs = append(errs, err)
		if r.Context().Err() != nil || sent && r.Method != http.MethodGet {
			break
		}
	}
	return nil, errors.Join(errs...)
}
