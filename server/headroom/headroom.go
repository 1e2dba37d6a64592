// Package headroom sets how often a process collects its garbage. Go's own GOGC makes
// the room for garbage a multiple of what lives: where little lives, a server that is
// busy collects dozens of times a second; where thousands of customers wait, most of the
// memory is garbage. Here the room is the same size however much lives, until that is
// so much that collecting it costs more than the room.
package headroom

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

const (
	// room is how many bytes of garbage may gather. With a quarter of it a request for
	// a token takes 15 % more CPU time (`make bench`); more is seen in the memory of a
	// server at rest.
	room = 64 << 20
	// least and most bound GOGC: below the one, collecting takes more than a tenth of
	// the CPU time; above the other, the first collections come late, before it is
	// known how much lives.
	least, most = 40, 400
	// every is how often the room is fitted to what lives.
	every = time.Second
)

// Keep begins to keep the room, unless the environment's GOGC says what to do. The
// caller calls stop at the end, which leaves things as they are.
func Keep() (stop func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	debug.SetGCPercent(most)
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { keep(done) })
	return func() {
		close(done)
		wg.Wait()
	}
}

func keep(done <-chan struct{}) {
	t := time.NewTicker(every)
	defer t.Stop()
	set, seen := most, uint64(0)
	for {
		select {
		case <-done:
			return
		case <-t.C:
		}
		cycles, lives := measure()
		if cycles == seen {
			continue // nothing new is known
		}
		seen = cycles
		// Setting it stops the world for a moment: not for a little.
		if p := percent(lives); p*8 > set*9 || p*9 < set*8 {
			debug.SetGCPercent(p)
			set = p
		}
	}
}

// measure returns how many collections there were, and how many bytes the newest has
// had to look through: what lives, stacks and globals, of which GOGC is a percentage.
func measure() (cycles, lives uint64) {
	s := []metrics.Sample{
		{Name: "/gc/cycles/total:gc-cycles"},
		{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}, {Name: "/gc/scan/globals:bytes"},
	}
	metrics.Read(s)
	for _, v := range s[1:] {
		lives += v.Value.Uint64()
	}
	return s[0].Value.Uint64(), lives
}

// percent returns the GOGC that leaves the room beside so many bytes.
func percent(lives uint64) int {
	return int(min(max(room*100/max(lives, 1), least), most))
}
