package rsp

import (
	"testing"

	"escalate/server/localtwilio/sfu"
)

func TestTracksGetStreamsOfTheirOwn(t *testing.T) {
	t.Parallel()
	for _, ca := range []struct{ name, sdp, want string }{
		{"none", "v=0\r\nm=audio 9 x\r\na=recvonly\r\n", "v=0\r\nm=audio 9 x\r\na=recvonly\r\n"},
		{"two", "m=audio 9 x\r\na=msid:- mic\r\nm=video 9 x\r\na=msid:- cam\r\na=mid:1\r\n",
			"m=audio 9 x\r\na=msid:mic mic\r\nm=video 9 x\r\na=msid:cam cam\r\na=mid:1\r\n"},
		{"one that has a stream", "m=audio 9 x\r\na=msid:s mic\r\n", "m=audio 9 x\r\na=msid:s mic\r\n"},
		{"of a source", "m=audio 9 x\r\na=ssrc:1 msid:- mic\r\n", "m=audio 9 x\r\na=ssrc:1 msid:- mic\r\n"},
		{"the last line", "a=msid:- mic", "a=msid:mic mic"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			if got := withStreams(ca.sdp); got != ca.want {
				t.Errorf("%q, want %q", got, ca.want)
			}
		})
	}
}

// Tracks have streams at the other end, in offers and in answers.
func TestRelayGivesTracksStreams(t *testing.T) {
	t.Parallel()
	r := newRelay()
	var conns []*looseConn
	var links []link
	for range 2 {
		x, c := &session{out: &outbox{}}, &looseConn{}
		l, connections, err := r.join(t.Context(), x, &connect{PeerConnections: []peerConnection{saying("pc", sfu.TypeOffer, 1)}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		x.out.begin(c, connected{PeerConnections: connections})
		conns, links = append(conns, c), append(links, l)
	}
	for _, c := range conns {
		drain(t, c)
	}
	for i, kind := range []string{sfu.TypeAnswer, sfu.TypeOffer} {
		said := saying("pc", kind, 1+i)
		said.Description.SDP = "v=0\r\na=msid:- cam\r\n"
		if err := links[i].take(said); err != nil {
			t.Fatal(err)
		}
		got := drain(t, conns[1-i])
		if len(got) != 1 || got[0].PeerConnections[0].Description.SDP != "v=0\r\na=msid:cam cam\r\n" {
			t.Errorf("%s: the other was sent %+v", kind, got)
		}
		if said.Description.SDP != "v=0\r\na=msid:- cam\r\n" {
			t.Error("what was said has been changed")
		}
	}
}
