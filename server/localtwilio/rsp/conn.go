package rsp

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"
)

const (
	// maxFrame bounds a frame in bytes: two descriptions of the largest allowed
	// size and the Tracks. An offer for 50 Participants has about 150 KB.
	maxFrame = 1 << 20

	// queueSize is how many frames a browser may lag behind before its
	// connection is dropped. It syncs again when it can read again, so nothing
	// is lost, and no queue grows because of one bad network.
	queueSize = 256

	// helloTimeout is how long a connection may stay without a hello. The client
	// repeats an unanswered one every 5 s, and sends the first at once.
	helloTimeout = 10 * time.Second

	// writeTimeout ends a connection whose other end has stopped reading.
	writeTimeout = 10 * time.Second

	// linger is how long after a final message the client may take to close.
	// Closing first would cut off the message.
	linger = 5 * time.Second

	// busyRetry is when a refused client may come back.
	busyRetry = 2 * time.Second

	// maxBadFrames is how many unreadable frames are answered.
	maxBadFrames = 10

	// framesPerSecond and frameBurst bound what one browser may send. Publishing
	// several Tracks at once makes a few dozen frames; beyond that reading waits, and
	// the browser with it when its own buffers are full. Nothing is lost and nothing
	// said: TCMP has no word for it, and a client that was cut off would come back.
	framesPerSecond = 50
	frameBurst      = 200
)

// receiver is what a conn hands its messages to, on its reading goroutine.
type receiver interface {
	// message gets one decoded message.
	message(message)
	// malformed is told of a message that could not be decoded.
	malformed(error)
}

// conn is one WebSocket with the connection layer's habits: hello, heartbeats
// and bye. One goroutine reads (serve's caller), one writes.
type conn struct {
	ws        *websocket.Conn
	heartbeat time.Duration
	frames    *rate.Limiter // of what is read
	region    string        // that the client asked for
	log       *slog.Logger
	out       chan []byte
	ctx       context.Context
	cancel    context.CancelFunc
	welcomed  atomic.Bool
	deadline  atomic.Int64 // Unix nanoseconds after which reading ends; 0 for none
}

// accept upgrades a request. Pages of any origin may connect: what lets a
// browser in is the token that it sends, and there are no cookies.
func accept(w http.ResponseWriter, r *http.Request) (*websocket.Conn, error) {
	return websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
}

// frameLimit is what one browser may send.
func frameLimit() *rate.Limiter { return rate.NewLimiter(framesPerSecond, frameBurst) }

func newConn(ctx context.Context, ws *websocket.Conn, heartbeat time.Duration, frames *rate.Limiter, log *slog.Logger) *conn {
	c := &conn{ws: ws, heartbeat: heartbeat, frames: frames, log: log, out: make(chan []byte, queueSize)}
	c.ctx, c.cancel = context.WithCancel(ctx)
	ws.SetReadLimit(maxFrame)
	return c
}

// serve reads until the connection ends, and answers when its writer has ended
// as well.
func (c *conn) serve(r receiver) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.write()
	}()
	c.read(r)
	c.drop()
	_ = c.ws.CloseNow() // fails when the cancelled context has closed it already
	<-done
}

// send queues a message; a queue that is full drops the connection.
func (c *conn) send(m any) {
	b, err := encode(m)
	if err != nil {
		c.log.Error("signalling message lost", "err", err)
		return
	}
	c.enqueue(b)
}

func (c *conn) enqueue(b []byte) {
	select {
	case c.out <- b:
	default:
		c.log.Info("signalling connection dropped: it does not read")
		c.drop()
	}
}

// finish leaves the client a moment to close by itself.
func (c *conn) finish() { c.deadline.Store(time.Now().Add(linger).UnixNano()) }

// drop ends the connection at once and without a close frame: a client that
// gets code 1000 would take it for its own doing, and not come back. It does
// not wait; serve does.
func (c *conn) drop() { c.cancel() }

func (c *conn) read(r receiver) {
	bad := 0
	hello := time.Now().Add(helloTimeout)
	for {
		b, err := c.next(hello)
		if err != nil {
			c.log.Debug("signalling connection ended", "err", err)
			return
		}
		if c.frames.Wait(c.ctx) != nil {
			return
		}
		if d := c.deadline.Load(); d != 0 && time.Now().UnixNano() > d {
			return
		}
		f, err := decodeFrame(b)
		if err != nil {
			c.enqueue(badFrame(err.Error()))
			if bad++; bad == maxBadFrames {
				return
			}
			continue
		}
		switch f.Type {
		case frameHello:
			// A hello is repeated when the welcome is slow; once is enough.
			if c.welcomed.Swap(true) {
				continue
			}
			c.enqueue(welcomeFrame(c.heartbeat))
		case frameMsg:
			if !c.welcomed.Load() {
				continue
			}
		case frameBye:
			return
		default: // heartbeats have done their work by arriving
			continue
		}
		if len(f.Body) == 0 {
			continue
		}
		m, err := decodeMessage(f.Body)
		switch {
		case err != nil:
			r.malformed(err)
			if bad++; bad == maxBadFrames {
				return
			}
		case m != nil:
			r.message(m)
		}
	}
}

// next waits for a frame: for the hello until the given time, later for three
// heartbeats.
func (c *conn) next(hello time.Time) ([]byte, error) {
	until := hello
	if c.welcomed.Load() {
		until = time.Now().Add(3 * c.heartbeat)
	}
	ctx, cancel := context.WithDeadline(c.ctx, until)
	defer cancel()
	kind, b, err := c.ws.Read(ctx)
	if err != nil {
		return nil, err
	}
	if kind != websocket.MessageText {
		return nil, errors.New("binary frame")
	}
	return b, nil
}

func (c *conn) write() {
	// A little under the period, so that the heartbeat arrives within it.
	quiet := c.heartbeat - c.heartbeat/5
	t := time.NewTicker(quiet)
	defer t.Stop()
	for {
		var b []byte
		select {
		case <-c.ctx.Done():
			return
		case b = <-c.out:
		case <-t.C:
			if !c.welcomed.Load() {
				continue
			}
			b = heartbeatFrame
		}
		ctx, cancel := context.WithTimeout(c.ctx, writeTimeout)
		err := c.ws.Write(ctx, websocket.MessageText, b)
		cancel()
		if err != nil {
			c.drop()
			return
		}
		t.Reset(quiet)
	}
}

// refuse answers the hello with busy and waits for the client to go.
func (c *conn) refuse(retry time.Duration) {
	defer c.ws.CloseNow() //nolint:errcheck // it may be closed already
	defer c.drop()
	if _, err := c.next(time.Now().Add(helloTimeout)); err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(c.ctx, linger)
	defer cancel()
	if c.ws.Write(ctx, websocket.MessageText, busyFrame(retry)) != nil {
		return
	}
	for {
		if _, _, err := c.ws.Read(ctx); err != nil {
			return
		}
	}
}
