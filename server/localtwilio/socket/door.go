package socket

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"escalate/server/clientaddr"
)

// DoorLimits are how many sockets may be open whose client has not shown yet that it may use
// them, and for how long. Zero fields are the defaults.
type DoorLimits struct {
	// Within is how long a client has to show its token, 15 s when zero: what it takes on a bad
	// line, and for a program to fetch another token when the first is refused.
	Within time.Duration
	// PerAddress is how many may wait from one IPv4 address or one IPv6 network of 64 bits, 100
	// when zero: an office shares one, and so does all that is behind a proxy.
	PerAddress int
	// InAll is how many may wait altogether, 1,000 when zero.
	InAll int
}

// Door counts the sockets of several Groups whose clients are strangers: who have not called
// Conn.Admit. Its methods may be called from any goroutine.
type Door struct {
	limits DoorLimits

	mu     sync.Mutex     // guards what follows
	waits  int            // in all
	waitBy map[string]int // by address
}

// NewDoor returns a Door at which nobody waits.
func NewDoor(l DoorLimits) *Door {
	if l.Within <= 0 {
		l.Within = 15 * time.Second
	}
	if l.PerAddress <= 0 {
		l.PerAddress = 100
	}
	if l.InAll <= 0 {
		l.InAll = 1000
	}
	return &Door{limits: l, waitBy: map[string]int{}}
}

// Strangers returns how many wait.
func (d *Door) Strangers() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.waits
}

// enter counts a client, or returns the status and the words with which it is refused.
func (d *Door) enter(address string) (status int, why string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.waitBy[address] >= d.limits.PerAddress:
		return http.StatusTooManyRequests, "too many connections from this address wait for a token"
	case d.waits >= d.limits.InAll:
		return http.StatusServiceUnavailable, "too many connections wait for a token"
	}
	d.waits++
	d.waitBy[address]++
	return 0, ""
}

func (d *Door) leave(address string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waits--
	if d.waitBy[address]--; d.waitBy[address] == 0 {
		delete(d.waitBy, address)
	}
}

// late is what a client is told that has shown no token in time.
func (d *Door) late() string { return fmt.Sprintf("no valid token within %v", d.limits.Within) }

// addressOf is whom a request is counted as; whoever reports another address in a header is
// not believed.
func addressOf(r *http.Request) string { return clientaddr.Keys((clientaddr.Proxies{}).Of(r))[0] }
