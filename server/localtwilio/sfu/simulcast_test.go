package sfu

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// layered sends three sizes of one Track, the way Chromium does with SSRC groups. The first is
// the Track's own sender.
type layered struct {
	*sender
	sizes []Dimensions
}

// publishLayers adds a Track with simulcast. It must be called before join.
func (c *client) publishLayers(sid string) *layered {
	c.t.Helper()
	l := &layered{sender: c.publish(sid, KindVideo), sizes: []Dimensions{{Width: 320, Height: 180}, {Width: 640, Height: 360}, {Width: 1280, Height: 720}}}
	l.pause.Store(true) // what it makes up is replaced
	c.munge = addLayers
	c.wg.Go(func() { l.send(c.stop) })
	return l
}

// send makes frames of all layers until stopped, each tenth of them a keyframe.
func (l *layered) send(stop chan struct{}) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	seq := [3]uint16{100, 20000, 65000}
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		case <-l.stop:
			return
		case <-tick.C:
		}
		b := l.track.bound.Load()
		if b == nil {
			continue
		}
		c := *b
		for i, ssrc := range []webrtc.SSRC{c.SSRC(), firstLayer, firstLayer + 1} {
			packets := 1 << i
			for k := range packets {
				payload := slices.Concat(vp8(uint16(1000*i+n)&0x7fff, uint8(n), false)[:5], make([]byte, 600))
				if k > 0 {
					payload[0] &^= 0x10
				}
				payload[5] = 1
				if n%10 == 0 && k == 0 {
					s := l.sizes[i]
					copy(payload[5:], []byte{0, 0, 0, 0x9d, 0x01, 0x2a, byte(s.Width), byte(s.Width >> 8), byte(s.Height), byte(s.Height >> 8)})
				}
				seq[i]++
				h := &rtp.Header{
					Version: 2, PayloadType: 96, SSRC: uint32(ssrc), SequenceNumber: seq[i],
					Timestamp: uint32(n)*1800 + uint32(i)*1_000_000_000, Marker: k == packets-1,
				}
				if _, err := c.WriteStream().WriteRTP(h, payload); err != nil {
					return
				}
			}
		}
	}
}

// sees waits until the picture of a Track has a width.
func (c *client) sees(sid string, width int) {
	c.t.Helper()
	got := 0
	defer func() {
		if c.t.Failed() {
			c.t.Logf("%s sees %s with a width of %d", c.id, sid, got)
		}
	}()
	eventually(c.t, fmt.Sprintf("%s %d wide at %s", sid, width, c.id), func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		if r := c.received[sid]; r != nil {
			got = r.size.Width
		}
		return got == width
	})
}

func TestLayerFollowsWhatIsRendered(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice, bob, carol := newClient(t, "PA1"), newClient(t, "PA2"), newClient(t, "PA3")
	alice.publishLayers("MT1v")
	alice.join(r)
	carol.join(r)
	carol.sees("MT1v", 1280)
	bob.join(r)
	for _, s := range []Dimensions{{Width: 1280, Height: 720}, {Width: 320, Height: 180}, {Width: 640, Height: 360}, {Width: 100, Height: 100}, {Width: 1920, Height: 1080}} {
		bob.peer.Hint([]Hint{{TrackSID: "MT1v", Rendered: &s}})
		bob.sees("MT1v", min(max(s.Width, 320), 1280))
		bob.flows("MT1v")
	}
	carol.sees("MT1v", 1280) // all along
	for _, c := range []*client{bob, carol} {
		c.mu.Lock()
		rec := c.received["MT1v"]
		if rec.gaps != 0 || rec.backwards != 0 || rec.jumps != 0 {
			t.Errorf("%s: %d gaps in sequence numbers, %d times back in time, %d jumps of picture ids", c.id, rec.gaps, rec.backwards, rec.jumps)
		}
		c.mu.Unlock()
	}
}

func TestTracksAreSwitchedOffByPriority(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice, bob := newClient(t, "PA1"), newClient(t, "PA2")
	for _, sid := range []string{"MT1a", "MT1b", "MT1c"} {
		alice.publish(sid, KindVideo)
	}
	alice.tracks[1].Priority = PriorityHigh
	alice.join(r)
	var off []string // guarded by bob.mu
	bob.joinWith(r, func(c *PeerConfig) {
		c.SwitchedOff = func(gone, back []string) {
			bob.mu.Lock()
			defer bob.mu.Unlock()
			off = slices.DeleteFunc(append(off, gone...), func(s string) bool { return slices.Contains(back, s) })
			slices.Sort(off)
		}
	})
	isOff := func(want ...string) {
		t.Helper()
		eventually(t, fmt.Sprintf("switched off: %v", want), func() bool {
			bob.mu.Lock()
			defer bob.mu.Unlock()
			return slices.Equal(off, want)
		})
	}
	bob.flows("MT1a", "MT1b", "MT1c")
	bob.peer.SetProfile(Profile{Mode: ModeGrid, MaxTracks: 1})
	isOff("MT1a", "MT1c")
	bob.flows("MT1b")
	bob.peer.Prioritize("MT1b", PriorityLow)
	bob.peer.Prioritize("MT1c", PriorityLow)
	isOff("MT1b", "MT1c")
	bob.flows("MT1a")
	no, yes := false, true
	bob.peer.Prioritize("MT1c", PriorityStandard)
	bob.peer.Hint([]Hint{{TrackSID: "MT1a", Enabled: &no}})
	isOff("MT1a", "MT1b")
	bob.peer.Hint([]Hint{{TrackSID: "MT1a", Enabled: &yes}})
	bob.peer.Prioritize("MT1b", "")
	bob.peer.Prioritize("MT1c", PriorityLow)
	bob.peer.SetProfile(Profile{Mode: ModeGrid, MaxTracks: 2})
	isOff("MT1c")
	bob.peer.SetProfile(Profile{})
	isOff()
	bob.flows("MT1a", "MT1b", "MT1c")
}

func TestPublisherIsToldWhichLayersAreOfUse(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice, bob := newClient(t, "PA1"), newClient(t, "PA2")
	alice.publishLayers("MT1v")
	var told string // guarded by alice.mu
	alice.joinWith(r, func(c *PeerConfig) {
		c.LayersWanted = func(sid string, enabled []bool) {
			alice.mu.Lock()
			defer alice.mu.Unlock()
			told = sid + fmt.Sprint(enabled)
		}
	})
	isTold := func(want string) {
		t.Helper()
		eventually(t, "publisher told "+want, func() bool {
			alice.mu.Lock()
			defer alice.mu.Unlock()
			return told == want
		})
	}
	bob.join(r)
	bob.sees("MT1v", 1280)
	isTold("MT1v[true true true]")
	bob.peer.Hint([]Hint{{TrackSID: "MT1v", Rendered: &Dimensions{Width: 640, Height: 360}}})
	isTold("MT1v[true true false]")
	no := false
	bob.peer.Hint([]Hint{{TrackSID: "MT1v", Enabled: &no}})
	isTold("MT1v[true false false]")
	alice.mu.Lock()
	told = ""
	alice.mu.Unlock()
	alice.peer.ResetLayers("MT1v", 0) // as after replaceTrack
	isTold("MT1v[true false false]")
	alice.mu.Lock()
	told = ""
	alice.mu.Unlock()
	const pause = 300 * time.Millisecond // long for the loop, which ticks meanwhile
	refused := time.Now()
	alice.peer.ResetLayers("MT1v", pause) // as when the browser could not
	isTold("MT1v[true false false]")
	if since := time.Since(refused); since < pause {
		t.Errorf("told again after %v, before its pause was over", since)
	}
}

// A client that asks for simulcast by SSRC groups is accepted, with its first layer.
func TestSimulcastOffer(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice, bob := newClient(t, "PA1"), newClient(t, "PA2")
	alice.publish("MT1v", KindVideo)
	alice.munge = addLayers
	alice.join(r)
	bob.join(r)
	bob.flows("MT1v")
	alice.publish("MT1s", KindVideo) // with a later offer
	bob.flows("MT1s")
}

// firstLayer is the SSRC of the second layer in the first m-section with simulcast. The third's is
// one more.
const firstLayer = 7000

// addLayers writes the upper layers into an offer, as twilio-video.js does.
func addLayers(sdp string) string {
	parts, n := strings.Split(sdp, "\r\nm="), 0
	for i, p := range parts {
		_, rest, ok := strings.Cut(p, "\r\na=ssrc:")
		if !strings.HasPrefix(p, "video") || !ok {
			continue
		}
		ssrc, _, _ := strings.Cut(rest, " ")
		upper := []string{fmt.Sprint(firstLayer + 10*n), fmt.Sprint(firstLayer + 10*n + 1)}
		extra := "a=ssrc-group:SIM " + ssrc + " " + strings.Join(upper, " ")
		n++
		for _, s := range upper {
			extra += "\r\na=ssrc:" + s + " cname:layer\r\na=ssrc:" + s + " msid:- layer"
		}
		parts[i] = strings.TrimRight(p, "\r\n") + "\r\n" + extra
		if strings.HasSuffix(p, "\r\n") {
			parts[i] += "\r\n"
		}
	}
	return strings.Join(parts, "\r\nm=")
}
