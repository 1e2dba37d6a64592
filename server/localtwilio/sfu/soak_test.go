package sfu

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"testing"
	"time"
)

// Six Participants join, share, stop sharing and leave at random; whatever is published at the
// end of each round flows to everybody else who is there. SFU_SOAK says for how long (a Go
// duration), SFU_SEED which schedule.
func TestSoak(t *testing.T) {
	length := 4 * time.Second
	if s := os.Getenv("SFU_SOAK"); s != "" {
		d, err := time.ParseDuration(s)
		if err != nil {
			t.Fatal(err)
		}
		length = d
	}
	seed := uint64(1)
	if s := os.Getenv("SFU_SEED"); s != "" {
		if _, err := fmt.Sscan(s, &seed); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("seed %d", seed)
	schedule := rand.New(rand.NewPCG(seed, 0))
	r := startEngine(t).NewRouter(RouterConfig{Speaker: func(string) {}})
	const places = 6
	var here [places]*client
	shares := map[*client][]string{}
	n := 0
	rounds := 0
	var settled uint64 // heap when everybody has been there once
	for began := time.Now(); time.Since(began) < length; rounds++ {
		for range 3 {
			i := schedule.IntN(places)
			c := here[i]
			switch {
			case c == nil:
				n++
				c = newClient(t, fmt.Sprintf("PA%d", n))
				// pion goes wrong when it and the server take up the same idle section at once:
				// it then only sends in it. Browsers go on receiving.
				c.fresh = true
				// It is about who gets what, not how much: 13 Tracks for six at the usual pace
				// are more than two cores do under the race detector.
				c.pace = 100 * time.Millisecond
				sid := fmt.Sprintf("MT%dv", n)
				c.publish(sid, KindVideo)
				c.publish(fmt.Sprintf("MT%da", n), KindAudio)
				c.join(r)
				here[i], shares[c] = c, []string{sid}
			case schedule.IntN(3) == 0:
				c.leave()
				c.forget()
				delete(shares, c)
				here[i] = nil
			case len(shares[c]) > 1:
				c.unpublish(shares[c][1])
				shares[c] = shares[c][:1]
			default:
				n++
				sid := fmt.Sprintf("MT%ds", n)
				c.publish(sid, KindVideo)
				shares[c] = append(shares[c], sid)
			}
		}
		var waits []func()
		for c := range shares {
			for other, sids := range shares {
				if other != c {
					waits = append(waits, c.flowing(sids...))
				}
			}
		}
		for _, wait := range waits {
			wait()
		}
		if rounds == 10 {
			settled = heap()
		}
	}
	t.Logf("%d rounds, %d names given", rounds, n)
	if now := heap(); settled != 0 && now > 2*settled+32<<20 {
		t.Errorf("heap grew from %d to %d kB", settled>>10, now>>10)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
