package sfu

import (
	"fmt"
	"net"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"
)

const (
	// socketBuffer is how many bytes the kernel may hold for the UDP port. A keyframe of
	// every Participant at once is some hundred kilobytes; the usual default of 208 kB
	// drops packets then.
	socketBuffer = 4 << 20
	// tcpReadBuffer, in packets, and tcpWriteBuffer, in bytes, are of one TCP connection. Writing
	// must not wait for a slow client; what does not fit gets lost, as with UDP.
	tcpReadBuffer  = 64
	tcpWriteBuffer = 1 << 20
)

// listen opens the sockets of Start.
func (e *Engine) listen(c Config) error {
	if c.Conn != nil {
		e.conn, e.networks = c.Conn, []webrtc.NetworkType{webrtc.NetworkTypeUDP4}
		return nil
	}
	addr, err := net.ResolveUDPAddr("udp", c.Addr)
	if err != nil {
		return fmt.Errorf("resolve media address %q: %w", c.Addr, err)
	}
	version := "4"
	e.networks = []webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeTCP4}
	if addr.IP != nil && addr.IP.To4() == nil {
		version = "6"
		e.networks = []webrtc.NetworkType{webrtc.NetworkTypeUDP6, webrtc.NetworkTypeTCP6}
	}
	if addr.IP != nil && !addr.IP.IsUnspecified() {
		e.ip = addr.IP
	}
	conn, err := net.ListenUDP("udp"+version, addr)
	if err != nil {
		return fmt.Errorf("listen for media on %q: %w", c.Addr, err)
	}
	// Best effort: the kernel caps them at its own maximum, and smaller ones work too.
	_ = conn.SetReadBuffer(socketBuffer)
	_ = conn.SetWriteBuffer(socketBuffer)
	e.conn = conn
	// TCP is for the few that UDP does not reach, and its port may be taken by somebody else.
	tcp, err := net.ListenTCP("tcp"+version, &net.TCPAddr{IP: addr.IP, Port: conn.LocalAddr().(*net.UDPAddr).Port, Zone: addr.Zone})
	if err != nil {
		e.log.Warn("no media over TCP", "err", err)
		e.networks = e.networks[:1]
		return nil
	}
	e.tcp = ice.NewTCPMuxDefault(ice.TCPMuxParams{
		Listener: tcp, Logger: pionLog{e.log}.NewLogger("tcpmux"),
		ReadBufferSize: tcpReadBuffer, WriteBufferSize: tcpWriteBuffer,
	})
	return nil
}
