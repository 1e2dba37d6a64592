package main

import (
	"encoding/base64"
	"testing"

	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"
)

func TestJoinQuerySubscribes(t *testing.T) {
	q, err := joinQuery()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.URLEncoding.DecodeString(q)
	if err != nil {
		t.Fatal(err)
	}
	var wrapped livekit.WrappedJoinRequest
	var join livekit.JoinRequest
	if err := proto.Unmarshal(raw, &wrapped); err != nil {
		t.Fatal(err)
	}
	if err := proto.Unmarshal(wrapped.GetJoinRequest(), &join); err != nil {
		t.Fatal(err)
	}
	if !join.GetConnectionSettings().GetAutoSubscribe() || join.GetClientInfo().GetSdk() != livekit.ClientInfo_GO {
		t.Errorf("joins with %v", &join)
	}
}
