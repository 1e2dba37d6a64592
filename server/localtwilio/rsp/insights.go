package rsp

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

const (
	// maxInsights bounds a frame in bytes; a statistics report of a full Room
	// has some tens of KB.
	maxInsights = 256 << 10

	// insightsIdle ends a connection that has gone silent. Reports come every
	// ten seconds.
	insightsIdle = 2 * time.Minute
)

// Insights answers the WebSocket to which twilio-video.js reports statistics. It
// accepts whoever has a good Access Token and takes no notice of what it is told.
func (s *Server) Insights() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.enter() {
			http.Error(w, "shutting down", http.StatusServiceUnavailable)
			return
		}
		defer s.wg.Done()
		ws, err := accept(w, r)
		if err != nil {
			s.log.Debug("insights upgrade refused", "err", err)
			return
		}
		defer ws.CloseNow() //nolint:errcheck // the client may have closed it
		ws.SetReadLimit(maxInsights)
		limit := s.frames()
		for limit.Wait(s.ctx) == nil && s.insight(ws) {
		}
	})
}

// insight serves one frame, and answers whether there may be another.
func (s *Server) insight(ws *websocket.Conn) bool {
	ctx, cancel := context.WithTimeout(s.ctx, insightsIdle)
	defer cancel()
	_, b, err := ws.Read(ctx)
	if err != nil {
		return false
	}
	var m struct {
		Type  string `json:"type"`
		Token string `json:"token"`
	}
	if json.Unmarshal(b, &m) != nil || m.Type != "connect" {
		return true
	}
	answer := `{"type":"connected","version":1,"session":"insights"}`
	if _, err := s.verify(m.Token); err != nil {
		answer = `{"type":"error","version":1,"message":"Invalid Access Token"}`
	}
	return ws.Write(ctx, websocket.MessageText, []byte(answer)) == nil
}
