// Package clientaddr finds out which address a request came from: its sender's,
// or what the proxies in front of this server say of it, as far as they are
// believed.
package clientaddr

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
)

// Proxies says which of the proxies in front of this server are believed when
// they tell whom a request came from. The zero Proxies believes nobody.
//
// A proxy adds the address it was called from at the end of X-Forwarded-For, or
// of Forwarded (RFC 7239); what stands before that is others' to invent.
type Proxies struct {
	hops     int
	networks []netip.Prefix
}

// maxHops is more proxies than anybody has one behind the other.
const maxHops = 16

// Parse reads the setting TRUST_PROXY: "false" for none, "true" for one,
// a number of proxies that every request passes, or the addresses and networks
// of the proxies ("10.0.0.0/8, 2001:db8::1"), separated by commas or spaces.
func Parse(setting string) (Proxies, error) {
	setting = strings.TrimSpace(setting)
	if n, err := strconv.Atoi(setting); err == nil {
		if n < 0 || n > maxHops {
			return Proxies{}, fmt.Errorf("%d proxies: must be 0 to %d", n, maxHops)
		}
		return Proxies{hops: n}, nil
	}
	if on, err := strconv.ParseBool(setting); err == nil || setting == "" {
		if on {
			return Proxies{hops: 1}, nil
		}
		return Proxies{}, nil
	}
	var p Proxies
	for _, field := range strings.FieldsFunc(setting, func(r rune) bool { return r == ',' || r == ' ' }) {
		network, err := netip.ParsePrefix(field)
		if err != nil {
			addr, err := netip.ParseAddr(field)
			if err != nil {
				return Proxies{}, fmt.Errorf("%q is no address and no network", field)
			}
			addr = addr.Unmap()
			network = netip.PrefixFrom(addr, addr.BitLen())
		}
		if a := network.Addr(); a.Is4In6() && network.Bits() >= 96 {
			network = netip.PrefixFrom(a.Unmap(), network.Bits()-96)
		}
		p.networks = append(p.networks, network.Masked())
	}
	if len(p.networks) == 0 {
		return Proxies{}, fmt.Errorf("%q names no proxy", setting)
	}
	return p, nil
}

// Trusted says whether any proxy is believed.
func (p Proxies) Trusted() bool { return p.hops > 0 || len(p.networks) > 0 }

// Of returns the address that a request came from; it is not valid when
// RemoteAddr is none, as in a test.
func (p Proxies) Of(r *http.Request) netip.Addr {
	from := parseHop(r.RemoteAddr)
	if !p.Trusted() {
		return from
	}
	hops := forwarded(r.Header)
	for i := len(hops) - 1; i >= 0; i-- {
		if p.hops > 0 && len(hops)-i > p.hops || p.hops == 0 && !p.believes(from) {
			break
		}
		addr := parseHop(hops[i])
		switch {
		case addr.IsValid():
			from = addr
		case p.hops == 0:
			// What a proxy says of a client without an address ("unknown", "_x"):
			// its own is as near as we get, and what stands before is no proxy's.
			return from
		}
	}
	return from
}

func (p Proxies) believes(addr netip.Addr) bool {
	for _, n := range p.networks {
		if n.Contains(addr) {
			return true
		}
	}
	return false
}

// forwarded returns what the proxies have written, the nearest one's last.
// Where a request has both headers, X-Forwarded-For counts: it is what nearly
// all proxies write, and one that writes Forwarded should drop it.
func forwarded(h http.Header) []string {
	if lines := h.Values("X-Forwarded-For"); len(lines) > 0 {
		return strings.Split(strings.Join(lines, ","), ",")
	}
	var hops []string
	for _, line := range h.Values("Forwarded") {
		elements, whole := quotedSplit(line, ',')
		if !whole {
			// A client has left a quotation open to have the proxy's comma in it.
			elements = []string{"", line[strings.LastIndexByte(line, ',')+1:]}
		}
		for _, element := range elements {
			hops = append(hops, forOf(element))
		}
	}
	return hops
}

// forOf is the value of "for" in an element of Forwarded.
func forOf(element string) string {
	pairs, _ := quotedSplit(element, ';')
	for _, pair := range pairs {
		if name, value, _ := strings.Cut(pair, "="); strings.EqualFold(strings.TrimSpace(name), "for") {
			return strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return ""
}

// quotedSplit splits at each sep that is not in a quoted string, and says
// whether all of these are closed.
func quotedSplit(s string, sep byte) (parts []string, whole bool) {
	quoted, from := false, 0
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++ // the next character is meant as it is
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			parts, from = append(parts, s[from:i]), i+1
		}
	}
	return append(parts, s[from:]), !quoted
}

// parseHop reads an address as proxies and Go write them: alone, in brackets,
// with a port. It is not valid when there is none.
func parseHop(s string) netip.Addr {
	s = strings.TrimSpace(s)
	if host, _, err := net.SplitHostPort(s); err == nil {
		s = host
	}
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap().WithZone("")
}

// Keys returns the keys by which a client is limited: its IPv4 address; or
// the /64 of its IPv6 address, which is what one line gets, then the /56 and the
// /48, which are what one customer of a provider may have of such lines.
func Keys(addr netip.Addr) []string {
	if !addr.IsValid() {
		return []string{"nowhere"}
	}
	if addr.Is4() {
		return []string{addr.String()}
	}
	var keys []string
	for _, bits := range []int{64, 56, 48} {
		p, err := addr.Prefix(bits)
		if err != nil {
			return []string{addr.String()} // cannot be: every IPv6 address has these
		}
		keys = append(keys, p.String())
	}
	return keys
}
