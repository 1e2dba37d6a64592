package allocator

import (
	"fmt"
	"testing"
	"time"
)

func TestAllocator(t *testing.T) {
	t.Parallel()
	const k = 1000
	now := time.Unix(1_700_000_000, 0)
	on := func(sid string) *Candidate {
		return &Candidate{SID: sid, Rank: 1, Layers: []Option{{Rate: 300 * k}, {Index: 1, Rate: 900 * k}}}
	}
	places := func(list []*Candidate) (p [2]int) { return [2]int{list[0].Place, list[1].Place} }
	for _, tt := range []struct {
		name    string
		profile Profile
		link    Link
		after   time.Duration // since the bandwidth last sufficed
		want    [2]int
	}{
		{"unlimited", Profile{Mode: ModeGrid}, Link{}, 0, [2]int{1, 1}},
		{"limited by the profile", Profile{Mode: ModeGrid, MaxBitrate: 700 * k}, Link{}, 0, [2]int{0, 0}},
		{"limited by the link", Profile{Mode: ModeGrid}, Link{Estimate: 700 * k, Limited: true, Calm: true}, 0, [2]int{0, 0}},
		{"sound comes first", Profile{Mode: ModeGrid}, Link{Estimate: 640 * k, Limited: true, Calm: true, Audio: 1}, time.Minute, [2]int{0, -1}},
		{"without sound both fit", Profile{Mode: ModeGrid}, Link{Estimate: 640 * k, Limited: true, Calm: true}, time.Minute, [2]int{0, 0}},
		{"too little for a moment", Profile{Mode: ModeGrid}, Link{Estimate: 400 * k, Limited: true, Calm: true}, switchOffPatience - 1, [2]int{0, 0}},
		{"too little for a while", Profile{Mode: ModeGrid}, Link{Estimate: 400 * k, Limited: true, Calm: true}, switchOffPatience, [2]int{0, -1}},
		{"never off without a profile", Profile{}, Link{Estimate: 400 * k, Limited: true, Calm: true}, time.Minute, [2]int{0, 0}},
		{"switching off disabled", Profile{Mode: ModeGrid, SwitchOff: SwitchOffDisabled}, Link{Estimate: 400 * k, Limited: true}, time.Minute, [2]int{0, 0}},
		{"detected, but it is calm", Profile{Mode: ModeGrid, SwitchOff: SwitchOffDetected}, Link{Estimate: 400 * k, Limited: true, Calm: true}, time.Minute, [2]int{0, 0}},
		{"detected", Profile{Mode: ModeGrid, SwitchOff: SwitchOffDetected}, Link{Estimate: 400 * k, Limited: true}, time.Minute, [2]int{0, -1}},
		{"detected before", Profile{Mode: ModeGrid, SwitchOff: SwitchOffDetected}, Link{Estimate: 400 * k, Limited: true, Calm: true, SomeOff: true}, time.Minute, [2]int{0, -1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := Allocator{Profile: tt.profile}
			a.Share([]*Candidate{on("MT1"), on("MT2")}, Link{}, now) // all fits
			list := []*Candidate{on("MT1"), on("MT2")}
			needed := a.Share(list, tt.link, now.Add(tt.after))
			if got := places(list); got != tt.want {
				t.Errorf("places %v, want %v", got, tt.want)
			}
			if want := float64(1800*k + tt.link.Audio*AudioReserve); needed != want {
				t.Errorf("needed %.0f, want %.0f", needed, want)
			}
		})
	}
}

func TestWishes(t *testing.T) {
	t.Parallel()
	var w Wishes
	no, size := false, Dimensions{Width: 640, Height: 360}
	profile := Profile{Dimensions: map[string]Dimensions{PriorityLow: {Width: 100, Height: 50}}}
	if got := w.Of("MT1"); got != (Wish{}) || got.Rendered(profile, PriorityLow) != profile.Dimensions[PriorityLow] || got.Priority(PriorityHigh) != PriorityHigh {
		t.Errorf("who has said nothing wants %+v", got)
	}
	w.Hint(Hint{TrackSID: "MT1", Enabled: &no})
	w.Hint(Hint{TrackSID: "MT1", Rendered: &size})
	w.Prioritize("MT1", PriorityLow)
	if got := w.Of("MT1"); !got.Off || got.Rendered(profile, PriorityLow) != size || got.Priority(PriorityHigh) != PriorityLow {
		t.Errorf("wants %+v", got)
	}
	for i := range 2 * maxWishes {
		w.Prioritize(fmt.Sprint(i), PriorityHigh)
	}
	if len(w.list) != maxWishes {
		t.Errorf("%d wishes are remembered", len(w.list))
	}
	yes := true
	w.Hint(Hint{TrackSID: "MT1", Enabled: &yes})
	if w.Of("MT1").Off {
		t.Error("a wish that is known cannot be changed")
	}
}
