package localtwilio

import (
	"fmt"
	"time"

	"escalate/server/localtwilio/sfu"
	"escalate/server/localtwilio/store"
)

// media is what carries Rooms' audio and video: the SFU's port.
type media struct {
	engine *sfu.Engine
}

func startMedia(c Config, _ store.Account) (m media, err error) {
	m.engine, err = sfu.Start(sfu.Config{Addr: c.MediaAddr, PublicIPs: c.PublicIPs, Log: c.Log.With("part", "media")})
	if err != nil {
		return m, fmt.Errorf("start media: %w", err)
	}
	return m, nil
}

func (m media) iceServers(time.Time) any { return []any{} }

func (m media) close() error {
	if m.engine == nil {
		return nil
	}
	return m.engine.Close()
}
