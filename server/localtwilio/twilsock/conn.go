package twilsock

import (
	"errors"
	"net/http"
	"sync"
	"time"

	"escalate/server/localtwilio/socket"
)

const (
	// queueSize is how many frames a client may lag behind before its connection
	// is dropped. It comes back and asks for what it missed. A client that
	// subscribes to everything at once is told as much at once.
	queueSize = 4096

	// maxFirst bounds a frame of who has shown no token: init has one, and little else.
	maxFirst = 32 << 10

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

// conn is one WebSocket. Its reading goroutine replies, its writing one looks at the token;
// the store's events come on a third.
type conn struct {
	id     string // of our making, for what need not come back to its sender
	srv    *Server
	ws     *socket.Conn
	media  string    // URL of the Media Content Service's Service, for this client
	pinged time.Time // used by Beat alone

	mu       sync.Mutex           // guards what follows
	holder   *holder              // nil before init
	warned   bool                 // the holder has been told that the token ends
	finished bool                 // a close frame has been sent, and no good token come since
	subs     map[string]*followed // by SID of the object
	// queries are the Live Queries that were made here or followed, by id.
	queries map[string]query
}

func newConn(s *Server, ws *socket.Conn, media string) *conn {
	return &conn{id: newID(), srv: s, ws: ws, media: media, pinged: time.Now(), subs: map[string]*followed{}, queries: map[string]query{}}
}

// Serve implements socket.Handler.
func (c *conn) Serve() {
	for {
		_, b, err := c.ws.Read(0)
		if err == nil {
			var h header
			var payload []byte
			if h, payload, err = decodeFrame(b); err != nil {
				c.finish(&status{Code: http.StatusNotAcceptable, Status: "NOT_ACCEPTABLE", Description: err.Error()})
			} else if !c.handle(h, payload) {
				return
			}
		}
		if err != nil {
			c.srv.log.Debug("twilsock connection ended", "err", err)
			return
		}
	}
}

// Beat implements socket.Handler: it does what time demands.
func (c *conn) Beat() error {
	c.attend()
	if time.Since(c.pinged) < pingEvery {
		return nil
	}
	c.pinged = time.Now()
	return c.ws.Ping()
}

// handle does what one frame asks for; false ends the connection.
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
	c.holder, c.warned, c.finished = &who, false, false
	c.ws.Admit()
	c.ws.Endless()
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
	c.finished = true
	c.ws.EndAfter(linger)
}

// send queues a frame; a queue that is full drops the connection.
func (c *conn) send(h header, payload any) {
	b, err := encodeFrame(h, payload)
	if err != nil {
		c.srv.log.Error("twilsock frame lost", "err", err)
		return
	}
	c.ws.Send(b)
}

// attend warns of the end of the token, and ends the connection with it.
func (c *conn) attend() {
	c.mu.Lock()
	who, warned, finished := c.holder, c.warned, c.finished
	c.mu.Unlock()
	if who == nil || finished {
		return
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
}
