//go:build e2e

package rsp

import (
	"fmt"
	"strings"
	"testing"
)

// stalls answers, of 100 looks at a Track in ten seconds, the most in a row that found no new picture.
// Looks are counted and not time, so that a machine that stands still is no network that does.
func stalls(identity, name string) string {
	return fmt.Sprintf(`(async () => {
		const connection = native();
		const id = %s.track.mediaStreamTrack.id;
		let last = -1, row = 0, most = 0;
		for (let i = 0; i < 100; i++) {
			const s = Array.from((await connection.getStats()).values()).find(s => s.type === "inbound-rtp" && s.trackIdentifier === id);
			row = s.framesReceived > last ? 0 : row + 1;
			last = s.framesReceived;
			most = Math.max(most, row);
			await new Promise(resolve => setTimeout(resolve, 100));
		}
		return most;
	})()`, remote(identity, name))
}

// available is the bandwidth that the server believes a Participant to have, 0 when it knows no limit.
func (s *stage) available(identity string) int { return s.qualities()[identity].Available }

// TestNarrowLinkInChromium narrows the way to a subscriber of simulcast, and widens it again.
func TestNarrowLinkInChromium(t *testing.T) {
	conn := newNarrow(t)
	s := newStageOver(t, conn)
	alice, bob := layered(s)
	alice.is(camera, "published")
	bob.logs("subscribed alice video hd")
	bob.str(remote("alice", "hd") + ".track.setContentPreferences({ renderDimensions: { width: 1280, height: 720 } })")
	bob.until("the large picture", width("alice", "hd")+" === 1280")

	conn.rate.Store(600_000)
	bob.until("a smaller picture", width("alice", "hd")+" < 1280")
	for i := 0; s.available("bob") > 600_000; i++ {
		bob.grows("alice/hd")
		if i > 60 {
			t.Fatalf("the server takes the link for one of %d bit/s", s.available("bob"))
		}
	}
	got := bob.str(stalls("alice", "hd"))
	t.Logf("behind 600 kbit/s: %s wide, taken for %d bit/s, at most %s tenths of a second without a picture", bob.str(width("alice", "hd")), s.available("bob"), got)
	var most int
	if _, err := fmt.Sscan(got, &most); err != nil || most > 20 {
		t.Errorf("a freeze of %s tenths of a second", got)
	}
	bob.is(remote("alice", "hd")+".track.isSwitchedOff", "false")

	conn.rate.Store(0)
	bob.until("the large picture again", width("alice", "hd")+" === 1280")
	bob.grows("alice/hd")
}

// TestTooLittleForTwoInChromium leaves room for one of two Tracks: the less important one goes off.
func TestTooLittleForTwoInChromium(t *testing.T) {
	conn := newNarrow(t)
	s := newStageOver(t, conn)
	alice, bob := layered(s)
	for _, name := range []string{"main", "side"} {
		smaller := strings.NewReplacer(`"hd"`, jsString(name), "extra.hd", "extra."+name, "1280", "640", "720", "360").Replace(camera)
		alice.is(smaller, "published")
		bob.logs("subscribed alice video " + name)
	}
	bob.str(remote("alice", "main") + ".track.setPriority('high')")
	bob.str(remote("alice", "side") + ".track.setPriority('low')")
	bob.grows("alice/main", "alice/side")
	for _, name := range []string{"main", "side"} {
		bob.str(fmt.Sprintf("%[1]s.on('trackSwitchedOff', () => note(%[2]s, 'off')), %[1]s.on('trackSwitchedOn', () => note(%[2]s, 'on'))", remote("alice", name), jsString(name)))
	}

	off := func(name string) string { return remote("alice", name) + ".track.isSwitchedOff" }
	// Each takes 150 at least. Less than 250 is never assumed, so that a call of two does not go dark.
	conn.rate.Store(260_000)
	bob.until("the side off and the main on", off("side")+" && !"+off("main"))
	bob.forget()
	got := bob.str(stalls("alice", "main"))
	t.Logf("one of two behind 260 kbit/s: taken for %d bit/s, at most %s tenths of a second without a picture, switched: %s",
		s.available("bob"), got, bob.str(`log.join()`))
	bob.is("!"+off("main")+" && "+off("side"), "true")
	bob.grows("alice/main")

	conn.rate.Store(0)
	bob.until("both on", "!"+off("main")+" && !"+off("side"))
	bob.grows("alice/main", "alice/side")
}
