package twilsock

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"
)

const (
	// queueSize is how many frames a client may lag behind before its connection
	// is dropped. It comes back and asks for what it missed. A client that
	// subscribes to everything at once is told as much at once.
	queueSize = 4096

	// initTimeout is how long a connection may stay without a good token.
	initTimeout = 30 * time.Second

	// writeTimeout ends a connection whose other end has stopped reading.
	writeTimeout = 10 * time.Second

	// linger is how long after a final frame the client may take to close.
	linger = 5 * time.Second

	// pingEvery finds out about clients that went without a word; they send
	// nothing while they are content.
	pingEvery = 30 * time.Second

	// tokenWarning is how long before the end of its token a client is told: the
	// documents of tokenAboutToExpire say three minutes.
	tokenWarning = 3 * time.Minute

	// tokenEvery is how often tokens are looked at.
	tokenEvery = 250 * time.Millisecond

	// framesPerSecond and frameBurst bound what one client may send. Flex opens
	// every object of every chat when it starts; beyond that reading waits.
	framesPerSecond = 100
	frameBurst      = 1000

	// maxSubscriptions bounds what one connection follows.
	maxSubscriptions = 10000
)

// conn is one WebSocket. One goroutine reads and answers (serve's caller), one
// writes; the store's events come on a third.
type conn struct {
	srv    *Server
	ws     *websocket.Conn
	out    chan []byte
	ctx    context.Context
	cancel context.CancelFunc

	mu     sync.Mutex // guards what follows
	holder *holder    // nil before init
	warned bool       // the holder has been told that the token ends
	until  time.Time  // when reading ends; zero for never
	subs   map[string]struct{}
	// queries are the Live Queries that were made here or followed, by id.
	queries map[string]query
}

func newConn(s *Server, ws *websocket.Conn) *conn {
	c := &conn{srv: s, ws: ws, out: make(chan []byte, queueSize), subs: map[string]struct{}{}, queries: map[string]query{}, until: time.Now().Add(initTimeout)}
	c.ctx, c.cancel = context.WithCancel(s.ctx)
	ws.SetReadLimit(maxFrame)
	return c
}

// serve reads until the connection ends, and answers when its writer has ended
// as well.
func (c *conn) serve() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.write()
	}()
	if err := c.read(); err != nil {
		c.srv.log.Debug("twilsock connection ended", "err", err)
	}
	c.cancel()
	_ = c.ws.CloseNow() // fails when the cancelled context has closed it already
	<-done
}

func (c *conn) read() error {
	limit := rate.NewLimiter(framesPerSecond, frameBurst)
	for {
		// The writer ends the connection when its time is up; see attend.
		_, b, err := c.ws.Read(c.ctx)
		if err != nil {
			return err
		}
		if err := limit.Wait(c.ctx); err != nil {
			return err
		}
		h, payload, err := decodeFrame(b)
		if err != nil {
			c.finish(&status{Code: http.StatusNotAcceptable, Status: "NOT_ACCEPTABLE", Description: err.Error()})
			return err
		}
		if !c.handle(h, payload) {
			return nil
		}
	}
}

// handle answers one frame; false ends the connection.
func (c *conn) handle(h header, payload []byte) bool {
	if h.Method != "init" && h.Method != "reply" && h.Method != "close" && c.who() == nil {
		c.reply(h, &status{Code: http.StatusUnauthorized, Status: "UNAUTHORIZED", Description: "init comes first"})
		return true
	}
	switch h.Method {
	case "init":
		c.initialize(h)
	case "update":
		c.update(h)
	case "message":
		c.message(h, payload)
	case "close":
		return false
	case "reply": // the client confirms that it got something; TCP did
	default:
		// Registrations for kinds of messages, which are few: all are sent.
		// Telemetry, which is not kept.
		c.reply(h, ok)
	}
	return true
}

var ok = &status{Code: http.StatusOK, Status: "OK"}

func (c *conn) initialize(h header) {
	if !c.admit(h) {
		return
	}
	c.send(header{
		Method: "reply", ID: h.ID, Status: ok, ContinuationToken: h.ID, ContinuationStatus: "NEW",
		Capabilities: []string{"client_update", "telemetry.v1"}, InitRegistrations: []any{},
	}, nil)
}

// update is a new token, mostly because the old one ends. The identity stays:
// what the connection has subscribed to is that identity's.
func (c *conn) update(h header) {
	if c.admit(h) {
		c.reply(h, ok)
	}
}

// admit looks at the token of init or update, and refuses it or makes it the
// connection's.
func (c *conn) admit(h header) bool {
	who, err := c.srv.holderOf(h.Token)
	before := c.who()
	if err == nil && before != nil && before.identity != who.identity {
		err = errIdentity
	}
	if err != nil {
		c.srv.log.Info("twilsock token refused", "err", err)
		c.reply(h, refusal(err))
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.holder, c.warned, c.until = &who, false, time.Time{}
	return true
}

var errIdentity = errors.New("token of another identity")

func (c *conn) who() *holder {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.holder
}

func (c *conn) reply(to header, s *status) {
	c.send(header{Method: "reply", ID: to.ID, Status: s}, nil)
}

// notify sends something that the client did not ask for.
func (c *conn) notify(kind string, payload any) {
	c.send(header{Method: "notification", ID: newID(), MessageType: kind}, payload)
}

// finish says why the connection ends, and leaves the client a moment to close.
func (c *conn) finish(s *status) {
	c.send(header{Method: "close", ID: newID(), Status: s}, nil)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = time.Now().Add(linger)
}

// send queues a frame; a queue that is full drops the connection.
func (c *conn) send(h header, payload any) {
	b, err := encodeFrame(h, payload)
	if err != nil {
		c.srv.log.Error("twilsock frame lost", "err", err)
		return
	}
	select {
	case c.out <- b:
	default:
		c.srv.log.Info("twilsock connection dropped: it does not read")
		c.cancel()
	}
}

func (c *conn) write() {
	defer c.cancel()
	tokens, pings := time.NewTicker(tokenEvery), time.NewTicker(pingEvery)
	defer tokens.Stop()
	defer pings.Stop()
	for {
		var err error
		ctx, cancel := context.WithTimeout(c.ctx, writeTimeout)
		select {
		case <-c.ctx.Done():
			err = c.ctx.Err()
		case b := <-c.out:
			err = c.ws.Write(ctx, websocket.MessageBinary, b)
		case <-pings.C:
			err = c.ws.Ping(ctx)
		case <-tokens.C:
			err = c.attend()
		}
		cancel()
		if err != nil {
			return
		}
	}
}

// errTime ends a connection whose time is up.
var errTime = errors.New("time is up")

// attend does what time demands: it warns of the end of the token, ends the
// connection with it, and drops one that should have gone by itself.
func (c *conn) attend() error {
	c.mu.Lock()
	who, warned, until := c.holder, c.warned, c.until
	c.mu.Unlock()
	if !until.IsZero() {
		if time.Now().After(until) {
			return errTime
		}
		return nil
	}
	left := who.expires.Sub(c.srv.cfg.Store.Now())
	switch {
	case left <= 0:
		c.finish(&status{Code: http.StatusGone, Status: "GONE", Description: "token expired", ErrorCode: codeTokenExpired})
	case left <= tokenWarning && !warned:
		c.mu.Lock()
		c.warned = true
		c.mu.Unlock()
		c.send(header{Method: "client_update", ID: newID(), ClientUpdate: "token_about_to_expire"}, nil)
	}
	return nil
}
