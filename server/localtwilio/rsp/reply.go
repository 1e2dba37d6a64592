package rsp

import (
	"encoding/json"
	"fmt"
)

// messageVersion is the version that every message names.
const messageVersion = 2

// head begins every message of the server.
type head struct {
	Type    string `json:"type"`
	Version int    `json:"version"`
}

func headOf(kind string) head { return head{Type: kind, Version: messageVersion} }

// iced answers ice.
type iced struct {
	head
	ICEServers any `json:"ice_servers"`
}

// connected answers connect: the Room as it is.
type connected struct {
	head
	Session         string             `json:"session"`
	SID             string             `json:"sid"`
	Name            string             `json:"name"`
	Options         options            `json:"options"`
	Participant     selfState          `json:"participant"`
	Participants    []remoteState      `json:"participants"`
	PeerConnections []peerConnection   `json:"peer_connections"`
	Published       publishedState     `json:"published"`
	Subscribed      subscribedState    `json:"subscribed"`
	Recording       recordingState     `json:"recording"`
	MediaSignaling  map[string]channel `json:"media_signaling"`
}

// options are facts about the session. SessionTimeout, in seconds, must not be
// zero: it is what lets the client reconnect at all.
type options struct {
	SessionTimeout  float64  `json:"session_timeout"`
	SignalingRegion string   `json:"signaling_region"`
	MediaRegion     string   `json:"media_region,omitempty"`
	AudioProcessors []string `json:"audio_processors"`
}

// news is the server's update: any part may be missing.
type news struct {
	head
	Participants    []remoteState    `json:"participants,omitempty"`
	PeerConnections []peerConnection `json:"peer_connections,omitempty"`
	Published       *publishedState  `json:"published,omitempty"`
	Subscribed      *subscribedState `json:"subscribed,omitempty"`
	Recording       *recordingState  `json:"recording,omitempty"`
}

// synced answers sync: everything that is, and nothing else is. A Participant or
// peer connection that it leaves out is gone for the client.
type synced struct {
	head
	Session         string           `json:"session"`
	Participant     selfState        `json:"participant"`
	Participants    []remoteState    `json:"participants"`
	PeerConnections []peerConnection `json:"peer_connections"`
	Published       publishedState   `json:"published"`
	Subscribed      subscribedState  `json:"subscribed"`
	Recording       recordingState   `json:"recording"`
}

// disconnected ends the session without an error, except for statusCompleted.
type disconnected struct {
	head
	Status string `json:"status"`
}

const (
	statusCompleted = "completed" // the client makes error 53118 of it
	statusRemoved   = "disconnected"
)

// errorReply ends the attempt or the session with a code.
type errorReply struct {
	head
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func errorOf(code int) errorReply {
	return errorReply{head: headOf("error"), Code: code, Message: texts[code]}
}

func disconnectedOf(status string) disconnected {
	return disconnected{head: headOf("disconnected"), Status: status}
}

// selfState is the receiver's own Participant.
type selfState struct {
	SID      string `json:"sid"`
	Identity string `json:"identity"`
	State    string `json:"state"`
	Revision int    `json:"revision"`
}

// remoteState is another Participant. Tracks is complete, and never null: the
// client would stumble over that.
type remoteState struct {
	selfState
	Tracks []remoteTrack `json:"tracks"`
}

type remoteTrack struct {
	SID      string `json:"sid"`
	ID       string `json:"id"`
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	Enabled  bool   `json:"enabled"`
	Priority string `json:"priority"`
}

// publishedState tells the publisher what became of its Tracks.
type publishedState struct {
	Revision int              `json:"revision"`
	Tracks   []publishedTrack `json:"tracks"`
}

type publishedTrack struct {
	ID    string      `json:"id"`
	SID   string      `json:"sid,omitempty"`
	State string      `json:"state"` // ready, failed
	Error *trackError `json:"error,omitempty"`
}

type trackError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// subscribedState tells under which id in the SDP (or which data channel label)
// each Track is found.
type subscribedState struct {
	Revision int               `json:"revision"`
	Tracks   []subscribedTrack `json:"tracks"`
}

type subscribedTrack struct {
	SID string `json:"sid"`
	ID  string `json:"id"`
}

// recordingState tells whether the Room is being recorded.
type recordingState struct {
	IsRecording bool `json:"is_recording"`
	Revision    int  `json:"revision"`
}

// channel says where a kind of media signaling takes place.
type channel struct {
	Transport transport `json:"transport"`
}

type transport struct {
	Type  string `json:"type"`
	Label string `json:"label"`
}

// encode wraps a message of the server into its frame.
func encode(m any) ([]byte, error) {
	b, err := json.Marshal(struct {
		Type string `json:"type"`
		Body any    `json:"body"`
	}{frameMsg, m})
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", m, err)
	}
	return b, nil
}
