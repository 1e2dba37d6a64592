// Package rsp speaks the Room Signaling Protocol, version 2: how a browser with
// twilio-video.js joins a Room, says what it publishes, and learns of the others.
// It knows WebSockets, Rooms and Participants. Media is somebody else's: offers
// and answers pass through as text, and what a Track carries is never looked at.
//
// Three layers, one inside the other, all JSON text frames:
//
//	frame (frame.go)    hello welcome busy bad heartbeat bye msg
//	message (message.go, reply.go) carried by hello and msg:
//	    browser: ice connect update sync disconnect
//	    server:  iced connected update synced disconnected error
//	signal (signal.go)  over a data channel of the media connection:
//	    active_speaker network_quality render_hints track_priority track_switch_off
//	    publisher_hints extension_transcriptions
//
// A conn is one WebSocket. A session is one Participant's stay in a Room, and
// outlives its conn by the session timeout so that a browser whose network
// changed can come back. A room holds the sessions and tells each of the others.
//
// Of Twilio's codes (errors.go) this server says those that a server can know of.
// The client makes the others up by itself, and has no need to be told them:
//
//	53000 53002 53006  signalling cannot be reached, is silent, is busy (a busy frame)
//	53003              it cannot read what it was sent
//	53400 53402        it cannot make its own description, or apply the one it was sent
//	53407              DTLS has failed, of which its own connection tells it
//
// and these have no cause here: 53116 (every media region is this machine), 53305
// (53203 bounds the Tracks), 53500 and 53501 (the list of STUN and TURN servers is
// at hand). In a peer-to-peer Room browsers apply each other's descriptions, so
// that 53401, 53403, 53404 and the server's 53405 do not occur. REST's codes are
// those of package rest.
package rsp

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"escalate/server/localtwilio/recording"
	"escalate/server/localtwilio/sfu"
	"escalate/server/localtwilio/socket"
	"escalate/server/localtwilio/store"
	"escalate/server/localtwilio/transcription"
	"escalate/server/token"
)

// Config says what a Server works with. Store, Engine and Verify are required.
type Config struct {
	Store  *store.Store
	Engine *sfu.Engine

	// Verify checks an Access Token; its errors are those of package token.
	Verify func(raw string) (token.Claims, error)

	// Recordings writes to files what a Room's rules include. It may be nil:
	// then Participants are told of a recording that nobody makes.
	Recordings *recording.Server

	// Transcriptions turns into text what is said in Rooms that have a Transcription. It
	// may be nil: then nothing is understood.
	Transcriptions *transcription.Server

	// ICEServers returns the list of STUN and TURN servers that a browser is
	// given, in any form that becomes the W3C's RTCIceServer list as JSON. It
	// may be nil: then the list is empty.
	ICEServers func() any

	// Heartbeat is the silence after which either side speaks up, 5 s when
	// zero. A side that has heard nothing for three of them gives up on the
	// connection. The client subtracts 200 ms, so it must be more than that.
	Heartbeat time.Duration

	// SessionTimeout is how long a Participant whose connection broke is kept
	// in the Room, 30 s when zero.
	SessionTimeout time.Duration

	// MaxConnections bounds the open WebSockets, 1000 when zero. Further ones
	// are told to try again later.
	MaxConnections int

	// MaxRooms and MaxParticipants bound the Rooms that Participants are in, and
	// the Participants of all Rooms, 1000 and 2000 when zero. They are what Twilio
	// calls an account's concurrency quotas.
	MaxRooms, MaxParticipants int

	// Door counts the sockets of clients without a token; nil is one of the Server's own.
	Door *socket.Door

	Log *slog.Logger
}

const (
	defaultHeartbeat      = 5 * time.Second
	defaultSessionTimeout = 30 * time.Second
	defaultMaxConnections = 1000
	defaultMaxRooms       = 1000
	defaultMaxPresent     = 2000

	// minHeartbeat leaves the client's timer some room above its 200 ms.
	minHeartbeat = 250 * time.Millisecond
)

// Server answers the signalling WebSockets of any number of Rooms.
type Server struct {
	cfg   Config
	log   *slog.Logger
	media openMedia
	// frames makes the limit of what one connection may send; tests have others.
	frames func() *rate.Limiter

	sockets  *socket.Group[*conn] // whose end everything waits on that waits
	insights *socket.Group[*insight]

	mu       sync.Mutex          // guards what follows; never held while a room's is taken
	rooms    map[string]*room    // by Room SID, while a session is in it
	present  int                 // sessions of all rooms
	sessions map[string]*session // by session id

	stopWatch func()
	closing   sync.Once
}

// Start begins to follow the store's events; connections come in through
// ServeHTTP. It fails when the Config is incomplete.
func Start(c Config) (*Server, error) {
	if c.Engine == nil {
		return nil, fmt.Errorf("start signalling: %w: Engine", errConfig)
	}
	return start(c, mediaOf(c.Engine))
}

// start is Start with the media given, so that tests can do without any.
func start(c Config, media openMedia) (*Server, error) {
	switch {
	case c.Store == nil:
		return nil, fmt.Errorf("start signalling: %w: Store", errConfig)
	case c.Verify == nil:
		return nil, fmt.Errorf("start signalling: %w: Verify", errConfig)
	case c.Heartbeat != 0 && c.Heartbeat < minHeartbeat:
		return nil, fmt.Errorf("start signalling: %w: Heartbeat under %v", errConfig, minHeartbeat)
	}
	if c.Heartbeat == 0 {
		c.Heartbeat = defaultHeartbeat
	}
	if c.SessionTimeout <= 0 {
		c.SessionTimeout = defaultSessionTimeout
	}
	if c.MaxConnections <= 0 {
		c.MaxConnections = defaultMaxConnections
	}
	if c.MaxRooms <= 0 {
		c.MaxRooms = defaultMaxRooms
	}
	if c.MaxParticipants <= 0 {
		c.MaxParticipants = defaultMaxPresent
	}
	if c.Door == nil {
		c.Door = socket.NewDoor(socket.DoorLimits{})
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		cfg:      c,
		log:      c.Log,
		media:    media,
		frames:   frameLimit,
		rooms:    map[string]*room{},
		sessions: map[string]*session{},
	}
	s.sockets = socket.NewGroup[*conn](signalling(s))
	s.insights = socket.NewGroup[*insight](reports(s))
	s.stopWatch = c.Store.Watch(s.storeEvent)
	return s, nil
}

// Close drops every connection, ends every session, marks its Participant
// disconnected in the store, and waits for all of it. Browsers are left to find
// out by themselves: to them it is a lost connection. It always returns nil.
func (s *Server) Close() error {
	s.closing.Do(func() {
		s.stopWatch()
		s.insights.Close()
		// Whoever is just joining is done with it after this, one way or the other.
		s.sockets.Close()
		s.mu.Lock()
		sessions := slices.Collect(maps.Values(s.sessions))
		s.mu.Unlock()
		for _, x := range sessions {
			x.room.leave(x, nil)
		}
	})
	return nil
}

// ServeHTTP upgrades the request to a signalling WebSocket and serves it until
// either side ends it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.sockets.Serve(w, r, func(ws *socket.Conn) *conn {
		c := &conn{ws: ws, heartbeat: s.cfg.Heartbeat, busy: ws.Crowd() > s.cfg.MaxConnections, log: s.log}
		c.receiver = &handler{srv: s, conn: c, region: regionOf(r.Host)}
		return c
	})
}
