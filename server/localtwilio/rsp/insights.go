package rsp

import (
	"encoding/json"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"escalate/server/localtwilio/socket"
)

const (
	// maxInsights bounds a frame in bytes; a statistics report of a full Room
	// has some tens of KB.
	maxInsights = 256 << 10

	// maxInsightsFirst bounds the frame with the token.
	maxInsightsFirst = 32 << 10

	// insightsIdle ends a connection that has gone silent. Reports come every
	// ten seconds.
	insightsIdle = 2 * time.Minute
)

// insightsQueue is more than a client asks for before it has its answer.
const insightsQueue = 16

// insight is a WebSocket to which twilio-video.js reports statistics.
type insight struct {
	srv *Server
	ws  *socket.Conn
}

// reports are the sockets for statistics.
func reports(s *Server) socket.Options {
	return socket.Options{
		Type: socket.Text, Queue: insightsQueue, MaxConns: s.cfg.MaxConnections, MaxFrame: maxInsights, Door: s.cfg.Door, MaxFirst: maxInsightsFirst,
		Limit: func() *rate.Limiter { return s.frames() }, Log: s.log.With("socket", "insights"),
	}
}

// Insights serves the WebSocket to which twilio-video.js reports statistics. It
// accepts whoever has a good Access Token and takes no notice of what it is told.
func (s *Server) Insights() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.insights.Serve(w, r, func(ws *socket.Conn) *insight { return &insight{srv: s, ws: ws} })
	})
}

// Serve implements socket.Handler.
func (i *insight) Serve() {
	for {
		_, b, err := i.ws.Read(insightsIdle)
		if err != nil {
			return
		}
		var m struct {
			Type  string `json:"type"`
			Token string `json:"token"`
		}
		if json.Unmarshal(b, &m) != nil || m.Type != "connect" {
			continue
		}
		answer := `{"type":"connected","version":1,"session":"insights"}`
		if _, err := i.srv.verify(m.Token); err != nil {
			answer = `{"type":"error","version":1,"message":"Invalid Access Token"}`
		} else {
			i.ws.Admit()
		}
		i.ws.Send([]byte(answer))
	}
}

// Beat implements socket.Handler: there is nothing to say.
func (i *insight) Beat() error { return nil }
