package standalone

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/mux"

	"escalate/server/demo"
	"escalate/server/localtwilio"
)

// desk is the demo on a local Twilio that runs alone: its Worker and Tasks,
// and, in front of a product, its pages. The zero desk is none.
type desk struct {
	demo   *demo.Demo
	seat   demo.Seat
	url    string // of the pages; empty without a product
	srv    *http.Server
	wg     sync.WaitGroup // srv's goroutine
	failed chan error     // nil without pages
}

// openDesk seeds local Twilio and serves the pages if there is a product.
func openDesk(ctx context.Context, s *localtwilio.Server, o options) (*desk, error) {
	d := &desk{}
	var err error
	if d.demo, err = demo.New(demo.Config{Local: s, Log: o.config.Log.With("part", "demo")}); err != nil {
		return nil, fmt.Errorf("set up the demo: %w", err)
	}
	if d.seat, err = d.demo.Seat(); err != nil {
		return nil, fmt.Errorf("find the demo's Worker: %w", err)
	}
	if o.product == "" {
		return d, nil
	}
	product, err := url.Parse(o.product)
	if err != nil {
		return nil, fmt.Errorf("read the product's URL: %w", err)
	}
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", o.desk)
	if err != nil {
		return nil, fmt.Errorf("listen on %s (-desk-addr chooses another address): %w", o.desk, err)
	}
	routes := mux.NewRouter().SkipClean(true).UseEncodedPath()
	d.demo.Routes(routes)
	// To the browser the desk and the product are one site, as in the product's own demo.
	routes.PathPrefix("/").Handler(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(product) }})
	d.url, d.failed = "http://"+ln.Addr().String(), make(chan error, 1)
	d.srv = &http.Server{Handler: routes, ReadHeaderTimeout: 5 * time.Second}
	d.wg.Go(func() {
		if err := d.srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			d.failed <- fmt.Errorf("serve the desk: %w", err)
		}
	})
	return d, nil
}

// tell prints whose desk it is and where.
func (d *desk) tell(w io.Writer) {
	if d.demo == nil {
		return
	}
	fmt.Fprintf(w, "# Worker %s (%s)\n", d.seat.Worker, d.seat.Name)
	for _, t := range d.seat.Tasks {
		fmt.Fprintf(w, "# Task %s (%s)\n", t.SID, t.Customer)
	}
	fmt.Fprintf(w, "# Flex token, until %s: %s\n", d.seat.Expires.Format(time.RFC3339), d.seat.Token)
	if d.url != "" {
		fmt.Fprintf(w, "ALLOWED_ORIGINS=%s\n# The agent's desk: %s/demo/agent   the customer's chat: %s/demo/chat\n", d.url, d.url, d.url)
	}
}

func (d *desk) close() {
	d.demo.Close() // its event streams would hold up the server
	if d.srv != nil {
		d.srv.Close()
	}
	d.wg.Wait()
}
