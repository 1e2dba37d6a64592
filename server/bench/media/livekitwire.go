package main

import (
	"encoding/base64"
	"fmt"

	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"
)

// joinQuery returns the query parameter join_request of /rtc/v1: a client in Go
// that subscribes to everything.
func joinQuery() (string, error) {
	join, err := proto.Marshal(&livekit.JoinRequest{
		ClientInfo:         &livekit.ClientInfo{Sdk: livekit.ClientInfo_GO, Protocol: 17},
		ConnectionSettings: &livekit.ConnectionSettings{AutoSubscribe: true},
	})
	if err != nil {
		return "", fmt.Errorf("write join request: %w", err)
	}
	wrapped, err := proto.Marshal(&livekit.WrappedJoinRequest{JoinRequest: join}) // not compressed
	if err != nil {
		return "", fmt.Errorf("write join request: %w", err)
	}
	return base64.URLEncoding.EncodeToString(wrapped), nil
}

func offerRequest(sdp string, id uint32) *livekit.SignalRequest {
	return &livekit.SignalRequest{Message: &livekit.SignalRequest_Offer{
		Offer: &livekit.SessionDescription{Type: "offer", Sdp: sdp, Id: id}}}
}

func addTrackRequest(cid string) *livekit.SignalRequest {
	return &livekit.SignalRequest{Message: &livekit.SignalRequest_AddTrack{
		AddTrack: &livekit.AddTrackRequest{Cid: cid, Name: "camera", Type: livekit.TrackType_VIDEO, Source: livekit.TrackSource_CAMERA,
			Width: pictureWidth, Height: pictureHeight}}}
}

// pingRequest and leaveRequest hold nothing that could not be written.
func pingRequest(now int64) []byte {
	b, _ := proto.Marshal(&livekit.SignalRequest{Message: &livekit.SignalRequest_Ping{Ping: now}})
	return b
}

func leaveRequest() []byte {
	b, _ := proto.Marshal(&livekit.SignalRequest{Message: &livekit.SignalRequest_Leave{Leave: &livekit.LeaveRequest{}}})
	return b
}
