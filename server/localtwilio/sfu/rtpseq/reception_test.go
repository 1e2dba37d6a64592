package rtpseq

import (
	"testing"
	"time"
)

func TestReception(t *testing.T) {
	t.Parallel()
	const gap, ticks = 20 * time.Millisecond, 960 // of 48 kHz
	type want struct {
		fraction uint8
		lost     uint32
		last     uint32
		jitter   bool
	}
	for _, tt := range []struct {
		name    string
		numbers []uint16
		late    time.Duration // every second packet
		want    want
	}{
		{"all", []uint16{10, 11, 12, 13}, 0, want{0, 0, 13, false}},
		{"one of four", []uint16{10, 11, 13}, 0, want{64, 1, 13, false}},
		{"one sent again", []uint16{10, 11, 13, 12}, 0, want{0, 0, 13, false}},
		{"more than all", []uint16{10, 11, 11, 11}, 0, want{0, 0, 11, false}},
		{"a turn", []uint16{65534, 65535, 1}, 0, want{64, 1, 1<<16 + 1, false}},
		{"before the first", []uint16{11, 10, 13}, 0, want{64, 1, 13, false}},
		{"uneven", []uint16{10, 11, 12, 13}, 5 * time.Millisecond, want{0, 0, 13, true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := NewReception(48000)
			if _, ok := r.Block(7, time.Now()); ok {
				t.Error("there is a report on nothing")
			}
			for i, n := range tt.numbers {
				at := time.Duration(int16(n-tt.numbers[0])) * gap
				if i%2 == 1 {
					at += tt.late
				}
				r.Arrived(n, uint32(int16(n-tt.numbers[0]))*ticks-5, time.Minute+at)
			}
			b, ok := r.Block(7, time.Now())
			got := want{b.FractionLost, b.TotalLost, b.LastSequenceNumber, b.Jitter > 0}
			if !ok || got != tt.want || b.SSRC != 7 {
				t.Errorf("%+v, %t, want %+v", got, ok, tt.want)
			}
			if b, _ = r.Block(7, time.Now()); b.FractionLost != 0 || b.TotalLost != tt.want.lost {
				t.Errorf("%d of 256 and %d in all were lost of nothing more", b.FractionLost, b.TotalLost)
			}
		})
	}
}
