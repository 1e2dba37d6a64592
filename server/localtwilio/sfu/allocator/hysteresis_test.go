package allocator

import (
	"slices"
	"testing"
	"time"
)

// What went off for want of bandwidth comes back when it has fitted for a while, unless it takes the
// place of another.
func TestHysteresis(t *testing.T) {
	t.Parallel()
	const on, off = 0, -1
	starving := Candidate{Current: off, Place: off, starved: true}
	fits := Candidate{Current: off, Place: on}
	stays, displaced := Candidate{Current: on, Place: on}, Candidate{Current: on, Place: off, starved: true}
	unwanted := Candidate{Current: off, Place: off, Off: true}
	type step struct {
		after time.Duration // of the first
		list  [2]Candidate
		want  [2]int
	}
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"after a while", []step{
			{0, [2]Candidate{stays, starving}, [2]int{on, off}},
			{time.Second, [2]Candidate{stays, fits}, [2]int{on, off}},
			{2 * time.Second, [2]Candidate{stays, fits}, [2]int{on, off}},
			{3 * time.Second, [2]Candidate{stays, fits}, [2]int{on, on}},
			{4 * time.Second, [2]Candidate{stays, stays}, [2]int{on, on}},
		}},
		{"not by a moment's quiet", []step{
			{0, [2]Candidate{stays, starving}, [2]int{on, off}},
			{time.Second, [2]Candidate{stays, fits}, [2]int{on, off}},
			{2 * time.Second, [2]Candidate{stays, starving}, [2]int{on, off}},
			{3 * time.Second, [2]Candidate{stays, fits}, [2]int{on, off}},
			{4 * time.Second, [2]Candidate{stays, fits}, [2]int{on, off}},
			{5 * time.Second, [2]Candidate{stays, fits}, [2]int{on, on}},
		}},
		{"at once in another's place", []step{
			{0, [2]Candidate{stays, starving}, [2]int{on, off}},
			{time.Second, [2]Candidate{displaced, fits}, [2]int{off, on}},
		}},
		{"at once when it was not starved", []step{{0, [2]Candidate{stays, fits}, [2]int{on, on}}}},
		{"at once when it was not wanted meanwhile", []step{
			{0, [2]Candidate{stays, starving}, [2]int{on, off}},
			{time.Second, [2]Candidate{stays, unwanted}, [2]int{on, off}},
			{2 * time.Second, [2]Candidate{stays, fits}, [2]int{on, on}},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var h hysteresis
			began := time.Unix(1_700_000_000, 0)
			for i, s := range c.steps {
				list := []*Candidate{&s.list[0], &s.list[1]}
				list[0].SID, list[1].SID = "MT1", "MT2"
				h.apply(list, began.Add(s.after))
				if got := []int{list[0].Place, list[1].Place}; !slices.Equal(got, s.want[:]) {
					t.Errorf("step %d: places %v, want %v", i, got, s.want)
				}
			}
		})
	}
}
