package localtwilio

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"escalate/server/localtwilio/rest"
	"escalate/server/localtwilio/sfu"
	"escalate/server/localtwilio/store"
	"escalate/server/localtwilio/turnserver"
)

// media is what carries Rooms' audio and video: the SFU's port and a STUN and
// TURN server for browsers that cannot reach it directly.
type media struct {
	engine *sfu.Engine
	turn   *turnserver.Server
}

func startMedia(c Config, a store.Account) (m media, err error) {
	defer func() {
		if err != nil {
			_ = m.close()
			m = media{}
		}
	}()
	m.engine, err = sfu.Start(sfu.Config{Addr: c.MediaAddr, PublicIPs: c.PublicIPs, Log: c.Log.With("part", "media")})
	if err != nil {
		return m, fmt.Errorf("start media: %w", err)
	}
	addr := c.TURNAddr
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	relay, err := relayIP(addr, c.PublicIPs)
	if err != nil {
		return m, err
	}
	// The auth token is as good a secret as any: random, and known to nobody
	// who is not entitled to the account.
	m.turn, err = turnserver.Start(turnserver.Config{
		Addr: addr, Realm: "localtwilio", Secret: a.AuthToken, Relay: relay, Peers: m.addresses(c.PublicIPs), Log: c.Log.With("part", "turn"), Now: c.Now,
	})
	if err != nil {
		return m, fmt.Errorf("start TURN: %w", err)
	}
	return m, nil
}

// addresses returns what tells under which addresses browsers are told to reach the media port.
func (m media) addresses(public []string) func() []netip.AddrPort {
	listening := m.engine.Addr().(*net.UDPAddr).AddrPort()
	return func() (all []netip.AddrPort) {
		for _, text := range public {
			if ip, err := netip.ParseAddr(text); err == nil {
				all = append(all, netip.AddrPortFrom(ip, listening.Port()))
			}
		}
		if !listening.Addr().IsUnspecified() {
			return append(all, listening)
		}
		ours, err := net.InterfaceAddrs()
		if err != nil {
			return all
		}
		for _, a := range ours {
			if p, err := netip.ParsePrefix(a.String()); err == nil {
				all = append(all, netip.AddrPortFrom(p.Addr(), listening.Port()))
			}
		}
		return all
	}
}

// relayIP is the address that relayed media comes from: a public one where
// there is one, else the one listened on.
func relayIP(addr string, public []string) (net.IP, error) {
	if len(public) > 0 {
		if ip := net.ParseIP(public[0]); ip != nil {
			return ip, nil
		}
		return nil, fmt.Errorf("public address %q is not an IP address", public[0])
	}
	a, err := net.ResolveUDPAddr("udp", addr)
	if err != nil {
		return nil, fmt.Errorf("resolve TURN address %s: %w", addr, err)
	}
	if a.IP == nil || a.IP.IsUnspecified() {
		return net.IPv4(127, 0, 0, 1), nil
	}
	return a.IP, nil
}

func (m media) iceServers(now time.Time) any {
	if m.turn == nil {
		return []any{}
	}
	return m.turn.ICEServers(now)
}

// tokenServers returns what makes the ICE servers of a Token that is good for a while.
func (m media) tokenServers(now func() time.Time) func(time.Duration) []rest.ICEServer {
	return func(ttl time.Duration) (all []rest.ICEServer) {
		for _, s := range m.turn.ICEServersFor(now(), ttl) {
			all = append(all, rest.ICEServer{URLs: s.URLs, Username: s.Username, Credential: s.Credential})
		}
		return all
	}
}

func (m media) close() error {
	var errs []error
	if m.turn != nil {
		errs = append(errs, m.turn.Close())
	}
	if m.engine != nil {
		errs = append(errs, m.engine.Close())
	}
	return errors.Join(errs...)
}
