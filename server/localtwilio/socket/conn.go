package socket

import (
	"context"
	"sync"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"
)

// Conn is one WebSocket. Send, Admit, EndAfter, Endless and Drop may be called from any goroutine;
// the methods that read are Handler.Serve's, and Ping is Handler.Beat's.
type Conn struct {
	opts   Options
	ctx    context.Context
	cancel context.CancelFunc
	out    chan []byte
	limit  *rate.Limiter // of what is read; nil for none
	crowd  int
	ws     *websocket.Conn // set before Serve and Beat are called

	address string         // whom the door counts it as
	closing sync.WaitGroup // the goroutine that says why the Conn ends

	mu   sync.Mutex  // guards what follows
	end  *time.Timer // drops the Conn, nil for never
	door *Door       // nil once the client is no stranger
	late *time.Timer // says that it took too long; nil before the client has its answer
}

func newConn(ctx context.Context, o Options) *Conn {
	c := &Conn{opts: o, out: make(chan []byte, o.Queue), door: o.Door}
	c.ctx, c.cancel = context.WithCancel(ctx)
	if o.Limit != nil {
		c.limit = o.Limit()
	}
	return c
}

// serve runs both of the Conn's goroutines, and returns when they have ended.
func (c *Conn) serve(ws *websocket.Conn, h Handler) {
	c.ws = ws
	c.await()
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.write(h)
	}()
	h.Serve()
	c.Drop()
	c.Endless()
	c.Admit()
	_ = ws.CloseNow() // fails when the cancelled context has closed it already
	<-done
	c.closing.Wait()
}

// await gives a stranger its time.
func (c *Conn) await() {
	c.mu.Lock()
	defer c.mu.Unlock()
	limit := c.opts.MaxFrame
	if c.door != nil {
		door := c.door
		if c.opts.MaxFirst > 0 {
			limit = c.opts.MaxFirst
		}
		c.closing.Add(1)
		c.late = time.AfterFunc(door.limits.Within, func() {
			defer c.closing.Done()
			c.opts.Log.Info("connection closed: it has shown no valid token in time")
			_ = c.ws.Close(websocket.StatusPolicyViolation, door.late()) // whether it hears is its affair
		})
	}
	if limit > 0 {
		c.ws.SetReadLimit(limit)
	}
}

// Admit says that the client is no stranger: it has shown what it needs. Calling it again
// does nothing.
func (c *Conn) Admit() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.door == nil {
		return
	}
	c.door.leave(c.address)
	c.door = nil
	if c.late == nil {
		return
	}
	if c.late.Stop() {
		c.closing.Done()
	}
	if c.opts.MaxFrame > 0 {
		c.ws.SetReadLimit(c.opts.MaxFrame)
	}
}

// Crowd returns how many sockets there were in the Group when this one came, itself included.
func (c *Conn) Crowd() int { return c.crowd }

// Read waits for a frame, no longer than within when that is not zero. After an error,
// lateness included, the Conn is of no more use.
func (c *Conn) Read(within time.Duration) (Type, []byte, error) {
	ctx := c.ctx
	if within > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, within)
		defer cancel()
	}
	kind, b, err := c.ws.Read(ctx)
	if err == nil && c.limit != nil {
		err = c.limit.Wait(c.ctx)
	}
	return kind, b, err
}

// Send queues a frame. It never waits: a queue that is full drops the Conn.
func (c *Conn) Send(frame []byte) {
	select {
	case c.out <- frame:
	default:
		c.opts.Log.Info("connection dropped: it does not read")
		c.Drop()
	}
}

// Ping waits for the client to answer a ping.
func (c *Conn) Ping() error {
	ctx, cancel := context.WithTimeout(c.ctx, c.opts.WriteTimeout)
	defer cancel()
	return c.ws.Ping(ctx)
}

// Drop ends the Conn at once. It does not wait; Group.Serve does.
func (c *Conn) Drop() { c.cancel() }

// EndAfter drops the Conn when d has passed. It takes the place of what was said before.
func (c *Conn) EndAfter(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.end != nil {
		c.end.Stop()
	}
	c.end = time.AfterFunc(d, c.cancel)
}

// Endless takes back EndAfter, unless the time has passed.
func (c *Conn) Endless() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.end != nil {
		c.end.Stop()
		c.end = nil
	}
}

// write writes the queue, and has the Handler speak up.
func (c *Conn) write(h Handler) {
	defer c.Drop()
	var beat *time.Ticker
	var beats <-chan time.Time
	if c.opts.Beat > 0 {
		beat = time.NewTicker(c.opts.Beat)
		defer beat.Stop()
		beats = beat.C
	}
	for {
		var err error
		select {
		case <-c.ctx.Done():
			return
		case frame := <-c.out:
			err = c.writeFrame(frame)
			if beat != nil && c.opts.Quiet {
				beat.Reset(c.opts.Beat)
			}
		case <-beats:
			err = h.Beat()
		}
		if err != nil {
			c.opts.Log.Debug("connection ended", "err", err)
			return
		}
	}
}

func (c *Conn) writeFrame(frame []byte) error {
	ctx, cancel := context.WithTimeout(c.ctx, c.opts.WriteTimeout)
	defer cancel()
	return c.ws.Write(ctx, c.opts.Type, frame)
}
