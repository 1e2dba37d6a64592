package sfu

import (
	"fmt"
	"testing"
	"time"

	"escalate/server/localtwilio/sfu/allocator"
	"escalate/server/localtwilio/sfu/codec"
)

// BenchmarkAllocate is the cost of sharing one subscriber's bandwidth anew, which happens five
// times per second.
func BenchmarkAllocate(b *testing.B) {
	for _, tracks := range []int{1, 5, 50} {
		b.Run(fmt.Sprintf("tracks=%d", tracks), func(b *testing.B) {
			var list []*allocator.Candidate
			for i := range tracks {
				list = append(list, &allocator.Candidate{Rank: i % 3, Current: i % 4, Layers: []allocator.Option{
					{Index: 0, Rate: 150_000}, {Index: 1, Rate: 500_000}, {Index: 2, Rate: 2_000_000},
				}})
			}
			now := time.Now()
			b.ReportAllocs()
			for b.Loop() {
				a := allocator.Allocator{Profile: allocator.Profile{Mode: allocator.ModeCollaboration}}
				a.Share(list, allocator.Link{Estimate: 3e6, Limited: true, Calm: true}, now)
			}
		})
	}
}

// BenchmarkSimulcastSwitch is the cost per packet of a layer that is rewritten.
func BenchmarkSimulcastSwitch(b *testing.B) {
	d, _ := newTaped("video/VP8")
	d.out.writer = sink{}
	d.start()
	l := &layer{}
	payload := append(vp8(9, 9, true), make([]byte, 1100)...) // the stream begins with 1, so that every payload is rewritten
	var p packet
	b.ReportAllocs()
	defer reportCPU(b, cpuTime(b))
	for b.Loop() {
		p.number, p.order, p.payload, p.plain = p.number+1, p.order+1, payload, payload
		codec.VP8.Parse(p.payload, &p.frame)
		if _, err := d.write(l, &p); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRooms is fifty Rooms of three, each with one video of about 1 Mbit/s to two
// subscribers, for a second at a time. It states what a forwarded stream costs, clients included:
// they share the process. And what a Room holds in memory.
func BenchmarkRooms(b *testing.B) {
	const rooms, people = 50, 3
	e := startEngine(b)
	before := heap()
	var watching []*client
	for i := range rooms {
		r := e.NewRouter(RouterConfig{})
		for j := range people {
			c := newClient(b, fmt.Sprintf("PA%d-%d", i, j))
			if j == 0 {
				c.publish(fmt.Sprintf("MT%d", i), KindVideo)
			}
			c.join(r)
			if j > 0 {
				c.flows(fmt.Sprintf("MT%d", i))
				watching = append(watching, c)
			}
		}
	}
	held := heap() - before // clients included
	count := func() (n int) {
		for i, c := range watching {
			n += c.packets(fmt.Sprintf("MT%d", i/(people-1)))
		}
		return n
	}
	packets, cpu, wall := count(), cpuTime(b), time.Now()
	for b.Loop() {
		<-time.After(time.Second)
	}
	used, took := cpuTime(b)-cpu, time.Since(wall)
	mbit := float64(count()-packets) * 1000 * 8 / 1e6 / took.Seconds()
	b.ReportMetric(float64(held)/rooms/1024, "kB/room")
	b.ReportMetric(mbit, "Mbit/s")
	b.ReportMetric(100*used.Seconds()/took.Seconds()/mbit, "%core/Mbit/s")
}
