package rsp

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestDecodeMessage(t *testing.T) {
	t.Parallel()
	cases := []struct {
		file string
		want func(message) bool
	}{
		{"ice.json", func(m message) bool { return m.(*ice).Token == "alice" }},
		{"connect.json", func(m message) bool {
			c := m.(*connect)
			return c.Name == "" && c.Token == "alice" && c.Participant.Revision == 4 &&
				reflect.DeepEqual(c.Participant.Tracks[1], trackState{
					ID: "b04a7c2e-0ba1-4d56-8d53-96d7ad2a6f01", Kind: "video", Name: "camera", Priority: "low",
				}) &&
				c.PeerConnections[0].Description.Revision == 1 && strings.HasPrefix(c.PeerConnections[0].Description.SDP, "v=0") &&
				len(c.MediaSignaling) == 6 && subscribesAll(c)
		}},
		{"connect_exclude.json", func(m message) bool {
			c := m.(*connect)
			return c.Name == "RM0123456789abcdef0123456789abcdef" && !subscribesAll(c) && len(c.Participant.Tracks) == 0
		}},
		{"update_mute.json", func(m message) bool {
			u := m.(*update)
			return u.Session == "S1" && !u.Participant.Tracks[0].Enabled && u.Participant.Tracks[1].Priority == ""
		}},
		{"update_ice.json", func(m message) bool {
			u := m.(*update)
			return u.PeerConnections[0].Description == nil && strings.Contains(string(u.PeerConnections[0].ICE), "Rnc4")
		}},
		{"sync.json", func(m message) bool {
			s := m.(*syncing)
			return s.Session == "S1" && s.Token == "alice" && s.Participant.Revision == 11 && s.PeerConnections[0].Description.Revision == 4
		}},
		{"disconnect.json", func(m message) bool { return m.(*disconnect).Session == "" }},
	}
	for _, ca := range cases {
		t.Run(ca.file, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join("testdata", ca.file))
			if err != nil {
				t.Fatal(err)
			}
			m, err := decodeMessage(b)
			if err != nil {
				t.Fatal(err)
			}
			if !ca.want(m) {
				t.Fatalf("decoded %+v", m)
			}
		})
	}
}

func TestDecodeMessageRefuses(t *testing.T) {
	t.Parallel()
	many := func(n int, format string) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = fmt.Sprintf(format, i)
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	cases := []struct {
		name, body string
		want       error
	}{
		{"no JSON", `{"type"`, errMalformed},
		{"an array", `[]`, errMalformed},
		{"no type", `{}`, errMalformed},
		{"a number for a token", `{"type":"ice","token":1}`, errMalformed},
		{"a long token", `{"type":"ice","token":"` + strings.Repeat("x", maxToken+1) + `"}`, errTooLong},
		{"a long sync token", `{"type":"sync","token":"` + strings.Repeat("x", maxToken+1) + `"}`, errTooLong},
		{"too many tracks", `{"type":"update","participant":{"revision":1,"tracks":` +
			many(maxTracks+1, `{"id":"%d","kind":"audio"}`) + `}}`, errTooMany},
		{"a track twice", `{"type":"update","participant":{"revision":1,"tracks":[{"id":"a","kind":"audio"},{"id":"a","kind":"video"}]}}`, errMalformed},
		{"a track without id", `{"type":"update","participant":{"revision":1,"tracks":[{"kind":"audio"}]}}`, errMalformed},
		{"an unknown kind", `{"type":"connect","participant":{"revision":1,"tracks":[{"id":"a","kind":"smell"}]}}`, errMalformed},
		{"an unknown priority", `{"type":"connect","participant":{"revision":1,"tracks":[{"id":"a","kind":"audio","priority":"urgent"}]}}`, errMalformed},
		{"a negative revision", `{"type":"update","participant":{"revision":-1,"tracks":[]}}`, errMalformed},
		{"a fraction for a revision", `{"type":"update","participant":{"revision":1.5,"tracks":[]}}`, errMalformed},
		{"too many peer connections", `{"type":"update","peer_connections":` + many(maxConnections+1, `{"id":"%d"}`) + `}`, errTooMany},
		{"an unknown description", `{"type":"update","peer_connections":[{"id":"a","description":{"type":"wish"}}]}`, errMalformed},
		{"a long description", `{"type":"update","peer_connections":[{"id":"a","description":{"type":"offer","sdp":"` +
			strings.Repeat("x", maxSDP+1) + `"}}]}`, errTooLong},
		{"too many rules", `{"type":"connect","subscribe":{"rules":` + many(maxRules+1, `{"type":"r%d"}`) + `}}`, errTooMany},
	}
	for _, ca := range cases {
		t.Run(ca.name, func(t *testing.T) {
			m, err := decodeMessage([]byte(ca.body))
			if !errors.Is(err, ca.want) {
				t.Fatalf("got %+v, %v; want %v", m, err, ca.want)
			}
		})
	}
}

func TestDecodeMessageIgnoresUnknownTypes(t *testing.T) {
	t.Parallel()
	if m, err := decodeMessage([]byte(`{"type":"transcribe","x":1}`)); m != nil || err != nil {
		t.Fatalf("got %v, %v", m, err)
	}
}

func TestDecodeFrame(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, frame string
		want        string // type, "" for an error
	}{
		{"hello", `{"type":"hello","version":2,"id":"x","timeout":5000,"body":{"type":"ice"}}`, "hello"},
		{"hello of another version", `{"type":"hello","version":1}`, ""},
		{"heartbeat", `{"type":"heartbeat"}`, "heartbeat"},
		{"bye", `{"type":"bye"}`, "bye"},
		{"something new", `{"type":"redirect"}`, "redirect"},
		{"no type", `{"body":{}}`, ""},
		{"no JSON", `hello`, ""},
	}
	for _, ca := range cases {
		t.Run(ca.name, func(t *testing.T) {
			f, err := decodeFrame([]byte(ca.frame))
			if (err != nil) != (ca.want == "") || f.Type != ca.want {
				t.Fatalf("got %+v, %v", f, err)
			}
		})
	}
}

// What the client reads without asking whether it is there must be there.
func TestEncodedFrames(t *testing.T) {
	t.Parallel()
	list := publishing{told: 1}.published()
	cases := []struct {
		name string
		m    any
		want string
	}{
		{"error", errorOf(codeDuplicateIdentity), `{"type":"msg","body":{"type":"error","version":2,"code":53205,"message":"Participant disconnected because of duplicate identity"}}`},
		{"completed", disconnectedOf(statusCompleted), `{"type":"msg","body":{"type":"disconnected","version":2,"status":"completed"}}`},
		{"no tracks is an empty list", news{head: headOf("update"), Published: &list}, `{"type":"msg","body":{"type":"update","version":2,"published":{"revision":1,"tracks":[]}}}`},
		{"a Participant without tracks", news{head: headOf("update"), Participants: []remoteState{{selfState{"PA1", "a", "connected", 1}, visible(nil)}}},
			`{"type":"msg","body":{"type":"update","version":2,"participants":[{"sid":"PA1","identity":"a","state":"connected","revision":1,"tracks":[]}]}}`},
	}
	for _, ca := range cases {
		t.Run(ca.name, func(t *testing.T) {
			b, err := encode(ca.m)
			if err != nil || string(b) != ca.want {
				t.Fatalf("got %s, %v\nwant %s", b, err, ca.want)
			}
		})
	}
	for _, text := range [][]byte{welcomeFrame(defaultHeartbeat), busyFrame(busyRetry), badFrame(`"quoted"`), heartbeatFrame} {
		if !json.Valid(text) {
			t.Errorf("not JSON: %s", text)
		}
	}
}

// FuzzDecode looks for input that panics the decoder or passes its limits.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("no frames in testdata: %v", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add([]byte(`{"type":"msg","body":` + string(b) + `}`))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if fr, err := decodeFrame(b); err == nil && len(fr.Body) > 0 {
			_, _ = decodeMessage(fr.Body)
		}
		_, _ = decodeSignal(b)
		m, err := decodeMessage(b)
		if err != nil || m == nil {
			return
		}
		var local *localState
		switch m := m.(type) {
		case *connect:
			local = m.Participant
		case *update:
			local = m.Participant
		case *syncing:
			local = m.Participant
		}
		if local == nil {
			return
		}
		// Whatever was let in can be applied, twice, and is then unchanged.
		d := compare(nil, local.Tracks, false, maxPublished)
		if len(d.tracks) != len(local.Tracks) {
			t.Fatalf("%d tracks became %d", len(local.Tracks), len(d.tracks))
		}
		again := compare(d.tracks, local.Tracks, false, maxPublished)
		if again.changed || len(again.added)+len(again.removed) > 0 {
			t.Fatalf("applied twice: %+v", again)
		}
	})
}
