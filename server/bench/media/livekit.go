package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/coder/websocket"
	"github.com/livekit/protocol/livekit"
	"github.com/pion/webrtc/v4"
	"google.golang.org/protobuf/proto"
)

// liveKitClient is a made-up Participant's signalling as livekit-client speaks it
// by default: one peer connection, of which the client makes all offers, and
// adds sections for what it is to receive when the server asks for them.
type liveKitClient struct {
	*socket
	p *participant

	// Of the reading goroutine.
	offers     uint32 // made so far; the last one's id
	unanswered bool
	again      bool // offer again when it is answered
	candidates []webrtc.ICECandidateInit
}

// pingEvery is what the server asks for.
const pingEvery = 5 * time.Second

func dialLiveKit(ctx context.Context, signaling, token string, p *participant) (_ connection, err error) {
	join, err := joinQuery()
	if err != nil {
		return nil, err
	}
	q := url.Values{"access_token": {token}, "join_request": {join}}
	s, err := openSocket(ctx, signaling+"/rtc/v1?"+q.Encode(), websocket.MessageBinary)
	if err != nil {
		return nil, err
	}
	l := &liveKitClient{socket: s, p: p}
	l.serve(l.take, pingEvery, func() []byte { return pingRequest(time.Now().UnixMilli()) })
	if err := l.joined(ctx); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// take handles a message of the server.
func (l *liveKitClient) take(b []byte) error {
	var m livekit.SignalResponse
	if err := proto.Unmarshal(b, &m); err != nil {
		return fmt.Errorf("read message: %w", err)
	}
	switch m := m.GetMessage().(type) {
	case *livekit.SignalResponse_Join:
		return l.request(addTrackRequest(l.p.track.ID()))
	case *livekit.SignalResponse_TrackPublished:
		if err := l.p.publish(); err != nil {
			return err
		}
		return l.offer()
	case *livekit.SignalResponse_MediaSectionsRequirement:
		return l.addSections(m.MediaSectionsRequirement.GetNumVideos())
	case *livekit.SignalResponse_Answer:
		return l.answered(m.Answer.GetSdp())
	case *livekit.SignalResponse_Trickle:
		return l.candidate(m.Trickle.GetCandidateInit())
	case *livekit.SignalResponse_Leave:
		return fmt.Errorf("%w: leave", errRefused)
	}
	return nil
}

func (l *liveKitClient) request(m *livekit.SignalRequest) error {
	b, err := proto.Marshal(m)
	if err != nil {
		return fmt.Errorf("write message: %w", err)
	}
	return l.send(b)
}

// offer negotiates, or does so when the last offer is answered.
func (l *liveKitClient) offer() error {
	if l.unanswered {
		l.again = true
		return nil
	}
	sdp, err := l.p.localOffer()
	if err != nil {
		return err
	}
	l.unanswered = true
	l.offers++
	return l.request(offerRequest(sdp, l.offers))
}

func (l *liveKitClient) answered(sdp string) error {
	if err := l.p.setRemote(webrtc.SDPTypeAnswer, sdp); err != nil {
		return err
	}
	for _, c := range l.candidates {
		if err := l.p.pc.AddICECandidate(c); err != nil {
			return fmt.Errorf("add candidate: %w", err)
		}
	}
	l.candidates, l.unanswered = nil, false
	l.settle(nil)
	if !l.again {
		return nil
	}
	l.again = false
	return l.offer()
}

// addSections adds as many sections to receive in as the server misses.
func (l *liveKitClient) addSections(videos uint32) error {
	for range videos {
		if _, err := l.p.pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo,
			webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
			return fmt.Errorf("add section: %w", err)
		}
	}
	return l.offer()
}

func (l *liveKitClient) candidate(text string) error {
	var c webrtc.ICECandidateInit
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return fmt.Errorf("read candidate: %w", err)
	}
	if l.p.pc.RemoteDescription() == nil {
		l.candidates = append(l.candidates, c)
		return nil
	}
	if err := l.p.pc.AddICECandidate(c); err != nil {
		return fmt.Errorf("add candidate: %w", err)
	}
	return nil
}

func (l *liveKitClient) close() { l.end(leaveRequest()) }
