package call

import (
	"testing"

	"escalate/app/video"
)

func heard(sid string, energy, seconds float64) video.Stats {
	return video.Stats{Heard: map[string]video.Heard{sid: {Energy: energy, Seconds: seconds}}}
}

func TestSpeakingFollowsTheSound(t *testing.T) {
	t.Parallel()
	s := New()
	quiet, click := heard("PA1", 1, 10), heard("PA1", 1.001, 10.5)
	s = s.Measured(video.Stats{}, heard("PA1", 0.0000001, 10))
	if s.Speaking("PA1") {
		t.Error("silence speaks")
	}
	// A click of 20 ms at half volume within half a second.
	s = s.Measured(quiet, click)
	if !s.Speaking("PA1") || s.Speaking("PA2") || s.Speaking("") {
		t.Error("a short sound is not seen")
	}
	// It holds for one quiet measurement, which bridges the pauses of speech.
	s = s.Measured(click, heard("PA1", 1.001, 11))
	if !s.Speaking("PA1") {
		t.Error("the ring flickers")
	}
	s = s.Measured(heard("PA1", 1.001, 11), heard("PA1", 1.001, 11.5))
	if s.Speaking("PA1") {
		t.Error("the ring stays")
	}
	if s = s.Apply(video.DominantSpeaker{SID: "PA1"}); !s.Speaking("PA1") {
		t.Error("what the server says does not count")
	}
}

func TestCauses(t *testing.T) {
	t.Parallel()
	at := video.Stats{Received: 100, Sent: 100}
	for _, tt := range []struct {
		name string
		now  video.Stats
		want Cause
	}{
		{"all well", video.Stats{Received: 200, Sent: 200, RTT: 0.1, Jitter: 0.01}, CauseUnknown},
		{"upload lost", video.Stats{Received: 200, Sent: 200, LostOut: 10}, CauseLossUp},
		{"download lost", video.Stats{Received: 200, LostIn: 10, Sent: 200}, CauseLoss},
		{"far away", video.Stats{Received: 200, Sent: 200, RTT: 0.6}, CauseDelay},
		{"bursts", video.Stats{Received: 200, Sent: 200, Jitter: 0.2}, CauseUneven},
		{"slow device", video.Stats{Received: 200, Sent: 200, Busy: true}, CauseDevice},
		{"counters began anew", video.Stats{Received: 5, Sent: 5}, CauseUnknown},
		{"half of them", video.Stats{Received: 97, LostIn: 5, Sent: 200}, CauseUnknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := New()
			s.Local.SID = "me"
			if got := s.Measured(at, tt.now).CauseOf("me"); got != tt.want {
				t.Errorf("cause %q, want %q", got, tt.want)
			}
		})
	}
}

func TestStalled(t *testing.T) {
	t.Parallel()
	at := video.Stats{Received: 100}
	s := New()
	measure := func() {
		for range stallTicks {
			s = s.Measured(at, at)
		}
	}
	measure()
	if s.Stalled() {
		t.Error("nobody is there, and the line is called broken")
	}
	mic := video.Track{SID: "MT", Kind: video.Audio, Subscribed: true, Enabled: true}
	s = s.Apply(video.ParticipantConnected{Participant: video.Participant{SID: "PA1", Tracks: []video.Track{mic}}})
	if !s.Stalled() {
		t.Error("nothing arrives, and nobody says so")
	}
	if s.Apply(video.ParticipantReconnecting{SID: "PA1"}).Stalled() {
		t.Error("it is their line, not ours")
	}
	forgot := video.Stats{}
	if s = s.Measured(at, forgot).Measured(forgot, forgot); !s.Stalled() {
		t.Error("the browser has forgotten what it counted, and nobody says any more that nothing arrives")
	}
	if s = s.Measured(at, video.Stats{Received: 101}); s.Stalled() {
		t.Error("a packet, and still broken")
	}
}

func TestDirection(t *testing.T) {
	t.Parallel()
	s := New()
	for _, tt := range []struct {
		q    video.NetworkQuality
		want Cause
	}{
		{video.NetworkQuality{SID: "PA1", Level: 2, Detailed: true, Send: 2, Recv: 4}, CauseUp},
		{video.NetworkQuality{SID: "PA1", Level: 2, Detailed: true, Send: 5, Recv: 2}, CauseDown},
		{video.NetworkQuality{SID: "PA1", Level: 2, Detailed: true, Send: 2, Recv: 2}, CauseUnknown},
		{video.NetworkQuality{SID: "PA1", Level: 2}, CauseUnknown},
	} {
		if s = s.Apply(tt.q); s.CauseOf("PA1") != tt.want || s.QualityOf("PA1") != 2 {
			t.Errorf("%+v: cause %q", tt.q, s.CauseOf("PA1"))
		}
	}
}

func TestPausedEndsWithTheParticipant(t *testing.T) {
	t.Parallel()
	s := New().Apply(video.ParticipantConnected{Participant: video.Participant{SID: "PA1"}}).PausedBy("PA1", true)
	if !s.Paused("PA1") {
		t.Fatal("not paused")
	}
	if s.Apply(video.ParticipantDisconnected{SID: "PA1"}).Paused("PA1") {
		t.Error("paused for ever")
	}
}
