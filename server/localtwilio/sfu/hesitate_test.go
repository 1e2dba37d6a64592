package sfu

import (
	"slices"
	"testing"
	"time"
)

// What went off for want of bandwidth comes back when it has fitted for a while, unless it takes the
// place of another.
func TestHesitate(t *testing.T) {
	const on, off = 0, -1
	starving := candidate{current: off, place: off, starved: true}
	fits := candidate{current: off, place: on}
	stays, displaced := candidate{current: on, place: on}, candidate{current: on, place: off, starved: true}
	unwanted := candidate{current: off, place: off, off: true}
	type step struct {
		after time.Duration // of the first
		list  [2]candidate
		want  [2]int
	}
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"after a while", []step{
			{0, [2]candidate{stays, starving}, [2]int{on, off}},
			{time.Second, [2]candidate{stays, fits}, [2]int{on, off}},
			{2 * time.Second, [2]candidate{stays, fits}, [2]int{on, off}},
			{3 * time.Second, [2]candidate{stays, fits}, [2]int{on, on}},
			{4 * time.Second, [2]candidate{stays, stays}, [2]int{on, on}},
		}},
		{"not by a moment's quiet", []step{
			{0, [2]candidate{stays, starving}, [2]int{on, off}},
			{time.Second, [2]candidate{stays, fits}, [2]int{on, off}},
			{2 * time.Second, [2]candidate{stays, starving}, [2]int{on, off}},
			{3 * time.Second, [2]candidate{stays, fits}, [2]int{on, off}},
			{4 * time.Second, [2]candidate{stays, fits}, [2]int{on, off}},
			{5 * time.Second, [2]candidate{stays, fits}, [2]int{on, on}},
		}},
		{"at once in another's place", []step{
			{0, [2]candidate{stays, starving}, [2]int{on, off}},
			{time.Second, [2]candidate{displaced, fits}, [2]int{off, on}},
		}},
		{"at once when it was not starved", []step{{0, [2]candidate{stays, fits}, [2]int{on, on}}}},
		{"at once when it was not wanted meanwhile", []step{
			{0, [2]candidate{stays, starving}, [2]int{on, off}},
			{time.Second, [2]candidate{stays, unwanted}, [2]int{on, off}},
			{2 * time.Second, [2]candidate{stays, fits}, [2]int{on, on}},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &Peer{steering: steering{starved: map[string]time.Time{}}}
			subs := []*subscription{{pub: &publication{sid: "MT1"}}, {pub: &publication{sid: "MT2"}}}
			began := time.Now()
			for i, s := range c.steps {
				list := []*candidate{&s.list[0], &s.list[1]}
				p.hesitate(subs, list, began.Add(s.after))
				if got := []int{list[0].place, list[1].place}; !slices.Equal(got, s.want[:]) {
					t.Errorf("step %d: places %v, want %v", i, got, s.want)
				}
			}
		})
	}
}
