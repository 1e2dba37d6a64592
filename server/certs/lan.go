package certs

import (
	"fmt"
	"net"
)

// LAN returns the IPv4 addresses under which others on its networks reach this machine,
// the one of the way out first; none without a network.
func LAN() ([]net.IP, error) {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("look for this machine's addresses: %w", err)
	}
	out := wayOut()
	var found []net.IP
	for _, a := range all {
		n, ok := a.(*net.IPNet)
		if !ok || n.IP.To4() == nil || !n.IP.IsGlobalUnicast() {
			continue
		}
		if n.IP.Equal(out) {
			found = append([]net.IP{n.IP}, found...)
			continue
		}
		found = append(found, n.IP)
	}
	return found, nil
}

// wayOut returns the address from which this machine would speak to others; nil without
// a network. Nothing is sent: to connect a UDP socket only chooses a route.
func wayOut() net.IP {
	c, err := net.Dial("udp4", "198.51.100.1:9") // of RFC 5737, nobody's
	if err != nil {
		return nil
	}
	defer c.Close()
	if a, ok := c.LocalAddr().(*net.UDPAddr); ok {
		return a.IP
	}
	return nil
}
