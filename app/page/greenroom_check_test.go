package page

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"escalate/app/device"
	"escalate/app/video"
	"escalate/app/wire"
	"escalate/app/words"
)

// checkHost is a browser on a network that is told, and with a speaker.
type checkHost struct {
	*fakeHost
	open, udp bool
	spoke     []string
	fail      error
	press     func(string)
	keys      []string
}

func (h *checkHost) Probe(context.Context, string, []string) (open, udp bool) { return h.open, h.udp }

func (h *checkHost) Chime(_ context.Context, speaker string) error {
	h.spoke = append(h.spoke, speaker)
	return h.fail
}

func (h *checkHost) OnKeys(names []string, f func(string)) (stop func()) {
	h.keys, h.press = names, f
	return func() {}
}

// checked is a green room with such a browser.
func checked(t *testing.T, h *checkHost, stored string) (*rig, *Join) {
	t.Helper()
	s := open(invited())
	r := newRig(t, wire.Page{State: &s, Brand: "Escalate", Lang: "en", Network: &wire.Network{Signaling: "wss://s.example.com"}})
	h.fakeHost = r.host
	r.host.Store("escalate.choices", stored)
	d := r.deps()
	d.Host = h
	j := newJoin(d, s.Code)
	r.mount(j)
	return r, j
}

func TestNetworkIsLookedAtAndNeverStopsAnyone(t *testing.T) {
	for _, c := range []struct {
		name      string
		open, udp bool
		says      string
		told      bool
	}{
		{"good", true, true, words.NetGood.In(words.English), false},
		{"no UDP", true, false, words.NetNoUDP.In(words.English), true},
		{"nothing", false, false, words.NetNone.In(words.English), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, _ := checked(t, &checkHost{open: c.open, udp: c.udp}, "")
			r.until("the verdict", r.shows(c.says))
			if c.told {
				r.until("the agent knows", func() bool { return r.api.reported(wire.PhaseTrouble, wire.TroubleNetwork) })
			} else if r.api.reported(wire.PhaseTrouble, wire.TroubleNetwork) {
				t.Error("the agent was told of trouble")
			}
			if strings.Contains(r.html(), `id="join-button" disabled`) {
				t.Error("nobody may join")
			}
		})
	}
}

func TestChimeGoesToTheChosenSpeaker(t *testing.T) {
	h := &checkHost{open: true, udp: true, fail: video.ErrUnsupported}
	r, j := checked(t, h, `{"speaker":"headset"}`)
	r.do(func() { j.stage.Kit.Chime.Play() })
	r.until("it says that it failed", r.shows(words.ChimeFailed.In(words.English)))
	if len(h.spoke) != 1 || h.spoke[0] != "headset" {
		t.Errorf("played through %q", h.spoke)
	}
}

func TestChoicesAreRemembered(t *testing.T) {
	h := &checkHost{open: true, udp: true}
	r, j := checked(t, h, `not ours`)
	r.do(func() { j.stage.Kit.Use(device.AudioOutput, "headset") })
	r.do(func() { j.stage.UseKeys(false) })
	var c struct {
		Speaker string
		NoKeys  bool
	}
	if err := json.Unmarshal([]byte(h.Stored("escalate.choices")), &c); err != nil || c.Speaker != "headset" || !c.NoKeys {
		t.Errorf("kept %+v, %v", c, err)
	}
	_, again := checked(t, &checkHost{open: true, udp: true}, h.Stored("escalate.choices"))
	if again.stage.Kit.Choices.Device(device.AudioOutput) != "headset" || again.stage.Kit.Choices.Keys() {
		t.Errorf("recalled %v, keys off %t", again.stage.Kit.Choices, !again.stage.Kit.Choices.Keys())
	}
}

func TestKeysSwitchTheMicrophone(t *testing.T) {
	h := &checkHost{open: true, udp: true}
	r, j := checked(t, h, "")
	r.do(func() { j.onCheck(nil, noEvent()) })
	r.until("checked", func() bool { return j.stage.Kit.Capture() != nil })
	h.press("mod+d")
	r.until("muted, and said so", r.shows(words.MuteOn.In(words.English)))
	h.press("mod+e")
	r.until("camera off, and said so", r.shows(words.CameraStopped.In(words.English)))
	r.do(func() { j.stage.UseKeys(false) })
	h.press("mod+d")
	r.do(func() {})
	if j.stage.Kit.On(video.Audio) {
		t.Error("a shortcut that is switched off works")
	}
}
