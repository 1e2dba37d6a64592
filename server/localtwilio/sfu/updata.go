package sfu

import (
	"log/slog"
	"slices"
	"sync"

	"github.com/pion/webrtc/v4"
)

// upData is a data Track as it arrives from its publisher.
type upData struct {
	dc  *webrtc.DataChannel
	log *slog.Logger

	mu    sync.Mutex
	sinks []*outChannel // guarded by mu
}

func newUpData(dc *webrtc.DataChannel, log *slog.Logger) *upData {
	u := &upData{dc: dc, log: log}
	dc.OnMessage(u.forward)
	return u
}

// forward copies a message to the sinks; the lock keeps their order equal.
func (u *upData) forward(m webrtc.DataChannelMessage) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, s := range u.sinks {
		if err := s.send(m); err != nil {
			u.log.Debug("forward data", "track", u.dc.Label(), "err", err)
		}
	}
}

func (u *upData) attach(c *outChannel) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sinks = append(u.sinks, c)
}

func (u *upData) detach(c *outChannel) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sinks = slices.DeleteFunc(u.sinks, func(x *outChannel) bool { return x == c })
}

// init is the publisher's choice of reliability, for the channels of the subscribers.
func (u *upData) init() *webrtc.DataChannelInit {
	ordered := u.dc.Ordered()
	return &webrtc.DataChannelInit{
		Ordered:           &ordered,
		MaxPacketLifeTime: u.dc.MaxPacketLifeTime(),
		MaxRetransmits:    u.dc.MaxRetransmits(),
	}
}
