package recording

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"
)

// picture makes the packets of VP8 frames: frame i has i%3+1 packets.
func picture(first uint16, frames int) (list []*rtp.Packet) {
	for i := range frames {
		n := i%3 + 1
		for k := range n {
			descriptor := byte(0)
			if k == 0 {
				descriptor = 0x10 // start of the partition
			}
			list = append(list, &rtp.Packet{
				Header:  rtp.Header{SequenceNumber: first, Timestamp: uint32(i * 3000), Marker: k == n-1},
				Payload: []byte{descriptor, byte(i), byte(k)},
			})
			first++
		}
	}
	return list
}

// text writes frames as their number and count of packets, ! for one after a loss.
func text(fs []frame) string {
	var b strings.Builder
	for _, f := range fs {
		if f.lost {
			b.WriteByte('!')
		}
		fmt.Fprintf(&b, "%dx%d ", f.data[0], len(f.data)/2)
	}
	return strings.TrimSpace(b.String())
}

func TestOrder(t *testing.T) {
	const whole = "0x1 1x2 2x3 3x1 4x2 5x3"
	all := picture(65533, 6) // wraps within the second frame
	pick := func(is ...int) (list []*rtp.Packet) {
		for _, i := range is {
			list = append(list, all[i])
		}
		return list
	}
	tests := []struct {
		name    string
		packets []*rtp.Packet
		want    string
	}{
		{"in order", all, whole},
		{"turned around", pick(0, 2, 1, 5, 4, 3, 6, 8, 7, 11, 10, 9), whole},
		{"twice", append(pick(0, 0, 1, 1, 0, 2), all[3:]...), whole},
		{"the middle of a frame is lost", pick(0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11), "0x1 1x2 !3x1 4x2 5x3"},
		{"the end of a frame is lost", pick(0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11), "0x1 1x2 !3x1 4x2 5x3"},
		{"the start of a frame is lost", pick(0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), "0x1 !2x3 3x1 4x2 5x3"},
		{"a whole frame is lost", pick(0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11), "0x1 1x2 2x3 !4x2 5x3"},
		{"the end is open", all[:11], "0x1 1x2 2x3 3x1 4x2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := newOrder(&vp8)
			var got []frame
			now := time.Now()
			for _, p := range tt.packets {
				got = append(got, o.push(p, now)...)
			}
			got = append(got, o.flush()...)
			// What is open at the end may come or not: the last frame without its end is no loss to show.
			if s := strings.TrimSuffix(text(got), " 5x2"); s != tt.want {
				t.Errorf("frames %s, want %s", s, tt.want)
			}
		})
	}
}

func TestOrderPassesPadding(t *testing.T) {
	o := newOrder(&vp8)
	var got []frame
	frames := picture(100, 3)
	for i, p := range frames {
		p.SequenceNumber += uint16(i) // room for padding after each
		got = append(got, o.push(p, time.Now())...)
		got = append(got, o.push(&rtp.Packet{Header: rtp.Header{SequenceNumber: p.SequenceNumber + 1, Timestamp: p.Timestamp}}, time.Now())...)
	}
	if s := text(got); s != "0x1 1x2 2x3" {
		t.Errorf("frames %s", s)
	}
}

func TestOrderGivesUp(t *testing.T) {
	all := picture(0, 400)
	for _, tt := range []struct {
		name string
		step time.Duration // between arrivals
		most int           // packets until the frame after the gap comes
	}{{"after so many packets", 0, int(vp8.late) + 1}, {"after a while", 50 * time.Millisecond, 22}} {
		t.Run(tt.name, func(t *testing.T) {
			o := newOrder(&vp8)
			now := time.Now()
			o.push(all[0], now)
			for i, p := range all[2:] {
				now = now.Add(tt.step)
				if fs := o.push(p, now); len(fs) > 0 {
					if i > tt.most || !fs[0].lost {
						t.Errorf("after %d packets: %s", i, text(fs[:1]))
					}
					return
				}
			}
			t.Error("never")
		})
	}
}

func TestOrderBeginsAnewAfterAJump(t *testing.T) {
	o := newOrder(&vp8)
	got := []frame{}
	for _, p := range append(picture(20000, 3), picture(100, 3)...) {
		got = append(got, o.push(p, time.Now())...)
	}
	if s := text(got); s != "0x1 1x2 2x3 !0x1 1x2 2x3" {
		t.Errorf("frames %s", s)
	}
}

// Whatever the network does, frames come whole, in order, and a loss is told.
func TestOrderRandom(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		all := picture(uint16(r.Uint32()), 200)
		var sent []*rtp.Packet
		for _, p := range all {
			switch r.IntN(20) {
			case 0: // lost
			case 1:
				sent = append(sent, p, p)
			default:
				sent = append(sent, p)
			}
		}
		for range 50 { // some overtake their neighbours; not the first, with which the count begins
			i := 1 + r.IntN(len(sent)-4)
			j := i + r.IntN(3)
			sent[i], sent[j] = sent[j], sent[i]
		}
		o := newOrder(&vp8)
		var got []frame
		for _, p := range sent {
			got = append(got, o.push(p, time.Now())...)
		}
		got = append(got, o.flush()...)
		last := -1
		for i, f := range got {
			n := int(f.data[0])
			if n <= last || i < len(got)-1 && len(f.data)/2 != n%3+1 || !f.lost && i > 0 && n != last+1 {
				t.Fatalf("seed %d: frame %d with %d packets, lost %t, after %d", seed, n, len(f.data)/2, f.lost, last)
			}
			last = n
		}
		if len(got) < 100 {
			t.Fatalf("seed %d: %d frames of 200", seed, len(got))
		}
	}
}
