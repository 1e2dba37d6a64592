// Package socket keeps the WebSockets of a server: it accepts them, queues what is sent so
// that nobody waits for a slow reader, ends them when their time is up, and waits for all of
// them when the server closes. What is said on them is its callers' business.
//
// A Group has the sockets of one server, each with a Handler that the server makes for it.
// Two goroutines serve a Conn: the one that accepted it runs Handler.Serve and reads, and
// another writes the queue and calls Handler.Beat. Both have ended when Group.Serve returns.
//
// A Conn ends without a close frame, whoever ends it: a client that was told code 1000 would
// take it for its own doing, and one that was not comes back. Only who has shown no token in
// time is told so; see Door.
package socket

import (
	"context"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"
)

// Type is what a frame has in it.
type Type = websocket.MessageType

// The types of a frame.
const (
	Text   = websocket.MessageText
	Binary = websocket.MessageBinary
)

// Handler is what a server makes of one Conn.
type Handler interface {
	// Serve reads from the Conn. It is over when Serve returns.
	Serve()
	// Beat is called every Options.Beat, on the goroutine that writes. An error ends the Conn.
	Beat() error
}

// Options say what the sockets of a Group have in common. Type and Queue are required.
type Options struct {
	Type     Type  // of what is sent
	Queue    int   // how many frames a client may lag behind before its Conn is dropped
	MaxFrame int64 // in bytes, of what is read; 32 KiB when zero

	// Door counts clients until Conn.Admit is called, and closes the Conn of one that takes too
	// long, with code 1008 and a reason. nil lets everybody in.
	Door *Door
	// MaxFirst is MaxFrame until then; the same when zero.
	MaxFirst int64

	// MaxConns bounds the sockets at a time; further requests are refused with 503. Zero
	// accepts all of them.
	MaxConns int

	// Limit makes the limit of what is read from one Conn: beyond it reading waits, and the
	// client with it when its own buffers are full. nil is no limit.
	Limit func() *rate.Limiter

	// Beat is how often Handlers are called while nothing is said, zero for never. With
	// Quiet it counts from the last frame that was written.
	Beat  time.Duration
	Quiet bool

	// WriteTimeout ends a Conn whose client has stopped reading, 10 s when zero.
	WriteTimeout time.Duration

	Log *slog.Logger // nil discards
}

const defaultWriteTimeout = 10 * time.Second

// Group is the sockets of one server, and the work that its end has to wait for. H is what
// the server makes of each.
type Group[H Handler] struct {
	opts   Options
	ctx    context.Context // ends when Close is called
	cancel context.CancelFunc

	mu     sync.Mutex // guards what follows
	closed bool
	count  int            // sockets, those included that are being opened
	conns  map[*Conn]H    // those that are open
	wg     sync.WaitGroup // sockets and timers at work; Add only while !closed
}

// NewGroup returns a Group without sockets.
func NewGroup[H Handler](o Options) *Group[H] {
	if o.WriteTimeout <= 0 {
		o.WriteTimeout = defaultWriteTimeout
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	g := &Group[H]{opts: o, conns: map[*Conn]H{}}
	g.ctx, g.cancel = context.WithCancel(context.Background())
	return g
}

// Context ends when Close is called.
func (g *Group[H]) Context() context.Context { return g.ctx }

// Serve upgrades a request to a WebSocket and serves it with what open makes of it, until
// either side ends it. A page of any origin may connect: what lets a client in is the token
// that it shows, and there are no cookies.
//
// open is called before the client has its answer, so that it misses nothing that happens
// from then on: what it is sent is queued.
func (g *Group[H]) Serve(w http.ResponseWriter, r *http.Request, open func(*Conn) H) {
	c := newConn(g.ctx, g.opts)
	defer c.Drop()
	if c.door != nil {
		c.address = addressOf(r)
		if status, why := c.door.enter(c.address); status != 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(c.door.limits.Within.Seconds()))))
			http.Error(w, why, status)
			return
		}
		defer c.Admit() // whoever has gone waits no more
	}
	if !g.enter(c) {
		http.Error(w, "shutting down, or too many connections", http.StatusServiceUnavailable)
		return
	}
	defer g.leave(c)
	h := open(c)
	g.mu.Lock()
	g.conns[c] = h
	g.mu.Unlock()
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		g.opts.Log.Debug("upgrade refused", "err", err)
		return
	}
	c.serve(ws, h)
}

// enter counts a Conn that Close waits for, unless there are too many or it is closing
// already.
func (g *Group[H]) enter(c *Conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed || g.opts.MaxConns > 0 && g.count >= g.opts.MaxConns {
		return false
	}
	g.count++
	c.crowd = g.count
	g.wg.Add(1)
	return true
}

func (g *Group[H]) leave(c *Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.count--
	delete(g.conns, c)
	g.wg.Done()
}

// Len returns how many sockets there are.
func (g *Group[H]) Len() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.count
}

// All returns what the server has made of each socket, in no order.
func (g *Group[H]) All() []H {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Collect(maps.Values(g.conns))
}

// AfterFunc runs f once d has passed, unless the Group is closed by then. Close waits for f.
func (g *Group[H]) AfterFunc(d time.Duration, f func()) *time.Timer {
	return time.AfterFunc(d, func() {
		g.mu.Lock()
		if g.closed {
			g.mu.Unlock()
			return
		}
		g.wg.Add(1)
		g.mu.Unlock()
		defer g.wg.Done()
		f()
	})
}

// Close drops every Conn, and waits for all of them and for what AfterFunc runs. It may be
// called more than once.
func (g *Group[H]) Close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.cancel()
	g.wg.Wait()
}
