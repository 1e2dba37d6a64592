package rsp

import (
	"fmt"
	"strings"
	"testing"

	"escalate/server/localtwilio/sfu"
	"escalate/server/localtwilio/store"
)

func audio(id, name string) trackState {
	return trackState{ID: id, Kind: "audio", Name: name, Enabled: true, Priority: "standard"}
}

func video(id, name string) trackState {
	t := audio(id, name)
	t.Kind = "video"
	return t
}

func TestCompare(t *testing.T) {
	t.Parallel()
	mic := &track{trackState: audio("a", "mic"), sid: "MT1"}
	muted := audio("a", "mic")
	muted.Enabled = false
	important := audio("a", "mic")
	important.Priority = "high"
	renamed := audio("a", "other")
	var crowd []*track
	for i := range maxPublished {
		crowd = append(crowd, &track{trackState: audio(fmt.Sprint("c", i), fmt.Sprint("c", i)), sid: fmt.Sprint("MT", i)})
	}
	full := make([]trackState, 0, len(crowd)+1)
	for _, c := range crowd {
		full = append(full, c.trackState)
	}
	full = append(full, audio("late", "late"))

	cases := []struct {
		name      string
		have      []*track
		list      []trackState
		audioOnly bool
		want      string // added, removed, toggled, changed, codes
	}{
		{"nothing", nil, nil, false, "+0 -0 ~0 false []"},
		{"publish", nil, []trackState{audio("a", "mic")}, false, "+1 -0 ~0 true [0]"},
		{"same again", []*track{mic}, []trackState{audio("a", "mic")}, false, "+0 -0 ~0 false [0]"},
		{"mute", []*track{mic}, []trackState{muted}, false, "+0 -0 ~1 true [0]"},
		{"priority", []*track{mic}, []trackState{important}, false, "+0 -0 ~0 true [0]"},
		{"a name stays", []*track{mic}, []trackState{renamed}, false, "+0 -0 ~0 false [0]"},
		{"unpublish", []*track{mic}, nil, false, "+0 -1 ~0 true []"},
		{"name too long", nil, []trackState{audio("a", strings.Repeat("é", 129))}, false, "+1 -0 ~0 false [53302]"},
		{"name just fits", nil, []trackState{audio("a", strings.Repeat("é", 128))}, false, "+1 -0 ~0 true [0]"},
		{"bad characters", nil, []trackState{audio("a", "mic\n")}, false, "+1 -0 ~0 false [53303]"},
		{"no name", nil, []trackState{audio("a", "")}, false, "+1 -0 ~0 false [53301]"},
		{"duplicate name", []*track{mic}, []trackState{video("b", "mic"), audio("a", "mic")}, false, "+1 -0 ~0 false [53304 0]"},
		{"name freed at the same time", []*track{mic}, []trackState{audio("b", "mic")}, false, "+1 -1 ~0 true [0]"},
		{"audio only", nil, []trackState{audio("a", "mic"), video("b", "cam")}, true, "+2 -0 ~0 true [0 53125]"},
		{"too many", crowd, full, false, fmt.Sprint("+1 -0 ~0 false [", strings.Repeat("0 ", maxPublished), "53203]")},
		{"a refused one is withdrawn", []*track{{trackState: audio("a", "mic"), code: 53304}}, nil, false, "+0 -1 ~0 false []"},
		{"a refused one stays refused", []*track{{trackState: audio("a", "mic"), code: 53304}}, []trackState{muted}, false, "+0 -0 ~0 false [53304]"},
	}
	for _, ca := range cases {
		t.Run(ca.name, func(t *testing.T) {
			d := compare(ca.have, ca.list, ca.audioOnly, maxPublished)
			codes := []int{}
			for _, k := range d.tracks {
				codes = append(codes, k.code)
			}
			got := fmt.Sprintf("+%d -%d ~%d %t %v", len(d.added), len(d.removed), len(d.toggled), d.changed, codes)
			if got != ca.want {
				t.Fatalf("got  %s\nwant %s", got, ca.want)
			}
		})
	}
}

func TestRefusedTracksAreSeenByTheirPublisherOnly(t *testing.T) {
	t.Parallel()
	tracks := []*track{
		{trackState: audio("a", "mic"), sid: "MT1"},
		{trackState: video("b", "mic"), code: codeTrackNameTaken},
	}
	p := publishing{list: tracks, told: 3}.published()
	if p.Tracks[0].State != "ready" || p.Tracks[1].State != "failed" || p.Tracks[1].Error.Code != 53304 {
		t.Errorf("published %+v", p)
	}
	if v := visible(tracks); len(v) != 1 || v[0].SID != "MT1" {
		t.Errorf("visible %+v", v)
	}
	if f := forwarded(tracks); len(f) != 1 || f[0].SID != "MT1" {
		t.Errorf("forwarded %+v", f)
	}
}

func TestGrade(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name           string
		rtt, loss, jit float64
		want           int
	}{
		{"nothing known", 0, 0, 0, 5},
		{"good", 0.05, 0.001, 0.01, 5},
		{"far away", 0.6, 0, 0, 3},
		{"lossy", 0.05, 0.07, 0, 3},
		{"hopeless", 3, 0.5, 1, 1},
		{"jittery", 0, 0, 0.06, 4},
	}
	for _, ca := range cases {
		t.Run(ca.name, func(t *testing.T) {
			var r qualityReport
			r.ICE.RTT, r.Video.Recv.FractionLost, r.Audio.Recv.Jitter = ca.rtt, ca.loss, ca.jit
			if got := grade(r, sfu.Quality{}).Level; got != ca.want {
				t.Fatalf("got %d, want %d", got, ca.want)
			}
		})
	}
}

func TestRecordingRules(t *testing.T) {
	t.Parallel()
	alice := &session{sid: "PA1", identity: "alice", tracks: publishing{list: []*track{{trackState: audio("a", "mic"), sid: "MT1"}}}}
	bob := &session{sid: "PA2", identity: "bob", tracks: publishing{list: []*track{{trackState: video("b", "cam"), sid: "MT2"}}}}
	chat := &session{sid: "PA3", identity: "carol", tracks: publishing{list: []*track{{trackState: trackState{ID: "d", Kind: "data", Name: "chat"}, sid: "MT3"}}}}
	cases := []struct {
		name, rules string
		members     []*session
		want        bool
	}{
		{"no rules", ``, []*session{alice}, false},
		{"all", `[{"type":"include","all":true}]`, []*session{alice}, true},
		{"wrapped", `{"rules":[{"type":"include","all":true}]}`, []*session{alice}, true},
		{"nobody publishes", `[{"type":"include","all":true}]`, nil, false},
		{"data is not recorded", `[{"type":"include","all":true}]`, []*session{chat}, false},
		{"the last match decides", `[{"type":"include","all":true},{"type":"exclude","kind":"audio"}]`, []*session{alice}, false},
		{"somebody else matches", `[{"type":"include","all":true},{"type":"exclude","kind":"audio"}]`, []*session{alice, bob}, true},
		{"by identity", `[{"type":"include","publisher":"bob"}]`, []*session{alice, bob}, true},
		{"by Track name", `[{"type":"include","track":"cam"}]`, []*session{alice}, false},
		{"filters are joined", `[{"type":"include","publisher":"bob","kind":"audio"}]`, []*session{alice, bob}, false},
		{"an empty filter", `[{"type":"include"}]`, []*session{alice}, false},
		{"unreadable", `{"rules":7}`, []*session{alice}, false},
	}
	for _, ca := range cases {
		t.Run(ca.name, func(t *testing.T) {
			if got := len(recorded(store.DecodeRules([]byte(ca.rules)), ca.members)) > 0; got != ca.want {
				t.Fatalf("got %t", got)
			}
		})
	}
}
