package main

import (
	"encoding/json"
	"slices"
	"testing"
)

func TestSplitAddsUpToTheFirstFrame(t *testing.T) {
	for _, c := range []struct {
		name  string
		marks string
		want  []float64
	}{
		{
			"in order", `{"join": 1000, "open": 1010, "offer": 1030, "answer": 1070, "ice": 1080, "dtls": 1100, "described": 1150, "packet": 1160, "received": 1170, "frame": 1200}`,
			[]float64{10, 20, 40, 10, 20, 50, 10, 10, 30},
		},
		{
			// The video came with the first answer, and the browser did not say when the frame was whole.
			"early and never", `{"join": 1000, "open": 1010, "offer": 1005, "answer": 1070, "ice": 1080, "dtls": 1100, "described": 1070, "packet": 1160, "frame": 1200}`,
			[]float64{10, 0, 60, 10, 20, 0, 60, 0, 40},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var m timeline
			if err := json.Unmarshal([]byte(c.marks), &m); err != nil {
				t.Fatal(err)
			}
			got := split(m)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			sum := 0.0
			for _, v := range got {
				sum += v
			}
			if want := (callResult{customer: m}).firstFrame(); sum != want {
				t.Errorf("they add up to %v, the first frame took %v", sum, want)
			}
		})
	}
}

// TestOtherSide is of two pages' marks: the agent's own join was long before.
func TestOtherSide(t *testing.T) {
	r := callResult{
		customer: timeline{Join: 5000, DTLS: 5100},
		agent:    timeline{Join: 1000, DTLS: 1100, Described: 5150, Packet: 5160, Received: 5165, Frame: 5200},
	}
	if got := r.otherSide(); got != 200 {
		t.Errorf("the other side took %v ms", got)
	}
	if got, want := splitOther(r), []float64{100, 50, 10, 5, 35}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
