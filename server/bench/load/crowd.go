package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
)

// crowd is a listener for connections from within this process, each from an address of
// its own: as many people as there are behind a balancer, without a file descriptor each
// here. The balancer's connections to the replicas are TCP.
type crowd struct {
	come   chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newCrowd() *crowd { return &crowd{come: make(chan net.Conn), closed: make(chan struct{})} }

// address is that of the nth person, in 10.0.0.0/8.
func address(n int) net.Addr {
	return &net.TCPAddr{IP: net.IPv4(10, byte(n>>16), byte(n>>8), byte(n)), Port: 40000}
}

// from is a connection as the balancer sees it.
type from struct {
	net.Conn
	addr net.Addr
}

func (c from) RemoteAddr() net.Addr { return c.addr }

// dial connects the nth person.
func (c *crowd) dial(ctx context.Context, n int) (net.Conn, error) {
	mine, theirs := net.Pipe()
	select {
	case c.come <- from{theirs, address(n)}:
		return mine, nil
	case <-c.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, fmt.Errorf("connect to the balancer: %w", ctx.Err())
	}
}

// transport sends requests of the nth person.
func (c *crowd) transport(n int) *http.Transport {
	return &http.Transport{
		DialContext:         func(ctx context.Context, _, _ string) (net.Conn, error) { return c.dial(ctx, n) },
		MaxIdleConnsPerHost: 64,
		DisableCompression:  true,
	}
}

// Accept implements net.Listener.
func (c *crowd) Accept() (net.Conn, error) {
	select {
	case conn := <-c.come:
		return conn, nil
	case <-c.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (c *crowd) Close() error {
	c.once.Do(func() { close(c.closed) })
	return nil
}

// Addr implements net.Listener.
func (c *crowd) Addr() net.Addr { return address(0) }
