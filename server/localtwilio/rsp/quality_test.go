package rsp

import (
	"encoding/json"
	"testing"
	"time"

	"escalate/server/localtwilio/sfu"
)

func TestGradeOfWhatTheServerMeasures(t *testing.T) {
	t.Parallel()
	lossy := func(loss float64) sfu.StreamQuality { return sfu.StreamQuality{Active: true, Loss: loss} }
	tests := []struct {
		name string
		q    sfu.Quality
		want string
	}{
		{"nothing known", sfu.Quality{}, `{"level":5,"audio":{"send":5,"recv":5},"video":{"send":5,"recv":5}}`},
		{"losses on the way up", sfu.Quality{Audio: sfu.MediaQuality{Send: lossy(0.3)}}, `{"level":1,"audio":{"send":1,"recv":5},"video":{"send":5,"recv":5}}`},
		{"losses on the way down", sfu.Quality{Video: sfu.MediaQuality{Recv: lossy(0.07)}}, `{"level":3,"audio":{"send":5,"recv":5},"video":{"send":5,"recv":3}}`},
		{"a long way", sfu.Quality{RTT: 600 * time.Millisecond}, `{"level":3,"audio":{"send":3,"recv":3},"video":{"send":3,"recv":3}}`},
		{"narrow", sfu.Quality{Available: 400_000, Needed: 1_000_000, Video: sfu.MediaQuality{Recv: lossy(0)}}, `{"level":2,"audio":{"send":5,"recv":5},"video":{"send":5,"recv":2}}`},
		{"as wide as needed", sfu.Quality{Available: 400_000, Needed: 400_000, Video: sfu.MediaQuality{Recv: lossy(0)}}, `{"level":5,"audio":{"send":5,"recv":5},"video":{"send":5,"recv":5}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := json.Marshal(grade(qualityReport{}, tt.q).at(reportKinds))
			if err != nil || string(b) != tt.want {
				t.Errorf("got %s, %v\nwant %s", b, err, tt.want)
			}
		})
	}
}

func TestReportLevels(t *testing.T) {
	t.Parallel()
	l := grade(qualityReport{}, sfu.Quality{RTT: 100 * time.Millisecond})
	for report, want := range map[int]string{
		reportLevel:  `{"level":5}`,
		reportKinds:  `{"level":5,"audio":{"send":5,"recv":5},"video":{"send":5,"recv":5}}`,
		reportDetail: `{"level":5,"audio":` + detail + `,"video":` + detail + `}`,
	} {
		b, err := json.Marshal(remoteQuality{SID: "PA1", levels: l.at(report)})
		if want := `{"sid":"PA1",` + want[1:]; err != nil || string(b) != want {
			t.Errorf("level %d: got %s, %v\nwant %s", report, b, err, want)
		}
	}
}

const (
	stats  = `{"fractionLost":{"fractionLost":0,"level":5},"latency":{"jitter":0,"rtt":0.1,"level":5}}`
	detail = `{"send":5,"sendStats":` + stats + `,"recv":5,"recvStats":` + stats + `}`
)
