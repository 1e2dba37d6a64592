package sfu

import "testing"

// TestStats counts while media flow, and keeps what has flowed when everybody has gone.
func TestStats(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	r := e.NewRouter(RouterConfig{})
	alice, bob := newClient(t, "PA1"), newClient(t, "PA2")
	alice.publish("MT1a", KindAudio)
	alice.publish("MT1v", KindVideo)
	alice.join(r)
	bob.join(r)
	bob.flows("MT1a", "MT1v")
	eventually(t, "packets of both ways", func() bool {
		s := e.Stats()
		return s.In.Packets > 20 && s.In.Bytes > s.In.Packets && s.Out.Packets > 20 && s.Out.Bytes > s.Out.Packets && s.Expected > 20
	})
	s := e.Stats()
	if s.Rooms != 1 || s.Participants != 2 || s.Tracks[KindAudio] != 1 || s.Tracks[KindVideo] != 1 || s.Tracks[KindData] != 0 ||
		s.Subscriptions[KindAudio] != 1 || s.Subscriptions[KindVideo] != 1 {
		t.Errorf("while they talk: %+v", s)
	}
	if s.Lost < 0 || s.Lost > s.Expected {
		t.Errorf("%d of %d packets are lost", s.Lost, s.Expected)
	}
	r.Close()
	after := e.Stats()
	if after.Rooms != 0 || after.Participants != 0 || after.Tracks[KindAudio] != 0 || after.Subscriptions[KindVideo] != 0 || after.Expected != 0 {
		t.Errorf("after the end: %+v", after)
	}
	if after.In.Packets < s.In.Packets || after.In.Bytes < s.In.Bytes || after.Out.Packets < s.Out.Packets || after.Out.Bytes < s.Out.Bytes {
		t.Errorf("after the end there is less: %+v, before %+v", after, s)
	}
}
