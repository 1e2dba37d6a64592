//go:build e2e

package rsp

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

// TestUnmodifiedClientInChromium plays a call with twilio-video.js in Chromium.
func TestUnmodifiedClientInChromium(t *testing.T) {
	s := newStage(t)
	const room = "daily"
	alice, bob := s.open("alice"), s.open("bob")
	alice.join("alice", room)
	bob.join("bob", room)

	steps := []struct {
		name string
		run  func(t *testing.T)
	}{
		{"both see and hear each other", func(t *testing.T) {
			alice.grows("bob/camera", "bob/microphone")
			bob.grows("alice/camera", "alice/microphone")
		}},
		{"mute", func(t *testing.T) {
			alice.str("mute(true)")
			bob.logs("trackDisabled alice microphone")
			alice.str("mute(false)")
			bob.logs("trackEnabled alice microphone")
		}},
		{"a second video", func(t *testing.T) {
			alice.is(`publish("screen", "video")`, "published")
			bob.logs("subscribed alice video screen")
			bob.grows("alice/screen", "alice/camera")
		}},
		{"a name that is taken", func(t *testing.T) {
			alice.is(`publish("screen", "video")`, "53304")
		}},
		{"unpublish and publish three times", func(t *testing.T) {
			for range 3 {
				bob.forget()
				alice.str(`unpublish("screen")`)
				bob.logs("unsubscribed alice video screen")
				alice.is(`publish("screen", "video")`, "published")
				bob.logs("subscribed alice video screen")
				bob.grows("alice/screen")
			}
			bob.grows("alice/camera", "alice/microphone")
		}},
		{"data", func(t *testing.T) {
			alice.is(`publish("chat", "data")`, "published")
			bob.logs("subscribed alice data chat")
			alice.str(`extra.chat.send("hello"), extra.chat.send(new Uint8Array([1, 2, 3]))`)
			bob.until("both messages", `messages.join("|") === "hello|bytes:1,2,3"`)
		}},
		{"media signaling", func(t *testing.T) {
			alice.until("a network quality level", `room.localParticipant.networkQualityLevel > 0`)
			alice.until("bob's network quality level", `Array.from(room.participants.values())[0].networkQualityLevel > 0`)
			bob.is(`publish("voice", "audio")`, "published")
			alice.until("a dominant speaker", `room.dominantSpeaker && room.dominantSpeaker.identity === "bob"`)
			bob.str(`unpublish("voice")`)
		}},
		{"a third Participant", func(t *testing.T) {
			carol := s.open("carol")
			carol.join("carol", room)
			carol.grows("alice/camera", "alice/microphone", "alice/screen", "bob/camera", "bob/microphone")
			alice.grows("carol/camera", "carol/microphone")
			bob.grows("carol/camera", "carol/microphone")

			// A reload leaves and joins again.
			carol.reload()
			bob.logs("left carol")
			bob.forget()
			carol.join("carol", room)
			bob.grows("carol/camera")
			carol.grows("bob/camera")

			// A second one of the same name ends the first.
			twin := s.open("carol's twin")
			twin.join("carol", room)
			carol.logs("disconnected 53205")
			bob.grows("carol/camera")

			// One who leaves is gone at once.
			eve := s.open("eve")
			eve.is(fmt.Sprintf("join(%s, %s, {tracks: [], wsServerInsights: 'ws://' + location.host + '/insights', insights: true})",
				jsString(s.token("eve", "", time.Now())), jsString(room)), "connected")
			eve.grows("alice/camera", "bob/camera", "carol/camera", "bob/microphone")
			eve.is(`publish("late", "video")`, "published")
			bob.grows("eve/late")
			eve.str("room.disconnect()")
			bob.logs("left eve")

			// One who subscribes to nothing sees who is there, and no more.
			eve.is(fmt.Sprintf("join(%s, %s, {automaticSubscription: false})",
				jsString(s.token("eve", "", time.Now())), jsString(room)), "connected")
			eve.until("everybody", "room.participants.size === 3")
			bob.grows("eve/camera", "eve/microphone")
			eve.is(`log.filter(e => e.startsWith("subscribed")).length`, "0")
			eve.str("room.disconnect()")

			_, sid := s.participant(room, "carol")
			if _, err := s.store.Participants.SetStatus(sid, store.Disconnected); err != nil {
				t.Fatal(err)
			}
			twin.logs("disconnected without error")
			bob.until("carol's leaving", `room.participants.size === 1`)
		}},
		{"signalling lost", func(t *testing.T) {
			alice.forget()
			bob.forget()
			if err := s.dropSignalling("alice"); err != nil {
				t.Fatal(err)
			}
			alice.logs("reconnecting 53001")
			alice.logs("reconnected")
			bob.logs("remoteReconnecting alice")
			bob.logs("remoteReconnected alice")
			alice.grows("bob/camera", "bob/microphone")
			bob.grows("alice/camera", "alice/microphone", "alice/screen")
			bob.forget()
			alice.str("mute(true)")
			bob.logs("trackDisabled alice microphone")
			alice.str(`unpublish("screen")`)
			bob.logs("unsubscribed alice video screen")
			alice.is(`publish("screen", "video")`, "published")
			bob.grows("alice/screen")
		}},
		{"ICE restart", func(t *testing.T) {
			before := alice.str("remoteUfrag()")
			alice.is("restartICE()", "1")
			alice.until("other ICE credentials", "remoteUfrag() !== "+jsString(before))
			alice.grows("bob/camera")
			bob.grows("alice/camera")
		}},
		{"recording", func(t *testing.T) {
			sid, _ := s.participant(room, "alice")
			for _, ca := range []struct{ rules, event string }{
				{`[{"type":"include","all":true}]`, "recordingStarted"},
				{`[{"type":"exclude","all":true}]`, "recordingStopped"},
			} {
				if _, err := s.store.Rooms.Update(sid, func(r *store.Room) error {
					r.RecordingRules = json.RawMessage(ca.rules)
					return nil
				}); err != nil {
					t.Fatal(err)
				}
				alice.logs(ca.event)
				bob.logs(ca.event)
			}
		}},
		{"refused tokens", func(t *testing.T) {
			dan := s.open("dan")
			dan.is(fmt.Sprintf("join(%s, 'daily', {})", jsString(s.token("dan", "", time.Now().Add(-2*time.Hour)))), "20104")
			// With ICE servers of its own the client connects at once.
			dan.is(fmt.Sprintf("join(%s, 'daily', {iceServers: []})", jsString(s.token("dan", "", time.Now().Add(-2*time.Hour)))), "20104")
			forged := s.token("dan", "", time.Now())
			dan.is(fmt.Sprintf("join(%s, 'daily', {})", jsString(forged[:strings.LastIndex(forged, ".")+1]+"AAAA")), "20107")
			dan.is(fmt.Sprintf("join(%s, 'daily', {})", jsString(s.token("dan", "other", time.Now()))), "20106")
		}},
		{"completed", func(t *testing.T) {
			sid, _ := s.participant(room, "alice")
			if _, err := s.store.Rooms.Complete(sid); err != nil {
				t.Fatal(err)
			}
			alice.logs("disconnected 53118")
			bob.logs("disconnected 53118")
			alice.is(fmt.Sprintf("join(%s, %s, {})", jsString(s.token("alice", "", time.Now())), jsString(sid)), "53118")
		}},
	}
	for _, step := range steps {
		if !s.step(t, step.name, step.run) {
			break
		}
	}
}
