package web

import (
	"math/rand/v2"
	"sync"
	"time"

	"escalate/server/ratelimit"
)

// openStreams counts the open event streams: of each code, of each address, and all.
type openStreams struct {
	limits Streams

	mu        sync.Mutex // guards what follows
	all       int
	codes     map[string]int
	addresses map[string]int
}

func newOpenStreams(s Streams) *openStreams {
	return &openStreams{limits: s, codes: map[string]int{}, addresses: map[string]int{}}
}

// take counts one more stream, unless there are too many; the error says of what.
func (s *openStreams) take(code, address string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range []struct {
		have, most  int
		limit, what string
	}{
		{s.codes[code], s.limits.PerCode, limitCodeStreams, "event streams for one code"},
		{s.addresses[address], s.limits.PerAddress, limitStreams, "event streams of one address"},
		{s.all, s.limits.All, limitAllStreams, "event streams"},
	} {
		if l.most >= 0 && l.have >= l.most {
			// Streams end when people leave, which nobody can foretell; not all come back at once.
			return &ratelimit.Error{Limit: l.limit, What: l.what, Wait: 10*time.Second + rand.N(10*time.Second)}
		}
	}
	s.all++
	s.codes[code]++
	s.addresses[address]++
	return nil
}

// giveBack counts one less.
func (s *openStreams) giveBack(code, address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	less(s.codes, code)
	less(s.addresses, address)
}

// less counts one less of key, and forgets it at none.
func less(count map[string]int, key string) {
	if count[key]--; count[key] <= 0 {
		delete(count, key)
	}
}
