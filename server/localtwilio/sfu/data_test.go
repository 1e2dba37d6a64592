package sfu

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/pion/webrtc/v4"
)

// heard waits until a data Track or channel has brought these texts.
func (c *client) heard(label string, texts ...string) {
	c.t.Helper()
	eventually(c.t, fmt.Sprintf("%v on %s at %s", texts, label, c.id), func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		d := c.data[label]
		return d != nil && slices.Equal(d.texts, texts)
	})
}

func TestDataTrack(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice, bob, carol := newClient(t, "PA1"), newClient(t, "PA2"), newClient(t, "PA3")
	s := alice.publish("MT1d", KindData)
	alice.join(r)
	bob.join(r)
	carol.join(r)
	bob.subscribed("MT1d")
	carol.subscribed("MT1d")
	if err := s.dc.SendText("hello"); err != nil {
		t.Fatal(err)
	}
	if err := s.dc.Send([]byte{1, 2}); err != nil {
		t.Fatal(err)
	}
	if err := s.dc.SendText("again"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*client{bob, carol} {
		c.heard("MT1d", "hello", "again")
		c.mu.Lock()
		if n := c.data["MT1d"].binaries; n != 1 {
			t.Errorf("%s got %d binary messages", c.id, n)
		}
		c.mu.Unlock()
	}
	alice.unpublish("MT1d")
	bob.subscribed()
}

// A data Track that is published again at once waits for a channel of its own: that of the
// one before it stays for a while after it has closed.
func TestDataTrackAgainAtOnce(t *testing.T) {
	alice, bob := pair(t)
	first := alice.publish("MT1d", KindData)
	bob.subscribed("MT1a", "MT1v", "MT1d")
	if err := first.dc.SendText("hello"); err != nil {
		t.Fatal(err)
	}
	bob.heard("MT1d", "hello")
	p := alice.peer
	look := func(f func()) {
		t.Helper()
		if err := p.loop.call(t.Context(), p.done, func() error { f(); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if err := first.dc.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the end of the channel", func() (closing bool) {
		look(func() {
			for _, in := range p.publisher.incoming {
				closing = closing || in.closing
			}
		})
		return closing
	})
	alice.mu.Lock()
	delete(alice.senders, "MT1d")
	for i := range alice.tracks {
		if alice.tracks[i].SID == "MT1d" {
			alice.tracks[i].SID = "MT1e"
		}
	}
	tracks := alice.tracks
	alice.mu.Unlock()
	p.SetTracks(tracks)
	look(func() {
		if p.publisher.published["MT1e"] != nil {
			t.Error("it is published on the channel that has closed")
		}
	})
	second, err := alice.pc.CreateDataChannel(first.id, nil)
	if err != nil {
		t.Fatal(err)
	}
	bob.subscribed("MT1a", "MT1v", "MT1e")
	if err := second.SendText("again"); err != nil {
		t.Fatal(err)
	}
	bob.heard("MT1e", "again")
}

func TestDataTrackKeepsReliability(t *testing.T) {
	zero, life := uint16(0), uint16(300)
	tests := []struct {
		name string
		init webrtc.DataChannelInit
	}{
		{"no retransmits", webrtc.DataChannelInit{Ordered: new(bool), MaxRetransmits: &zero}},
		{"lifetime", webrtc.DataChannelInit{Ordered: new(bool), MaxPacketLifeTime: &life}},
		{"reliable", webrtc.DataChannelInit{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := startEngine(t).NewRouter(RouterConfig{})
			alice, bob := newClient(t, "PA1"), newClient(t, "PA2")
			dc, err := alice.pc.CreateDataChannel("channel", &tt.init)
			if err != nil {
				t.Fatal(err)
			}
			alice.tracks = []Track{{SID: "MT1d", ID: "channel", Kind: KindData}}
			alice.join(r)
			bob.join(r)
			eventually(t, "channel at bob", func() bool {
				bob.mu.Lock()
				defer bob.mu.Unlock()
				return bob.data["MT1d"] != nil
			})
			bob.mu.Lock()
			defer bob.mu.Unlock()
			d := bob.data["MT1d"]
			if d.ordered != dc.Ordered() || !equal(d.retrans, dc.MaxRetransmits()) || !equal(d.lifetime, dc.MaxPacketLifeTime()) {
				t.Errorf("got %+v", d)
			}
		})
	}
}

func equal(a, b *uint16) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

func TestMediaSignaling(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice := newClient(t, "PA1")
	alice.join(r)
	label, err := alice.peer.OpenChannel("active_speaker")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := alice.peer.OpenChannel("active_speaker"); err != nil || again != label {
		t.Errorf("opened again: %q, %v", again, err)
	}
	// Before it can be open: it is kept.
	if err := alice.peer.SendChannel("active_speaker", []byte(`{"participant":"PA2"}`)); err != nil {
		t.Fatal(err)
	}
	alice.heard(label, `{"participant":"PA2"}`)
	eventually(t, "ready from the client", func() bool {
		alice.mu.Lock()
		defer alice.mu.Unlock()
		return slices.Equal(alice.messages, []string{`active_speaker {"type":"ready"}`})
	})
	if err := alice.peer.SendChannel("other", nil); !errors.Is(err, ErrUnknownChannel) {
		t.Errorf("unknown channel: %v", err)
	}
}
