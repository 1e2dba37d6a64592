package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// address is the key by which a client is limited: its IPv4 address, or
// the /64 of its IPv6 address, which is what one customer line gets. Behind a
// proxy it is the last address in X-Forwarded-For: the proxy wrote that one,
// and the ones before it are the client's to invent.
func (g *Guards) address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if g.trustProxy {
		hops := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
		if last := strings.TrimSpace(hops[strings.LastIndex(hops, ",")+1:]); last != "" {
			host = last
		}
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if addr = addr.Unmap().WithZone(""); addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}
