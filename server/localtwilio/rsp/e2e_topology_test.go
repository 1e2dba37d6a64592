//go:build e2e

package rsp

import (
	"fmt"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

// TestTopologiesInChromium plays the same call where media goes through the SFU and where
// it goes from browser to browser: the client is not to see a difference.
func TestTopologiesInChromium(t *testing.T) {
	s := newStage(t)
	for _, kind := range []string{store.TypeGroup, store.TypePeerToPeer} {
		t.Run(kind, func(t *testing.T) {
			c := &company{stage: s, room: kind, brings: map[string]string{}}
			if _, err := s.store.Rooms.Create(store.Room{UniqueName: kind, Type: kind, MaxParticipants: 6}); err != nil {
				t.Fatal(err)
			}
			for _, step := range []struct {
				name string
				run  func(t *testing.T, c *company)
			}{
				{"two arrive at once", arriveTogether},
				{"mute", muteAndUnmute},
				{"publish and unpublish", publishEightTimes},
				{"glare", glare},
				{"one for another", oneForAnother},
				{"data", data},
				{"another capture", restartCapture},
				{"signalling lost", loseSignalling},
				{"a third and three more", fillRoom},
				{"who does not get in", refused},
				{"duplicate identity", duplicate},
				{"removed", removed},
				{"completed", completed},
			} {
				if !s.step(t, step.name, func(t *testing.T) { step.run(t, c) }) {
					break
				}
			}
			for _, p := range c.pages {
				p.close()
			}
		})
	}
}

// company is who is in a Room.
type company struct {
	*stage
	room   string
	pages  []*page           // alice, bob, ...
	brings map[string]string // by name
}

func (c *company) alice() *page { return c.pages[0] }
func (c *company) bob() *page   { return c.pages[1] }

// What somebody brings to a Room. Six cameras and microphones that are devices
// would be too much for a small machine, and so would be a relay for each pair.
const (
	devices = "{}"
	painted = "{tracks: painted(), iceServers: []}"
	nothing = "{tracks: [], iceServers: []}"
)

// arrive opens pages that join at the same time.
func (c *company) arrive(brings string, names ...string) {
	c.t.Helper()
	joins := map[*page]string{}
	for _, name := range names {
		p := c.open(name)
		c.pages = append(c.pages, p)
		c.brings[name] = brings
		joins[p] = fmt.Sprintf("join(%s, %s, %s)", jsString(c.token(name, "", time.Now())), jsString(c.room), brings)
	}
	for p, got := range c.together(joins) {
		if got != "connected" {
			c.t.Fatalf("%s: %s", p.name, got)
		}
	}
}

// flows waits until everybody receives all that the others have published.
func (c *company) flows() {
	c.t.Helper()
	for _, p := range c.pages {
		var want []string
		for _, o := range c.pages {
			if o == p || c.brings[o.name] == nothing {
				continue
			}
			want = append(want, o.name+"/camera")
			if c.brings[o.name] == devices {
				want = append(want, o.name+"/microphone")
			}
		}
		p.grows(want...)
	}
}

func arriveTogether(t *testing.T, c *company) {
	c.arrive(devices, "alice", "bob")
	c.flows()
}

func muteAndUnmute(t *testing.T, c *company) {
	c.alice().str("mute(true)")
	c.bob().logs("trackDisabled alice microphone")
	c.alice().str("mute(false)")
	c.bob().logs("trackEnabled alice microphone")
}

// maxSections is what the m-lines of a peer connection may come to: those of
// unpublished Tracks are to be used again.
const maxSections = 6

func publishEightTimes(t *testing.T, c *company) {
	for range 8 {
		c.bob().forget()
		c.alice().is(`publish("screen", "video")`, "published")
		c.bob().logs("subscribed alice video screen")
		c.alice().str(`unpublish("screen")`)
		c.bob().logs("unsubscribed alice video screen")
	}
	c.alice().is(`publish("screen", "video")`, "published")
	c.bob().grows("alice/screen", "alice/camera")
	c.alice().grows("bob/camera", "bob/microphone")
	c.alice().until("few m-lines", fmt.Sprintf("sections() <= %d", maxSections))
	c.alice().str(`unpublish("screen")`)
}

// oneForAnother passes an m-section from one Track to the next within one offer,
// so that the far end's browser sees no m-section begin.
func oneForAnother(t *testing.T, c *company) {
	// First there is to be no other m-section free.
	names := []string{}
	for i := range maxSections {
		name := fmt.Sprint("fill", i)
		names = append(names, name)
		c.alice().is(`publish("`+name+`", "video")`, "published")
	}
	c.bob().grows("alice/" + names[maxSections-1])
	c.alice().is(`handOver("fill0", "between", "after")`, "1")
	c.bob().logs("unsubscribed alice video fill0")
	c.bob().grows("alice/after", "alice/between", "alice/camera", "alice/fill1")
	for _, name := range append(names[1:], "between", "after") {
		c.alice().str(`unpublish("` + name + `")`)
		c.bob().logs("unsubscribed alice video " + name)
	}
}

func glare(t *testing.T, c *company) {
	for i := range 4 {
		name := fmt.Sprint("both", i)
		for p, got := range c.together(map[*page]string{
			c.alice(): `publish("` + name + `", "video")`,
			c.bob():   `publish("` + name + `", "video")`,
		}) {
			if got != "published" {
				t.Fatalf("%s: %s", p.name, got)
			}
		}
		c.alice().grows("bob/" + name)
		c.bob().grows("alice/" + name)
		c.together(map[*page]string{
			c.alice(): `unpublish("` + name + `")`,
			c.bob():   `unpublish("` + name + `")`,
		})
	}
	c.flows()
}

func data(t *testing.T, c *company) {
	c.alice().is(`publish("chat", "data")`, "published")
	c.alice().is(`publish("pointer", "data", {ordered: false, maxPacketLifeTime: 500})`, "published")
	c.alice().is(`publish("gesture", "data", {maxRetransmits: 2})`, "published")
	for _, name := range []string{"chat", "pointer", "gesture"} {
		c.bob().logs("subscribed alice data " + name)
	}
	c.bob().is(`reliability("chat")`, "true,,")
	c.bob().is(`reliability("pointer")`, "false,500,")
	c.bob().is(`reliability("gesture")`, "true,,2")
	c.alice().str(`extra.chat.send("hello"), extra.chat.send(new Uint8Array([1, 2, 3]))`)
	c.bob().until("both messages", `messages.join("|") === "hello|bytes:1,2,3"`)
}

// restartCapture replaces what a Track sends, of which signalling hears nothing.
func restartCapture(t *testing.T, c *company) {
	c.bob().until("the camera as it is", `size("alice/camera") === "160x120"`)
	c.alice().str(`Array.from(room.localParticipant.videoTracks.values())[0].track.restart({width: 80, height: 60, frameRate: 5})`)
	c.bob().until("the other size", `size("alice/camera") === "80x60"`)
	c.bob().grows("alice/camera", "alice/microphone")
}

func loseSignalling(t *testing.T, c *company) {
	c.alice().forget()
	c.bob().forget()
	if err := c.dropSignalling("alice"); err != nil {
		t.Fatal(err)
	}
	c.alice().logs("reconnecting 53001")
	c.alice().logs("reconnected")
	c.bob().logs("remoteReconnected alice")
	c.flows()
	c.alice().is(`publish("after", "video")`, "published")
	c.bob().is(`publish("after", "video")`, "published")
	c.bob().grows("alice/after")
	c.alice().grows("bob/after")
	c.together(map[*page]string{c.alice(): `unpublish("after")`, c.bob(): `unpublish("after")`})
}

func fillRoom(t *testing.T, c *company) {
	for _, p := range c.pages {
		p.str("shows = false") // of those who come now, whom it decodes all the same
	}
	c.arrive(painted, "carol")
	c.flows()
	c.arrive(nothing, "dan", "eve")
	c.arrive(painted, "frank")
	c.flows()
}

func refused(t *testing.T, c *company) {
	grace := c.open("grace")
	defer grace.close()
	for _, ca := range []struct {
		room string
		born time.Time
		code int
	}{
		{c.room, time.Now(), codeRoomFull},
		{c.room, time.Now().Add(-2 * time.Hour), 20104},
	} {
		grace.is(fmt.Sprintf("join(%s, %s, {tracks: []})", jsString(c.token("grace", "", ca.born)), jsString(ca.room)), fmt.Sprint(ca.code))
	}
}

func duplicate(t *testing.T, c *company) {
	frank := c.pages[5]
	c.pages = c.pages[:5]
	frank.forget()
	twin := c.open("frank's twin")
	twin.is(fmt.Sprintf("join(%s, %s, %s)", jsString(c.token("frank", "", time.Now())), jsString(c.room), painted), "connected")
	frank.logs("disconnected 53205")
	frank.close()
	c.bob().grows("frank/camera")
	c.alice().grows("frank/camera")
	c.bob().forget()
	twin.str("room.disconnect()")
	c.bob().logs("left frank")
	twin.close()
}

func removed(t *testing.T, c *company) {
	eve := c.pages[4]
	c.pages = c.pages[:4]
	_, sid := c.participant(c.room, "eve")
	if _, err := c.store.Participants.SetStatus(sid, store.Disconnected); err != nil {
		t.Fatal(err)
	}
	eve.logs("disconnected without error")
	c.bob().logs("left eve")
	eve.close()
	c.flows()
}

func completed(t *testing.T, c *company) {
	sid, _ := c.participant(c.room, "alice")
	if _, err := c.store.Rooms.Complete(sid); err != nil {
		t.Fatal(err)
	}
	for _, p := range c.pages {
		p.logs("disconnected 53118")
	}
	c.alice().is(fmt.Sprintf("join(%s, %s, {tracks: []})", jsString(c.token("alice", "", time.Now())), jsString(sid)), "53118")
}
