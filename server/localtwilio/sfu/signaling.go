package sfu

import (
	"context"
	"fmt"

	"github.com/pion/webrtc/v4"
)

// labelPrefix keeps the labels of media signaling apart from Track SIDs, which label data
// Tracks.
const labelPrefix = "media-signaling:"

// maxCallbacks is how many callbacks may be queued when one more message arrives. Clients send some
// messages per second, so that more are an abuse, or the caller is stuck.
const maxCallbacks = 1000

// OpenChannel opens a data channel for media signaling (for example
// "active_speaker") and returns the label to announce to the client. Asked again, it gives
// the same label.
func (p *Peer) OpenChannel(name string) (label string, err error) {
	label = labelPrefix + name
	err = p.call(context.Background(), func() error {
		if p.channel(name) != nil {
			return nil
		}
		c, err := p.openOut(label, nil)
		if err != nil {
			return fmt.Errorf("open channel %q: %w", name, err)
		}
		if f := p.config.Message; f != nil {
			c.dc.OnMessage(func(m webrtc.DataChannelMessage) {
				if !p.out.postUnder(maxCallbacks, func() { f(name, m.Data) }) {
					p.log.Debug("drop media signaling", "channel", name)
				}
			})
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.channels[name] = c
		return nil
	})
	if err != nil {
		return "", err
	}
	return label, nil
}

// SendChannel sends text on a channel opened with OpenChannel. What is sent before the
// client has opened its end is kept, within limits (ErrBusy).
func (p *Peer) SendChannel(name string, data []byte) error {
	c := p.channel(name)
	if c == nil {
		return fmt.Errorf("%w: %q", ErrUnknownChannel, name)
	}
	return c.send(webrtc.DataChannelMessage{IsString: true, Data: data})
}

func (p *Peer) channel(name string) *outChannel {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.channels[name]
}
