package sfu

import (
	"fmt"
	"sync"

	"github.com/pion/webrtc/v4"
)

const (
	// maxPending is how many bytes wait for a channel that is not open yet.
	maxPending = 256 << 10
	// maxBuffered is how many bytes an open channel may have unsent. Beyond it the receiver is
	// too slow, and what is sent to it gets lost, so that it does not eat up memory.
	maxBuffered = 8 << 20
)

// outChannel is a data channel opened by the server. Sending never blocks.
type outChannel struct {
	dc *webrtc.DataChannel

	mu      sync.Mutex
	open    bool                        // guarded by mu
	closed  bool                        // guarded by mu
	pending []webrtc.DataChannelMessage // guarded by mu
	bytes   int                         // in pending; guarded by mu
}

func newOutChannel(dc *webrtc.DataChannel) *outChannel {
	c := &outChannel{dc: dc}
	dc.OnOpen(c.opened)
	return c
}

func (c *outChannel) opened() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open = true
	for _, m := range c.pending {
		// An error here means that the transport is gone, which others notice.
		_ = c.write(m)
	}
	c.pending, c.bytes = nil, 0
}

// send sends m, or keeps it until the channel is open.
func (c *outChannel) send(m webrtc.DataChannelMessage) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return ErrClosed
	case !c.open && c.bytes+len(m.Data) > maxPending:
		return ErrBusy
	case !c.open:
		c.pending = append(c.pending, m)
		c.bytes += len(m.Data)
		return nil
	case c.dc.BufferedAmount() > maxBuffered:
		return ErrBusy
	}
	return c.write(m)
}

// write hands m to SCTP, which queues it.
func (c *outChannel) write(m webrtc.DataChannelMessage) error {
	var err error
	if m.IsString {
		err = c.dc.SendText(string(m.Data))
	} else {
		err = c.dc.Send(m.Data)
	}
	if err != nil {
		return fmt.Errorf("send on channel %q: %w", c.dc.Label(), err)
	}
	return nil
}

func (c *outChannel) close() error {
	c.mu.Lock()
	c.closed, c.pending = true, nil
	c.mu.Unlock()
	return c.dc.Close()
}
