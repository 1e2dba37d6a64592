package sfu

import (
	"context"
	"fmt"
	"sync"

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
	err = p.loop.call(context.Background(), p.done, func() error {
		if p.channels.get(name) != nil {
			return nil
		}
		c, err := p.negotiation.openChannel(label, nil)
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
		p.channels.set(name, c)
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
	c := p.channels.get(name)
	if c == nil {
		return fmt.Errorf("%w: %q", ErrUnknownChannel, name)
	}
	return c.send(webrtc.DataChannelMessage{IsString: true, Data: data})
}

// channels is what OpenChannel has opened. The zero value is empty; any goroutine may use it.
type channels struct {
	mu   sync.Mutex
	list map[string]*outChannel // by name
}

func (c *channels) get(name string) *outChannel {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.list[name]
}

func (c *channels) set(name string, channel *outChannel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.list == nil {
		c.list = map[string]*outChannel{}
	}
	c.list[name] = channel
}
