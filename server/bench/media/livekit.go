package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/coder/websocket"
	"github.com/pion/webrtc/v4"
)

// liveKitClient is a made-up Participant's signalling as livekit-client speaks it
// by default: one peer connection, of which the client makes all offers, and
// adds sections for what it is to receive when the server asks for them.
type liveKitClient struct {
	*socket
	p *participant

	// Of the reading goroutine.
	offers     uint64 // made so far; the last one's id
	unanswered bool
	again      bool // offer again when it is answered
	candidates []webrtc.ICECandidateInit
}

// pingEvery is what the server asks for.
const pingEvery = 5 * time.Second

func dialLiveKit(ctx context.Context, signaling, token string, p *participant) (_ connection, err error) {
	q := url.Values{"access_token": {token}, "join_request": {joinQuery()}}
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
	_, parts, err := fields(b)
	if err != nil {
		return err
	}
	for field, body := range parts {
		switch field {
		case responseJoin:
			err = l.send(addTrackRequest(l.p.track.ID()))
		case responsePublished:
			if err = l.p.publish(); err == nil {
				err = l.offer()
			}
		case responseSections:
			err = l.addSections(body)
		case responseAnswer:
			err = l.answered(body)
		case responseTrickle:
			err = l.candidate(body)
		case responseLeave:
			err = fmt.Errorf("%w: leave", errRefused)
		}
		if err != nil {
			return err
		}
	}
	return nil
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
	return l.send(offerRequest(sdp, l.offers))
}

func (l *liveKitClient) answered(b []byte) error {
	d, err := parseDescription(b)
	if err != nil {
		return err
	}
	if err := l.p.setRemote(webrtc.SDPTypeAnswer, d.sdp); err != nil {
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
func (l *liveKitClient) addSections(b []byte) error {
	numbers, _, err := fields(b)
	if err != nil {
		return fmt.Errorf("read sections: %w", err)
	}
	const videos = 2
	for range numbers[videos] {
		if _, err := l.p.pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo,
			webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
			return fmt.Errorf("add section: %w", err)
		}
	}
	return l.offer()
}

func (l *liveKitClient) candidate(b []byte) error {
	_, texts, err := fields(b)
	if err != nil {
		return fmt.Errorf("read candidate: %w", err)
	}
	var c webrtc.ICECandidateInit
	if err := json.Unmarshal(texts[1], &c); err != nil {
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
