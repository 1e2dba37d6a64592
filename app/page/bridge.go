package page

import (
	"encoding/json"
	"slices"

	"escalate/app/wire"
)

// bridge speaks with the agent desktop that frames the Video Room tab. It
// listens only to the window that frames us, and only if its origin is one the
// server names; what it says goes to that origin alone, except "ready", which
// holds nothing secret.
type bridge struct {
	host    Host
	origins []string
	desktop string // origin of the desktop, once it has written
}

// listen starts with "ready" and calls f with each message of the desktop, on
// whatever goroutine it came.
func (b *bridge) listen(f func(origin string, m wire.Bridge)) (stop func()) {
	stop = b.host.OnMessage(func(origin string, fromParent bool, data []byte) {
		if m, ok := b.read(origin, fromParent, data); ok {
			f(origin, m)
		}
	})
	b.post(wire.Bridge{Type: wire.BridgeReady}, "*")
	return stop
}

// read checks and decodes a message.
func (b *bridge) read(origin string, fromParent bool, data []byte) (m wire.Bridge, ok bool) {
	if !fromParent || !slices.Contains(b.origins, origin) {
		return m, false
	}
	if json.Unmarshal(data, &m) != nil || m.Escalate != wire.BridgeVersion {
		return m, false // another program's message, or another version's
	}
	return m, true
}

// send tells the desktop something; before it has written, nobody is told.
func (b *bridge) send(m wire.Bridge) {
	if b.desktop != "" {
		b.post(m, b.desktop)
	}
}

func (b *bridge) post(m wire.Bridge, origin string) {
	m.Escalate = wire.BridgeVersion
	if data, err := json.Marshal(m); err == nil {
		b.host.PostToParent(data, origin)
	}
}
