package rsp

import (
	"encoding/json"
	"fmt"
	"testing"
)

func TestBandwidthProfile(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"none", `null`, "{ 0 0   map[]}"},
		{"only audio", `{}`, "{ 0 0   map[]}"},
		{"defaults", `{"video":{}}`, "{grid 0 0   map[]}"},
		{
			"all", `{"video":{"mode":"presentation","active_speaker_priority":"high","max_subscription_bandwidth":2500000,"max_tracks":5,` +
				`"render_dimensions":{"high":{"width":1080,"height":720.5},"odd":{"width":1,"height":1}},"track_switch_off":"detected"}}`,
			"{presentation 5 2500000 high detected map[high:{1080 720}]}",
		},
		{"nonsense", `{"video":{"max_tracks":-1,"max_subscription_bandwidth":1e300,"render_dimensions":{"low":{"width":-5,"height":1e12}}}}`, "{grid 0 1000000000   map[low:{0 16384}]}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b *bandwidthProfile
			if err := json.Unmarshal([]byte(tt.in), &b); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(b.toSFU()); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestSwitchOffsAndLayersAreTold(t *testing.T) {
	b := newBench(t)
	_, alice := b.join("alice", "r", video("v", "cam"))
	p := b.media.last().peer(alice.Participant.SID)
	waitFor(t, func() string { // open runs after connected has been sent
		p.cfg.SwitchedOff([]string{"MT1", "MT2"}, nil)
		if p.lastSent(trackSwitchOff) == "" {
			return "a track_switch_off"
		}
		return ""
	})
	if got := p.lastSent(trackSwitchOff); got != `{"type":"track_switch_off","off":["MT1","MT2"],"on":[]}` {
		t.Errorf("off: %s", got)
	}
	p.cfg.SwitchedOff(nil, []string{"MT1"})
	if got := p.lastSent(trackSwitchOff); got != `{"type":"track_switch_off","off":[],"on":["MT1"]}` {
		t.Errorf("on: %s", got)
	}
	p.cfg.Message(trackSwitchOff, []byte(`{"type":"ready"}`))
	if got := p.lastSent(trackSwitchOff); got != `{"type":"track_switch_off","off":["MT2"],"on":[]}` {
		t.Errorf("again when ready: %s", got)
	}
	p.cfg.LayersWanted("MT9", []bool{true, false})
	if got := p.lastSent(publisherHints); got != `{"type":"publisher_hints","publisher":{"id":1,"hints":[{"track":"MT9","encodings":[{"enabled":true,"layer_index":0},{"enabled":false,"layer_index":1}]}]}}` {
		t.Errorf("layers: %s", got)
	}
}

func TestWishesReachTheMedia(t *testing.T) {
	p := &fakePeer{}
	x := &session{link: forwardingLink{mediaPeer: p}}
	setProfile(p, &bandwidthProfile{Video: &videoProfile{Mode: "grid"}})
	setProfile(p, nil)
	for _, m := range []struct{ channel, text string }{
		{renderHints, `{"type":"render_hints","subscriber":{"id":1,"hints":[{"track":"MT1","enabled":false,"render_dimensions":{"width":4,"height":3}}]}}`},
		{trackPriority, `{"type":"track_priority","track":"MT1","subscribe":"high"}`},
		{trackPriority, `{"type":"track_priority","track":"MT1","subscribe":"nonsense"}`},
		{renderHints, `{"type":"track_priority","track":"MT1","subscribe":"low"}`},
		{publisherHints, `{"type":"client_reset","track":"MT2","id":3}`},
		{publisherHints, `{"type":"ready"}`},
		{publisherHints, `{"type":"publisher_hints","id":4,"hints":[{"track":"MT2","result":"OK"},{"track":"MT3","result":"COULD_NOT_APPLY_HINT"},{"track":"MT4","result":"REQUEST_SKIPPED"},{"track":"MT5","result":"UNKNOWN_TRACK"}]}`},
		{renderHints, `{"type":"publisher_hints","id":4,"hints":[{"track":"MT3","result":"COULD_NOT_APPLY_HINT"}]}`},
	} {
		s, err := decodeSignal([]byte(m.text))
		if err != nil {
			t.Fatal(err)
		}
		x.steer(m.channel, s)
	}
	want := "[profile grid hint MT1 false {4 3} priority MT1 high reset MT2 after 0s reset  after 0s reset MT3 after 2s reset MT5 after 2s]"
	if got := fmt.Sprint(p.asked); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
