package localtwilio

import (
	"net"
	"net/http"
	"net/netip"
	"sync"

	"escalate/server/clientaddr"
)

// Connections of HTTP at a time, those not counted that have become WebSockets. A server
// behind a proxy has all of them from one address; each costs a file and some 20 kB.
const (
	linesPerAddress = 1000
	linesInAll      = 4000
)

// lines counts the connections of a listener, and closes those that are too many at once,
// before anything is read from them.
type lines struct {
	perAddress, inAll int

	mu   sync.Mutex          // guards what follows
	from map[net.Conn]string // the address of each that is counted
	by   map[string]int
}

func newLines(perAddress, inAll int) *lines {
	return &lines{perAddress: perAddress, inAll: inAll, from: map[net.Conn]string{}, by: map[string]int{}}
}

// changed is an http.Server's ConnState.
func (l *lines) changed(c net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		if !l.enter(c) {
			_ = c.Close() // it is of no use either way
		}
	case http.StateHijacked, http.StateClosed:
		l.leave(c)
	case http.StateActive, http.StateIdle:
	}
}

func (l *lines) enter(c net.Conn) bool {
	address := c.RemoteAddr().String()
	if a, err := netip.ParseAddrPort(address); err == nil {
		address = clientaddr.Keys(a.Addr())[0]
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.from) >= l.inAll || l.by[address] >= l.perAddress {
		return false
	}
	l.from[c] = address
	l.by[address]++
	return true
}

func (l *lines) leave(c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	address, counted := l.from[c]
	if !counted {
		return
	}
	delete(l.from, c)
	if l.by[address]--; l.by[address] == 0 {
		delete(l.by, address)
	}
}
