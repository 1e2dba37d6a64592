package page

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"escalate/app/stage"
	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/wire"
)

func invited() wire.State {
	return wire.State{Code: "K7Q2MWX", Status: wire.StatusInvited, AgentName: "Maria Lopez", AgentWorker: "WK1", Brand: "Escalate", Version: 1}
}

func joinPageData(s wire.State) wire.Page { return wire.Page{State: &s, Brand: "Escalate", Lang: "en"} }

// joinRig is a customer's page as it is after loading.
func joinRig(t *testing.T, s wire.State) (*rig, *Join) {
	t.Helper()
	r := newRig(t, joinPageData(s))
	j := newJoin(r.deps(), s.Code)
	r.mount(j)
	return r, j
}

func open(s wire.State) wire.State {
	s.Status, s.AgentPresent = wire.StatusOpen, true
	s.Version++
	return s
}

var theAgent = video.Participant{SID: "PA1", Identity: "agent:WK1:n1"}

func agentTrack(k video.Kind) video.TrackSubscribed {
	return video.TrackSubscribed{ParticipantSID: "PA1", Track: video.Track{SID: "MTr" + string(k), Kind: k, Enabled: true, Subscribed: true}}
}

// inCall brings the page into a call with the agent.
func inCall(t *testing.T) (*rig, *Join) {
	t.Helper()
	s := open(invited())
	r, j := joinRig(t, s)
	r.api.set(func(f *fakeAPI) {
		f.join = wire.Join{Token: "tok", Room: "RMx", Identity: "customer:K7Q2MWX:n", LeaveKey: "key of n", State: s}
	})
	r.do(func() { j.onJoin(nil, noEvent()) })
	r.until("in call", r.shows(`data-phase="in_call"`))
	r.connector.Room().Emit(video.ParticipantConnected{Participant: theAgent}, agentTrack(video.Audio), agentTrack(video.Video))
	r.until("the agent's tile", r.shows(`id="remote-tile-PA1"`))
	return r, j
}

func TestJoinWaitsForTheAgentAndGoesOnByItself(t *testing.T) {
	r, j := joinRig(t, invited())
	r.golden("join_green_room")
	r.until("opened is reported", func() bool { return r.api.reported(wire.PhaseOpened, "") })

	r.api.set(func(f *fakeAPI) { f.join = wire.Join{Waiting: true, State: invited()} })
	r.do(func() { j.onJoin(nil, noEvent()) })
	r.until("waiting", r.shows(`data-phase="waiting"`))
	r.golden("join_waiting")
	if n := len(r.devices.Captures()); n != 1 {
		t.Fatalf("asked %d times for the devices", n)
	}
	r.until("waiting is reported", func() bool { return r.api.reported(wire.PhaseWaiting, "") })

	s := open(invited())
	r.api.set(func(f *fakeAPI) {
		f.join = wire.Join{Token: "tok", Room: "RMx", Identity: "customer:K7Q2MWX:n", LeaveKey: "key of n", Signaling: "ws://x", State: s}
	})
	r.host.tell(s)
	r.until("in call", r.shows(`data-phase="in_call"`))
	if o := r.connector.Options(); o.Name != "RMx" || o.Signaling != "ws://x" || o.Capture == nil {
		t.Errorf("options %+v", o)
	}
	room := r.connector.Room()
	room.Emit(video.ParticipantConnected{Participant: theAgent}, agentTrack(video.Audio), agentTrack(video.Video))
	r.until("camera is drawn", func() bool { return room.Called("Attach MTrvideo " + stage.RemoteVideo("PA1")) })
	r.until("sound is played", func() bool { return room.Called("Attach MTraudio " + stage.RemoteAudio("PA1")) })
	r.until("self is drawn", func() bool { return r.devices.Newest().Called("Attach " + stage.SelfVideo) })
	r.golden("join_in_call")
	if !r.host.saw(func(h *fakeHost) bool { return h.title == "In call – Escalate" && h.focus == ui.HeadingID }) {
		t.Error("title or focus did not follow")
	}
}

func TestJoinControls(t *testing.T) {
	r, j := inCall(t)
	room := r.connector.Room()

	r.do(func() { j.stage.Kit.OnMute(nil, noEvent()) })
	r.until("muted", func() bool { return room.Called("SetEnabled audio false") && !j.stage.Kit.On(video.Audio) })
	r.do(func() { j.stage.Kit.OnCamera(nil, noEvent()) })
	r.until("camera off", func() bool { return room.Called("SetEnabled video false") && !j.stage.Kit.On(video.Video) })
	r.golden("join_muted")
	r.do(func() { j.stage.Kit.OnCamera(nil, noEvent()) })
	r.until("camera on", func() bool { return room.Called("SetEnabled video true") && j.stage.Kit.On(video.Video) })

	r.do(func() { j.stage.ToggleShare() })
	r.until("sharing", func() bool { return j.stage.Call.State.ScreenOn() })
	r.do(func() { j.stage.ToggleShare() })
	r.until("stopped sharing", func() bool { return room.Called("StopScreen") && !j.stage.Call.State.ScreenOn() })

	room.SetFail(&video.Error{Reason: video.MediaInUse})
	r.do(func() { j.stage.Kit.OnMute(nil, noEvent()) })
	r.until("a sentence about the failure", r.shows("Camera or microphone is in use"))
}

func TestRefusedScreenShareIsNoTrouble(t *testing.T) {
	r, j := inCall(t)
	r.connector.Room().SetFail(&video.Error{Reason: video.MediaDenied})
	r.do(func() { j.stage.ToggleShare() })
	r.until("share is over", r.shows(`aria-busy="false" aria-pressed="false" class="control" id="share-button"`))
	if j.screen.Trouble != "" {
		t.Errorf("trouble: %s", j.screen.Trouble)
	}
}

func TestTilesKeepTheirPlaces(t *testing.T) {
	r, _ := inCall(t)
	room := r.connector.Room()
	second := video.Participant{SID: "PA2", Identity: "agent:WK2:n2"}
	room.Emit(video.ParticipantConnected{Participant: second})
	r.until("second tile", r.shows(stage.RemoteTile("PA2")))
	screen := agentTrack(video.Screen)
	room.Emit(screen)
	r.until("screen is drawn", func() bool { return room.Called("Attach MTrscreen " + stage.RemoteScreen("PA1")) })
	r.golden("join_screen")
	room.Emit(video.TrackUnsubscribed{ParticipantSID: "PA1", TrackSID: "MTrscreen"})
	r.until("screen is let go", func() bool { return room.Called("Detach MTrscreen") })
	room.Emit(video.ParticipantDisconnected{SID: "PA1"})
	r.until("first is gone", r.shows("has left the call"))
	html := r.html()
	if a, b := strings.Index(html, stage.RemoteTile("PA1")), strings.Index(html, stage.RemoteTile("PA2")); a < 0 || b < a {
		t.Errorf("tiles moved: %d %d", a, b)
	}
}

func TestReconnectingAndBlockedSoundAreShown(t *testing.T) {
	r, j := inCall(t)
	room := r.connector.Room()
	room.Emit(video.Reconnecting{}, video.PlaybackBlocked{}, video.RecordingChanged{On: true},
		video.NetworkQuality{SID: "PA1", Level: 2}, video.DominantSpeaker{SID: "PA1"})
	r.until("the recording is known", func() bool { return j.stage.Call.State.Recording })
	r.golden("join_reconnecting")
	r.do(func() { j.stage.Call.Resume() })
	room.Emit(video.Reconnected{})
	r.until("well again", func() bool { return !j.stage.Call.State.PlaybackBlocked && j.stage.Call.State.Error == nil })
}

func TestLeaveAndRate(t *testing.T) {
	r, j := inCall(t)
	capture := r.devices.Newest()
	r.do(func() { j.stage.Call.Leave() })
	r.until("after", r.shows(`data-phase="after"`))
	r.golden("join_after")
	r.until("leaving is told", func() bool { return r.api.has(func(f *fakeAPI) bool { return len(f.left) == 1 }) })
	if !capture.Closed() {
		t.Error("the camera is still on")
	}

	r.do(func() { j.rating.submit(giver{j.attempt.seat.identity, j.attempt.seat.key}) })
	r.until("stars are asked for", r.shows("Please choose 1 to 5 stars"))
	r.api.set(func(f *fakeAPI) { f.rateErr = errors.New("offline") })
	r.do(func() { j.rating.rate(4); j.rating.comment = "  good " })
	r.do(func() { j.rating.submit(giver{j.attempt.seat.identity, j.attempt.seat.key}) })
	r.until("kept", r.shows("kept on this device"))
	r.golden("join_rating_kept")
	if r.host.Stored("escalate.rating.K7Q2MWX") == "" {
		t.Error("nothing stored")
	}

	// The next visit sends it.
	r2, j2 := joinRig(t, invited())
	r2.host.Store("escalate.rating.K7Q2MWX", r.host.Stored("escalate.rating.K7Q2MWX"))
	r2.do(func() { j2.rating.resume() })
	r2.until("sent", func() bool {
		return r2.api.has(func(f *fakeAPI) bool {
			return len(f.rated) == 1 && f.rated[0] == wire.Rating{Score: 4, Comment: "good", Identity: "customer:K7Q2MWX:n", Key: "key of n"}
		})
	})
	r2.until("forgotten here", func() bool { return r2.host.Stored("escalate.rating.K7Q2MWX") == "" })
}

// A rating that the server will never take is not tried for ever; what only
// something on the way refuses is.
func TestRatingThatIsRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		err  *wire.Error
		kept bool
	}{
		{"no proof", &wire.Error{Code: wire.CodeForbidden, Message: "Only a customer may."}, false},
		{"nobody was in", &wire.Error{Code: wire.CodeNotInCall, Message: "Nobody was in."}, false},
		{"a proxy's refusal", &wire.Error{Code: wire.CodeForbidden}, true},
		{"no service", &wire.Error{Code: wire.CodeUnavailable, Message: "Later."}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, j := inCall(t)
			r.do(func() { j.stage.Call.Leave() })
			r.until("after", r.shows(`data-phase="after"`))
			r.api.set(func(f *fakeAPI) { f.rateErr = c.err })
			r.do(func() { j.rating.rate(4) })
			r.do(func() { j.rating.submit(giver{j.attempt.seat.identity, j.attempt.seat.key}) })
			if c.kept {
				r.until("kept", r.shows("kept on this device"))
			} else {
				r.until("thanks", r.shows(`id="`+RatingThanks+`"`))
			}
			if got := r.host.Stored("escalate.rating.K7Q2MWX") != ""; got != c.kept {
				t.Errorf("stored %v, want %v", got, c.kept)
			}
		})
	}
}

func TestThanksAfterRating(t *testing.T) {
	r, j := inCall(t)
	r.do(func() { j.stage.Call.Leave() })
	r.until("after", r.shows(`data-phase="after"`))
	r.do(func() { j.rating.rate(5) })
	r.do(func() { j.rating.submit(giver{j.attempt.seat.identity, j.attempt.seat.key}) })
	r.until("thanks", r.shows(`id="`+RatingThanks+`"`))
	r.golden("join_thanks")
}

func TestRejoinAfterLeaving(t *testing.T) {
	r, j := inCall(t)
	r.do(func() { j.stage.Call.Leave() })
	r.until("after", r.shows(RejoinButton))
	r.do(func() { j.onRejoin(nil, noEvent()) })
	r.until("back in", r.shows(`data-phase="in_call"`))
	if n := r.connector.Count("Connect RMx tok"); n != 2 {
		t.Errorf("connected %d times", n)
	}
}

func TestComesBackByItselfAfterALoss(t *testing.T) {
	r, _ := inCall(t)
	first := r.connector.Room()
	r.api.set(func(f *fakeAPI) { f.joinErr = errors.New("server is restarting") })
	first.Emit(video.Disconnected{Err: &video.Error{Reason: video.SignalingLost}})
	r.until("rejoining", r.shows(`data-phase="rejoining"`))
	r.golden("join_rejoining")
	r.until("a try failed", func() bool { return r.api.has(func(f *fakeAPI) bool { return len(f.asked) > 1 }) })
	r.api.set(func(f *fakeAPI) { f.joinErr = nil })
	r.until("back in", func() bool { return r.connector.Room() != first && r.shows(`data-phase="in_call"`)() })
	if len(r.devices.Captures()) != 1 {
		t.Error("asked for the devices again")
	}
}

func TestGivesUpAndOffersRejoin(t *testing.T) {
	r, j := inCall(t)
	r.do(func() { j.attempt.back.tries = maxTries })
	j.attempt.back.since = j.attempt.back.since.Add(0)
	r.connector.Room().Emit(video.Disconnected{Err: &video.Error{Reason: video.SignalingLost}})
	r.until("lost", r.shows(`data-phase="lost"`))
	r.golden("join_lost")
	r.do(func() { j.onRejoin(nil, noEvent()) })
	r.until("back in", r.shows(`data-phase="in_call"`))
}

func TestAnotherTabIsNotFoughtWith(t *testing.T) {
	r, _ := inCall(t)
	r.connector.Room().Emit(video.Disconnected{Err: &video.Error{Reason: video.DuplicateIdentity}})
	r.until("lost", r.shows("another tab"))
	if n := r.connector.Count("Connect RMx tok"); n != 1 {
		t.Errorf("connected %d times", n)
	}
}

func TestEndedByTheAgent(t *testing.T) {
	r, j := inCall(t)
	s := j.state
	s.Status, s.Version = wire.StatusEnded, s.Version+1
	r.host.tell(s)
	r.until("after", r.shows("The call has ended."))
	if strings.Contains(r.html(), `id="rating-form"`) == false {
		t.Error("no rating")
	}
	if strings.Contains(r.html(), `hidden id="`+RejoinButton) {
		t.Error("rejoin offered")
	}
}

func TestExpiredWhileInTheGreenRoom(t *testing.T) {
	r, j := joinRig(t, invited())
	s := j.state
	s.Status, s.Version = wire.StatusExpired, 2
	r.host.tell(s)
	r.until("over", r.shows("This link has expired"))
	r.golden("join_expired")
}

func TestStaleNewsIsIgnored(t *testing.T) {
	r, j := joinRig(t, open(invited()))
	s := invited()
	s.Status = wire.StatusEnded
	r.host.tell(s) // version 1, the page has 2
	r.do(func() {})
	if j.attempt.phase != PhaseGreenRoom {
		t.Errorf("phase %s", j.attempt.phase)
	}
}

func TestStreamIsOpenedAgainUntilTheEnd(t *testing.T) {
	r, j := joinRig(t, invited())
	r.do(func() { j.watch() })
	if n := r.host.opened; n != 2 {
		t.Fatalf("opened %d times", n)
	}
	s := invited()
	s.Status, s.Version = wire.StatusExpired, 2
	r.host.tell(s)
	r.until("over", r.shows(`data-phase="over"`))
}

func TestTheNewestClickCounts(t *testing.T) {
	for _, c := range []struct {
		name   string
		clicks int
		on     bool
		calls  []string
	}{
		{"off", 1, false, []string{"SetEnabled video false"}},
		{"off and on", 2, true, []string{"SetEnabled video false", "SetEnabled video true"}},
		{"off, on and off", 3, false, []string{"SetEnabled video false"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, j := inCall(t)
			room := r.connector.Room()
			r.do(func() {
				for range c.clicks { // all before the first is carried out
					j.stage.Kit.OnCamera(nil, noEvent())
				}
			})
			r.until("done", func() bool { return idle(j.stage) && j.stage.Kit.On(video.Video) == c.on })
			var got []string
			for _, l := range room.Calls.Calls() {
				if strings.HasPrefix(l, "SetEnabled") {
					got = append(got, l)
				}
			}
			if !slices.Equal(got, c.calls) {
				t.Errorf("%q", got)
			}
		})
	}
}
