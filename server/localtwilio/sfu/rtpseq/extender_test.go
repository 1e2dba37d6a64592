package rtpseq

import "testing"

func TestExtender(t *testing.T) {
	t.Parallel()
	type step struct {
		number uint16
		want   int64 // relative to the first, -1 for refused
	}
	const no = -1
	for _, tt := range []struct {
		name  string
		steps []step
	}{
		{"in order", []step{{65534, 0}, {65535, 1}, {0, 2}, {2, 4}, {1, 3}}},
		{"a stray one, again and again", []step{{32790, 0}, {1, no}, {32791, 1}, {1, no}, {1, no}, {32792, 2}}},
		{"begun anew above", []step{{10, 0}, {20000, no}, {20001, 19991}, {20002, 19992}}},
		{"begun anew below", []step{{20000, 0}, {10, no}, {11, 65536 - 19989}, {12, 65536 - 19988}}},
		{"two strays are no beginning", []step{{10, 0}, {20000, no}, {11, 1}, {20001, no}}},
		{"as far as it goes", []step{{10, 0}, {10 + maxDropout, maxDropout}, {10 + maxDropout - maxMisorder, maxDropout - maxMisorder}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var s Extender
			first, _ := s.Extend(tt.steps[0].number)
			for i, step := range tt.steps[1:] {
				got, ok := s.Extend(step.number)
				if step.want == no && ok || step.want != no && (!ok || got-first != step.want) {
					t.Errorf("step %d: %d is %d after the first, %t; want %d", i+1, step.number, got-first, ok, step.want)
				}
			}
		})
	}
}
