package turnserver

import (
	"errors"
	"net"
	"net/netip"
	"sync"

	"github.com/pion/turn/v5"
)

// errFull and errUDPOnly make pion answer 508 (RFC 8656, section 7.2).
var (
	errFull    = errors.New("as many relayed addresses are in use as there may be")
	errUDPOnly = errors.New("relays UDP only")
)

// relays are the relayed addresses in use. It implements turn.RelayAddressGenerator around the
// one that opens the ports.
type relays struct {
	*turn.RelayAddressGeneratorStatic
	max   int
	peers func() []netip.AddrPort

	mu    sync.RWMutex // guards what follows
	open  map[netip.AddrPort]struct{}
	known map[netip.AddrPort]struct{} // what peers returned last
}

// AllocatePacketConn implements turn.RelayAddressGenerator.
func (r *relays) AllocatePacketConn(c turn.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	r.mu.RLock()
	full := len(r.open) >= r.max
	r.mu.RUnlock()
	if full {
		return nil, nil, errFull
	}
	conn, addr, err := r.RelayAddressGeneratorStatic.AllocatePacketConn(c)
	if err != nil {
		return nil, nil, err
	}
	relayed := addrPort(addr)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open[relayed] = struct{}{}
	return &relayedConn{PacketConn: conn, relays: r, addr: relayed}, addr, nil
}

// AllocateListener implements turn.RelayAddressGenerator: TCP would reach what is not media.
func (r *relays) AllocateListener(turn.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errUDPOnly
}

// AllocateConn implements turn.RelayAddressGenerator, as AllocateListener does.
func (r *relays) AllocateConn(turn.AllocateConnConfig) (net.Conn, error) { return nil, errUDPOnly }

// look asks again which addresses are the media server's.
func (r *relays) look() {
	known := map[netip.AddrPort]struct{}{}
	for _, a := range r.peers() {
		known[netip.AddrPortFrom(a.Addr().Unmap(), a.Port())] = struct{}{}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known = known
}

// lead reports whether packets may go to an address: the media server's, or one that is relayed
// here as well, which two browsers on relays have for each other.
func (r *relays) lead(to netip.AddrPort) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	_, media := r.known[to]
	_, relayed := r.open[to]
	return media || relayed
}

// leadTo reports whether packets may go to any port of an address.
func (r *relays) leadTo(ip netip.Addr) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, all := range []map[netip.AddrPort]struct{}{r.known, r.open} {
		for a := range all {
			if a.Addr() == ip {
				return true
			}
		}
	}
	return false
}

// relayedConn is the port of one allocation. A permission is for all ports of an address
// (RFC 8656, section 9), so that it is here that the others stay closed.
type relayedConn struct {
	net.PacketConn
	relays *relays
	addr   netip.AddrPort
}

// WriteTo drops what must not be sent, as a Send indication without permission is dropped.
func (c *relayedConn) WriteTo(b []byte, to net.Addr) (int, error) {
	if !c.relays.lead(addrPort(to)) {
		return len(b), nil
	}
	return c.PacketConn.WriteTo(b, to)
}

// ReadFrom returns what came from where WriteTo may send.
func (c *relayedConn) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := c.PacketConn.ReadFrom(b)
		if err != nil || c.relays.lead(addrPort(from)) {
			return n, from, err
		}
	}
}

// Close gives the address back.
func (c *relayedConn) Close() error {
	c.relays.mu.Lock()
	delete(c.relays.open, c.addr)
	c.relays.mu.Unlock()
	return c.PacketConn.Close()
}

// addrPort is the address of UDP; the zero value for any other.
func addrPort(a net.Addr) netip.AddrPort {
	u, ok := a.(*net.UDPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	p := u.AddrPort()
	return netip.AddrPortFrom(p.Addr().Unmap().WithZone(""), p.Port())
}
