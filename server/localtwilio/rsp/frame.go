package rsp

import (
	"encoding/json"
	"fmt"
	"time"
)

// Frame types of the connection layer (twilio-video.js, lib/twilioconnection.js).
const (
	frameHello     = "hello"
	frameHeartbeat = "heartbeat"
	frameMsg       = "msg"
	frameBye       = "bye"
)

// frameVersion is the connection layer's version that a hello must name.
const frameVersion = 2

// frame is what a browser sends: a hello or msg with a body, a heartbeat, a bye.
type frame struct {
	Type    string          `json:"type"`
	Version int             `json:"version"` // of a hello
	Body    json.RawMessage `json:"body"`
}

// decodeFrame reads the outer layer of one text frame. A frame of an unknown
// type is no error: later clients may send some that can be ignored.
func decodeFrame(b []byte) (frame, error) {
	var f frame
	if err := json.Unmarshal(b, &f); err != nil {
		return frame{}, fmt.Errorf("decode frame: %w: %w", errMalformed, err)
	}
	if f.Type == "" {
		return frame{}, fmt.Errorf("decode frame: %w: no type", errMalformed)
	}
	if f.Type == frameHello && f.Version != frameVersion {
		return frame{}, fmt.Errorf("decode frame: %w: hello of version %d", errMalformed, f.Version)
	}
	return f, nil
}

// heartbeatFrame breaks the silence.
var heartbeatFrame = []byte(`{"type":"heartbeat"}`)

// welcomeFrame accepts a hello; the client takes over the heartbeat.
func welcomeFrame(heartbeat time.Duration) []byte {
	return fmt.Appendf(nil, `{"type":"welcome","negotiatedTimeout":%d}`, heartbeat.Milliseconds())
}

// busyFrame sends the client away; it opens a new connection after retry.
func busyFrame(retry time.Duration) []byte {
	return fmt.Appendf(nil, `{"type":"busy","keepAlive":false,"retryAfter":%d}`, retry.Milliseconds())
}

// badFrame tells that a frame could not be read. Before the welcome the client
// gives up on it; later it only logs it.
func badFrame(reason string) []byte {
	b, err := json.Marshal(struct {
		Type   string `json:"type"`
		Reason string `json:"reason"`
	}{"bad", reason})
	if err != nil { // a struct of strings always encodes
		return []byte(`{"type":"bad"}`)
	}
	return b
}
