package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/coder/websocket"
	"github.com/pion/webrtc/v4"
)

// twilio is a made-up Participant's signalling as twilio-video.js speaks it, as
// far as one needs it who publishes one Track from the start and never changes
// anything (lib/signaling/v2/twilioconnectiontransport.js).
type twilio struct {
	*socket
	p       *participant
	session string
}

// heartbeatEvery is below the 5 s that are asked for.
const heartbeatEvery = 4 * time.Second

// connectionID names the one peer connection.
const connectionID = "1"

var errRefused = errors.New("the server refused")

type twilioMessage struct {
	Type            string             `json:"type"`
	Session         string             `json:"session"`
	Code            int                `json:"code"`
	Message         string             `json:"message"`
	PeerConnections []twilioConnection `json:"peer_connections"`
}

type twilioConnection struct {
	ID          string             `json:"id"`
	Description *twilioDescription `json:"description,omitempty"`
}

type twilioDescription struct {
	Type     string `json:"type"`
	Revision int    `json:"revision"`
	SDP      string `json:"sdp"`
}

func dialTwilio(ctx context.Context, signaling, token string, p *participant) (_ connection, err error) {
	if err := p.publish(); err != nil {
		return nil, err
	}
	offer, err := p.localOffer()
	if err != nil {
		return nil, err
	}
	s, err := openSocket(ctx, signaling, websocket.MessageText)
	if err != nil {
		return nil, err
	}
	t := &twilio{socket: s, p: p}
	t.serve(t.take, heartbeatEvery, func() []byte { return []byte(`{"type":"heartbeat"}`) })
	defer func() {
		if err != nil {
			t.close()
		}
	}()
	hello, err := json.Marshal(map[string]any{
		"type": "hello", "version": 2, "id": connectionID, "timeout": 5000,
		"body": map[string]any{
			"type": "connect", "version": 2, "token": token, "name": nil, "format": "unified", "ice_servers": "overrode",
			"participant": map[string]any{"revision": 1, "tracks": []map[string]any{
				{"id": p.track.ID(), "kind": "video", "name": "camera", "enabled": true, "priority": "standard"},
			}},
			"peer_connections": []twilioConnection{{connectionID, &twilioDescription{"offer", 1, offer}}},
			"subscribe":        map[string]any{"revision": 1, "rules": []map[string]any{{"type": "include", "all": true}}},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("encode hello: %w", err)
	}
	if err := t.send(hello); err != nil {
		return nil, err
	}
	if err := t.joined(ctx); err != nil {
		return nil, err
	}
	return t, nil
}

// take handles a frame of the server.
func (t *twilio) take(b []byte) error {
	var frame struct {
		Type   string          `json:"type"`
		Reason string          `json:"reason"`
		Body   json.RawMessage `json:"body"`
	}
	if err := json.Unmarshal(b, &frame); err != nil {
		return fmt.Errorf("read frame: %w", err)
	}
	switch frame.Type {
	case "msg":
	case "bad", "busy":
		return fmt.Errorf("%w: %s %s", errRefused, frame.Type, frame.Reason)
	default:
		return nil
	}
	var m twilioMessage
	if err := json.Unmarshal(frame.Body, &m); err != nil {
		return fmt.Errorf("read message: %w", err)
	}
	switch m.Type {
	case "connected":
		t.session = m.Session
	case "error", "disconnected":
		return fmt.Errorf("%w: %s %d %s", errRefused, m.Type, m.Code, m.Message)
	}
	for _, c := range m.PeerConnections {
		if c.Description != nil {
			if err := t.describe(*c.Description); err != nil {
				return err
			}
		}
	}
	if m.Type == "connected" {
		t.settle(nil)
	}
	return nil
}

// describe takes the server's answer to our only offer, or answers its offer.
func (t *twilio) describe(d twilioDescription) error {
	switch d.Type {
	case "answer":
		return t.p.setRemote(webrtc.SDPTypeAnswer, d.SDP)
	case "offer":
	default:
		return nil
	}
	if err := t.p.setRemote(webrtc.SDPTypeOffer, d.SDP); err != nil {
		return err
	}
	a, err := t.p.pc.CreateAnswer(nil)
	if err != nil {
		return fmt.Errorf("create answer: %w", err)
	}
	sdp, err := t.p.setLocal(a)
	if err != nil {
		return err
	}
	return t.message(map[string]any{
		"type": "update", "version": 2, "session": t.session,
		"peer_connections": []twilioConnection{{connectionID, &twilioDescription{"answer", d.Revision, sdp}}},
	})
}

func (t *twilio) message(body any) error {
	b, err := json.Marshal(map[string]any{"type": "msg", "body": body})
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	return t.send(b)
}

func (t *twilio) close() {
	_ = t.message(map[string]any{"type": "disconnect", "version": 2, "session": t.session})
	t.end([]byte(`{"type":"bye"}`))
}
