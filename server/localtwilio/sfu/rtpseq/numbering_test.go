package rtpseq

import (
	"math/rand/v2"
	"testing"
)

func TestNumberingMakesRoom(t *testing.T) {
	t.Parallel()
	n := NewNumbering(65530)
	n.Rebase(100)
	in := func(seq int64, want uint16) {
		t.Helper()
		if got, ok := n.Translate(seq); !ok || got != want {
			t.Errorf("packet %d is %d, %t; want %d", seq, got, ok, want)
		}
	}
	in(100, 65530)
	in(103, 65533) // 101 and 102 are late
	for _, want := range []uint16{65534, 65535} {
		if got := n.Insert(); got != want {
			t.Errorf("inserted %d, want %d", got, want)
		}
	}
	in(101, 65531)
	in(104, 0)
	if got := n.Insert(); got != 1 {
		t.Errorf("inserted %d, want 1", got)
	}
	in(102, 65532)
	in(105, 2)
	if _, ok := n.Translate(99); ok {
		t.Error("a packet of before the beginning has a number")
	}
}

// Whatever the order, no number is given twice.
func TestNumberingNeverRepeats(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	n := NewNumbering(1000)
	n.Rebase(0)
	seen := map[uint16]bool{}
	given := map[int64]bool{}
	for seq := int64(0); seq < 20000; {
		if r.IntN(10) == 0 {
			x := n.Insert()
			if seen[x] {
				t.Fatalf("%d inserted twice", x)
			}
			seen[x] = true
			continue
		}
		s := seq - int64(r.IntN(5))
		if s == seq {
			seq++
		}
		if s < 0 || given[s] {
			continue
		}
		if x, ok := n.Translate(s); ok {
			if seen[x] {
				t.Fatalf("%d given twice, to packet %d", x, s)
			}
			seen[x], given[s] = true, true
		}
	}
}
