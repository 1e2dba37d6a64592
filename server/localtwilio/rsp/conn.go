package rsp

import (
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"escalate/server/localtwilio/socket"
)

const (
	// maxFrame bounds a frame in bytes: two descriptions of the largest allowed
	// size and the Tracks. An offer for 50 Participants has about 150 KB.
	maxFrame = 1 << 20

	// maxFirst bounds a frame of who has shown no token. A sync has one, and beside it the
	// descriptions of all that the session has.
	maxFirst = 256 << 10

	// queueSize is how many frames a browser may lag behind before its
	// connection is dropped. It syncs again when it can read again, so nothing
	// is lost, and no queue grows because of one bad network.
	queueSize = 256

	// helloTimeout is how long a connection may stay without a hello. The client
	// repeats an unanswered one every 5 s, and sends the first at once.
	helloTimeout = 10 * time.Second

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
	// lost is told last, when the connection has ended.
	lost()
}

// conn is one WebSocket with the connection layer's habits: hello, heartbeats
// and bye. It is the wire of its session's outbox.
type conn struct {
	ws        *socket.Conn
	receiver  receiver
	heartbeat time.Duration
	busy      bool // it is to be sent away
	log       *slog.Logger
	welcomed  atomic.Bool
}

// frameLimit is what one browser may send.
func frameLimit() *rate.Limiter { return rate.NewLimiter(framesPerSecond, frameBurst) }

// signalling are the sockets of browsers in Rooms. A little under the heartbeat's period they
// speak up, so that it arrives within it.
func signalling(s *Server) socket.Options {
	return socket.Options{
		Type: socket.Text, Queue: queueSize, MaxFrame: maxFrame, Door: s.cfg.Door, MaxFirst: maxFirst, Limit: func() *rate.Limiter { return s.frames() },
		Beat: s.cfg.Heartbeat - s.cfg.Heartbeat/5, Quiet: true, Log: s.log.With("socket", "signalling"),
	}
}

// Serve implements socket.Handler.
func (c *conn) Serve() {
	c.ws.EndAfter(helloTimeout)
	if c.busy {
		c.refuse(busyRetry)
		return
	}
	c.read()
	c.receiver.lost()
}

// Beat implements socket.Handler.
func (c *conn) Beat() error {
	if c.welcomed.Load() {
		c.ws.Send(heartbeatFrame)
	}
	return nil
}

// send queues a message; a queue that is full drops the connection.
func (c *conn) send(m any) {
	b, err := encode(m)
	if err != nil {
		c.log.Error("signalling message lost", "err", err)
		return
	}
	c.ws.Send(b)
}

// bad says that a frame could not be read.
func (c *conn) bad(err error) { c.ws.Send(badFrame(err.Error())) }

// finish leaves the client a moment to close by itself.
func (c *conn) finish() { c.ws.EndAfter(linger) }

// admit says that the browser has shown a good token.
func (c *conn) admit() { c.ws.Admit() }

// drop ends the connection at once.
func (c *conn) drop() { c.ws.Drop() }

func (c *conn) read() {
	bad := 0
	for {
		b, err := c.next()
		if err != nil {
			c.log.Debug("signalling connection ended", "err", err)
			return
		}
		f, err := decodeFrame(b)
		if err != nil {
			c.bad(err)
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
			c.ws.Endless()
			c.ws.Send(welcomeFrame(c.heartbeat))
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
			c.receiver.malformed(err)
			if bad++; bad == maxBadFrames {
				return
			}
		case m != nil:
			c.receiver.message(m)
		}
	}
}

// next waits for a frame for three heartbeats; how long for the hello, Serve says.
func (c *conn) next() ([]byte, error) {
	var within time.Duration
	if c.welcomed.Load() {
		within = 3 * c.heartbeat
	}
	kind, b, err := c.ws.Read(within)
	if err != nil {
		return nil, err
	}
	if kind != socket.Text {
		return nil, errors.New("binary frame")
	}
	return b, nil
}

// refuse says busy to the hello and waits for the client to go.
func (c *conn) refuse(retry time.Duration) {
	if _, err := c.next(); err != nil {
		return
	}
	c.ws.Send(busyFrame(retry))
	c.finish()
	for {
		if _, _, err := c.ws.Read(0); err != nil {
			return
		}
	}
}
