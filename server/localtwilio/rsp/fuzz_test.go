package rsp

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"escalate/server/localtwilio/sfu"
	"escalate/server/localtwilio/store"
)

// FuzzSession plays one connection's messages, a line each, against a Room where
// somebody else is, and looks for what panics or leaves something behind.
func FuzzSession(f *testing.F) {
	var bodies [][]byte
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("no frames in testdata: %v", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		bodies = append(bodies, bytes.ReplaceAll(b, []byte("\n"), nil))
	}
	f.Add(bytes.Join(bodies, []byte("\n")))
	for _, room := range []string{"fuzzgroup", "fuzzpairs"} {
		connected := connectBody("fuzz", room, audio("a", "mic"))
		f.Add([]byte(connected + "\n" + updateBody(2, audio("a", "mic"), video("v", "cam")) + "\n" + updateBody(3)))
		f.Add([]byte(connected + "\n" + `{"type":"update","peer_connections":[{"id":"pc","description":{"type":"offer","revision":2,"sdp":"v=0"},"ice":{}}]}` +
			"\n" + `{"type":"update","peer_connections":[{"id":"pc","description":{"type":"close","revision":3}}]}` + "\n" + `{"type":"disconnect"}`))
	}
	st, err := store.Open("", store.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = st.Close() })
	s, err := start(Config{Store: st, Verify: verifyName, SessionTimeout: time.Minute}, (&fakeMedia{}).open)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = s.Close() })
	for room, kind := range map[string]string{"fuzzgroup": store.TypeGroup, "fuzzpairs": store.TypePeerToPeer} {
		if _, err := st.Rooms.Create(store.Room{UniqueName: room, Type: kind}); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		listener := &handler{srv: s, conn: &looseConn{}}
		for _, room := range []string{"fuzzpairs", "fuzzgroup"} {
			say(listener, connectBody("listener", room, audio("a", "mic")))
			h := &handler{srv: s, conn: &looseConn{}}
			for line := range strings.SplitSeq(string(script), "\n") {
				say(h, line)
			}
			say(h, `{"type":"disconnect"}`)
			say(listener, `{"type":"disconnect"}`)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.rooms)+len(s.sessions)+s.present > 0 {
			t.Fatalf("left behind: %d rooms, %d sessions, %d present", len(s.rooms), len(s.sessions), s.present)
		}
	})
}

// say gives a handler what a connection would.
func say(h *handler, body string) {
	m, err := decodeMessage([]byte(body))
	switch {
	case err != nil:
		h.malformed(err)
	case m != nil:
		h.message(m)
	}
}

// FuzzRelay lets three browsers say anything of their peer connections, in any order,
// and holds what is passed on to the rules that keep two ends of one in step.
func FuzzRelay(f *testing.F) {
	f.Add([]byte{0, 1, 2, 0x10, 0x21, 0x11, 0x20, 0x80, 0x91})
	f.Add([]byte{0, 1, 0x11, 0x12, 0x21, 0x22, 0x30, 0x40, 0x51, 0x02, 0x13})
	f.Add([]byte(strings.Repeat("\x10\x11\x12\x20\x21\x22", 9)))
	f.Fuzz(func(t *testing.T, script []byte) {
		r := newRelay()
		var browsers [3]*fuzzedBrowser
		for i, b := range script {
			who := int(b&0x0f) % len(browsers)
			w := browsers[who]
			if w == nil {
				w = &fuzzedBrowser{t: t, conn: &looseConn{}, offered: map[string]int{}, closed: map[string]bool{}}
				x := &session{out: &outbox{}}
				link, connections, err := r.join(t.Context(), x, &connect{PeerConnections: []peerConnection{saying(fmt.Sprint("pc", who, "-", i), sfu.TypeOffer, 1)}}, nil)
				if err != nil {
					t.Fatal(err)
				}
				w.link, w.out = link, x.out
				w.out.begin(w.conn, connected{PeerConnections: connections})
				browsers[who] = w
			}
			for id := range w.link.(*relayPeer).pairs {
				revision := w.offered[id] + int(b>>6) // the last number, or one of the next
				kind := []string{sfu.TypeOffer, sfu.TypeAnswer, typePranswer, sfu.TypeClose}[b>>4&3]
				if kind == sfu.TypeClose && b>>6 != 3 {
					kind = sfu.TypeOffer
				}
				if err := w.link.take(saying(id, kind, revision)); err != nil {
					t.Fatal(err)
				}
				break // of any one, which the map chooses
			}
			if b == 0xff {
				w.link.Close()
				browsers[who] = nil
			}
			for _, o := range browsers {
				if o != nil {
					o.hear()
				}
			}
		}
		for _, w := range browsers {
			if w != nil {
				w.link.Close()
			}
		}
		if len(r.peers) != 0 {
			t.Fatalf("%d left behind", len(r.peers))
		}
	})
}

// fuzzedBrowser checks what one browser is told.
type fuzzedBrowser struct {
	t       *testing.T
	conn    *looseConn
	link    link
	out     *outbox
	offered map[string]int // by peer connection: the last number it was offered
	closed  map[string]bool
}

func (w *fuzzedBrowser) hear() {
	for _, m := range drain(w.t, w.conn) {
		for _, pc := range m.PeerConnections {
			d := pc.Description
			if d == nil {
				continue
			}
			if w.closed[pc.ID] {
				w.t.Fatalf("%s of a closed peer connection", d.Type)
			}
			switch d.Type {
			case sfu.TypeOffer:
				if d.Revision <= w.offered[pc.ID] {
					w.t.Fatalf("offer %d after %d", d.Revision, w.offered[pc.ID])
				}
				w.offered[pc.ID] = d.Revision
			case sfu.TypeClose:
				w.closed[pc.ID] = true
			}
		}
	}
}
