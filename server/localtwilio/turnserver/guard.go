package turnserver

import (
	"log/slog"
	"net"
	"net/netip"

	"github.com/pion/stun/v4"
)

// guard is the port that clients reach. It refuses by itself what pion would let pass, for its
// permissions are for all ports of an address, or would refuse with another code than
// RFC 8656 has: 403 for a peer whom nothing is relayed to, 442 for TCP.
type guard struct {
	net.PacketConn
	relays *relays
	key    func(username, realm string) ([]byte, bool)
	log    *slog.Logger
}

// ReadFrom returns the next packet that is pion's to answer.
func (g *guard) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := g.PacketConn.ReadFrom(b)
		if err != nil || !g.refuse(b[:n], from) {
			return n, from, err
		}
	}
}

// refuse answers a request that must not be carried out; false leaves it to pion, as all whose
// credentials are wrong.
func (g *guard) refuse(packet []byte, from net.Addr) bool {
	if !stun.IsMessage(packet) {
		return false
	}
	m := &stun.Message{Raw: append([]byte{}, packet...)}
	if m.Decode() != nil || m.Type.Class != stun.ClassRequest {
		return false
	}
	switch m.Type.Method {
	case stun.MethodAllocate, stun.MethodCreatePermission, stun.MethodChannelBind, stun.MethodConnect, stun.MethodConnectionBind:
	default:
		return false
	}
	var username stun.Username
	var realm stun.Realm
	if username.GetFrom(m) != nil || realm.GetFrom(m) != nil {
		return false
	}
	key, ok := g.key(username.String(), realm.String())
	if !ok || stun.MessageIntegrity(key).Check(m) != nil {
		return false
	}
	code := g.fault(m)
	if code == 0 {
		return false
	}
	// Browsers ask for it as a matter of course: each for the other's host candidates.
	g.log.Debug("TURN request refused", "method", m.Type.Method, "code", int(code))
	answer, err := stun.Build(&stun.Message{TransactionID: m.TransactionID}, stun.NewType(m.Type.Method, stun.ClassErrorResponse),
		code, stun.MessageIntegrity(key))
	if err == nil {
		_, err = g.WriteTo(answer.Raw, from)
	}
	if err != nil {
		g.log.Debug("a refusal was not sent", "err", err)
	}
	return true
}

// fault is the code of what a client must not ask for, 0 for nothing.
func (g *guard) fault(m *stun.Message) stun.ErrorCode {
	switch m.Type.Method {
	case stun.MethodAllocate:
		const udp = 17 // of IP's protocols; a malformed one is pion's
		if v, err := m.Get(stun.AttrRequestedTransport); err == nil && len(v) > 0 && v[0] != udp {
			return stun.CodeUnsupportedTransProto
		}
		return 0
	case stun.MethodConnect, stun.MethodConnectionBind: // RFC 6062's, which begin with such an allocation
		return stun.CodeForbidden
	}
	g.relays.look()
	code := stun.ErrorCode(0)
	err := m.ForEach(stun.AttrXORPeerAddress, func(m *stun.Message) error {
		var peer stun.XORMappedAddress
		if err := peer.GetFromAs(m, stun.AttrXORPeerAddress); err != nil {
			return err
		}
		ip, ok := netip.AddrFromSlice(peer.IP)
		switch {
		case !ok:
			code = stun.CodeForbidden
		// The port of a permission means nothing (RFC 8656, section 9.1), so it may be left out.
		case peer.Port == 0 && m.Type.Method == stun.MethodCreatePermission:
			if !g.relays.leadTo(ip.Unmap()) {
				code = stun.CodeForbidden
			}
		case !g.relays.lead(netip.AddrPortFrom(ip.Unmap(), uint16(peer.Port))):
			code = stun.CodeForbidden
		}
		return nil
	})
	if err != nil {
		return 0 // pion answers 400
	}
	return code
}
