package main

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"
)

// joined is a call whose first frames took so many ms at the customer's and the agent's.
func joined(first, other float64) *callResult {
	return &callResult{
		customer: timeline{Join: 1000, Open: 1001, Subscribed: 1002, Frame: 1000 + first, Descriptions: 2},
		agent:    timeline{Frame: 1000 + other},
	}
}

func TestCompareIsOfRounds(t *testing.T) {
	r := rounds[callResult]{
		ours:   []*callResult{joined(100, 0), joined(300, 0), nil, joined(200, 0)},
		theirs: []*callResult{joined(200, 0), joined(600, 0), joined(1, 0), joined(400, 0)},
	}
	c := compare(r, callResult.firstFrame)
	// Every round is a half, and the one that failed is in no ratio.
	if c.ours != 200 || c.theirs != 200 || c.ratio != 0.5 {
		t.Errorf("got %+v", c)
	}
}

func TestLoadFigures(t *testing.T) {
	r := loadResult{
		load: load{rooms: 10, each: 3, bitrate: 1_000_000}, idle: 10e6, memory: 30e6,
		cpu: 3 * time.Second, elapsed: 10 * time.Second, sent: 30_000, packets: 30_000,
	}
	if got := r.streams(); got != 60 {
		t.Errorf("%d Tracks are forwarded, want 60", got)
	}
	if got := r.perStream(); got != 5*time.Millisecond {
		t.Errorf("a second of a Track costs %v", got)
	}
	if got := r.perPacket(); got != 100*time.Microsecond {
		t.Errorf("a packet costs %v", got)
	}
	if got := r.perRoom(); got != 2e6 {
		t.Errorf("a Room takes %d bytes", got)
	}
	if got := r.delivered(); math.Abs(got-0.5) > 1e-9 {
		t.Errorf("%v of it arrived, want half", got)
	}
	// 30 Participants owe 30 frames of 4 packets a second each.
	if got := r.kept(); math.Abs(got-30_000.0/36_000) > 1e-9 {
		t.Errorf("%v of it was sent", got)
	}
}

func TestReport(t *testing.T) {
	watched := func(longest float64) *callResult {
		r := joined(100, 100)
		r.customerSaw, r.agentSaw = quality{Longest: longest, Width: 1280, Frames: 600}, quality{Longest: 100, Width: 640, Frames: 300}
		return r
	}
	cost := func(cpu time.Duration, memory int64) *loadResult {
		return &loadResult{
			load: load{rooms: 10, each: 2, bitrate: 1_000_000}, startUp: 50 * time.Millisecond, idle: 15e6, memory: memory,
			cpu: cpu, elapsed: time.Second, sent: 1000, packets: 1000,
		}
	}
	b := &bench{
		settings: settings{
			rounds: 2, badRounds: 2, loadRounds: 1, aloneRounds: 1, watch: 20 * time.Second, parts: allParts,
			load: load{rooms: 10, each: 2, bitrate: 1_000_000}, alone: load{rooms: 50, each: 3, bitrate: 250_000},
		},
		calls:    rounds[callResult]{[]*callResult{joined(150, 100), joined(150, 100)}, []*callResult{joined(100, 200), nil}},
		badCalls: rounds[callResult]{[]*callResult{watched(900), watched(1100)}, []*callResult{watched(2000), watched(2000)}},
		loads:    rounds[loadResult]{[]*loadResult{cost(20*time.Millisecond, 30e6)}, []*loadResult{cost(40*time.Millisecond, 60e6)}},
		alone:    []*loadResult{cost(time.Second, 20e6)},
	}
	var out bytes.Buffer
	b.report(&out, "a machine")
	for _, want := range []string{
		"a machine",
		"join to the agent's first frame | 150 ms | 100 ms | 1.50× | at most 1.0×: **missed**",
		"first frame at the agent's | 100 ms | 200 ms | 0.50× | at most 0.6×: met",
		"calls that failed | | 1 |",
		"one forwarded Track | 1000.0 µs | 2000.0 µs | 0.50× | at most 1.0×: met",
		"with 20 Participants | 30.0 MB | 60.0 MB | 0.50× | at most 0.7×: met",
		"before anybody came | 15.0 MB | 15.0 MB | 1.00× | at most 20 MB: met",
		"the worst of them | 1100 ms | 2000 ms | | at most 1 s: **missed**",
		"width of the picture at the end | 640 | 640 |",
		"frames a second | 22 | 22 |",
		"memory for one Room | 0.5 MB",
	} {
		if flat := strings.Join(strings.Fields(out.String()), " "); !strings.Contains(flat, want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
}
