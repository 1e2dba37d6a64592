package sdp

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// session writes a description of m-sections, each a list of lines.
func session(sections ...[]string) string {
	lines := []string{"v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0"}
	return strings.Join(slices.Concat(append([][]string{lines}, sections...)...), "\r\n") + "\r\n"
}

func section(kind string, attributes ...string) []string {
	lines := []string{"m=" + kind + " 9 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 0.0.0.0"}
	for _, a := range attributes {
		lines = append(lines, "a="+a)
	}
	return lines
}

// edited parses a description, has it changed and writes it.
func edited(t *testing.T, in string, edit func(*Description)) string {
	t.Helper()
	d, err := Parse(in)
	if err != nil {
		t.Fatal(err)
	}
	edit(d)
	return d.String()
}

func TestEdits(t *testing.T) {
	t.Parallel()
	usable := func(d *Description) { d.DropCandidates(); d.HideUpperLayers() }
	sends := section("video", "sendonly", "ssrc:7 cname:x")
	tests := []struct {
		name     string
		edit     func(*Description)
		in, want string
	}{
		{
			"candidates go", usable,
			session(section("audio", "candidate:1 1 udp 1 3f9c.local 9 typ host", "mid:0")),
			session(section("audio", "mid:0")),
		},
		{
			"plain retransmission stays", usable,
			session(section("video", "ssrc-group:FID 1 2", "ssrc:1 cname:x", "ssrc:2 cname:x")),
			session(section("video", "ssrc-group:FID 1 2", "ssrc:1 cname:x", "ssrc:2 cname:x")),
		},
		{
			"upper layers go, in their own section only", usable,
			session(section("video", "ssrc-group:SIM 1 2 3",
				"ssrc-group:FID 1 11", "ssrc-group:FID 2 12", "ssrc-group:FID 3 13",
				"ssrc:1 cname:x", "ssrc:11 cname:x", "ssrc:2 cname:x", "ssrc:12 cname:x", "ssrc:3 cname:x", "ssrc:13 cname:x"),
				section("video", "ssrc:2 cname:y")),
			session(section("video", "ssrc-group:FID 1 11", "ssrc:1 cname:x", "ssrc:11 cname:x"), section("video", "ssrc:2 cname:y")),
		},
		{
			"a section that receives gets a stream", (*Description).DeclareStreams,
			session(section("video", "mid:0", "recvonly")), session(section("video", "mid:0", "ssrc:1 cname:-", "recvonly")),
		},
		{
			"so does one that does nothing", (*Description).DeclareStreams,
			session(section("audio", "inactive")), session(section("audio", "ssrc:1 cname:-", "inactive")),
		},
		{"one that sends does not", (*Description).DeclareStreams, session(sends), session(sends)},
		{
			"one of two", (*Description).DeclareStreams,
			session(sends, section("audio", "recvonly")), session(sends, section("audio", "ssrc:1 cname:-", "recvonly")),
		},
		{
			"one that has a stream", (*Description).DeclareStreams,
			session(section("video", "recvonly", "ssrc:7 cname:x")), session(section("video", "recvonly", "ssrc:7 cname:x")),
		},
		{"one without directions", (*Description).DeclareStreams, session(section("application", "mid:0")), session(section("application", "mid:0"))},
		{
			"start bitrate", (*Description).SetStartBitrate,
			session(section("audio", "rtpmap:111 opus/48000/2"),
				section("video", "rtpmap:96 VP8/90000", "rtcp-fb:96 nack", "rtpmap:97 rtx/90000", "fmtp:97 apt=96",
					"rtpmap:102 H264/90000", "fmtp:102 packetization-mode=1", "mid:1")),
			session(section("audio", "rtpmap:111 opus/48000/2"),
				section("video", "rtpmap:96 VP8/90000", "fmtp:96 "+startBitrate, "rtcp-fb:96 nack", "rtpmap:97 rtx/90000", "fmtp:97 apt=96",
					"rtpmap:102 H264/90000", "fmtp:102 packetization-mode=1;"+startBitrate, "mid:1")),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := edited(t, tt.in, tt.edit)
			if got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			if again := edited(t, got, tt.edit); again != got && tt.name != "start bitrate" {
				t.Errorf("the second time\n%s", again)
			}
		})
	}
}

func TestInactiveSections(t *testing.T) {
	t.Parallel()
	in := session(section("audio", "mid:0", "inactive"), section("video", "mid:1", "sendrecv"), section("video", "inactive", "mid:2"))
	d, err := Parse(in)
	if err != nil {
		t.Fatal(err)
	}
	mids := d.ReceiveInactive()
	if want := []string{"0", "2"}; !slices.Equal(mids, want) {
		t.Errorf("inactive are %v, want %v", mids, want)
	}
	if got := d.String(); strings.Contains(got, "a=inactive") || strings.Count(got, "a=recvonly") != 2 || !strings.Contains(got, "a=sendrecv") {
		t.Errorf("active:\n%s", got)
	}
	d.Deactivate(mids)
	if got := d.String(); got != in {
		t.Errorf("back again:\n%s\nwant\n%s", got, in)
	}
}

func TestQuestions(t *testing.T) {
	t.Parallel()
	d, err := Parse(session(
		section("audio", "msid:- mic", "rtpmap:96 opus/48000/2"), section("video", "msid:- cam", "ssrc:1 msid:- other", "rtpmap:96 VP8/90000", "rtpmap:97 rtx/90000"),
		[]string{"m=video 0 UDP/TLS/RTP/SAVPF 98", "a=rtpmap:98 AV1/90000"},
	))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(d.TrackIDs()); got != "map[cam:true mic:true]" {
		t.Errorf("Tracks %s", got)
	}
	if got := fmt.Sprint(d.Codecs("audio"), d.Codecs("video")); got != "[OPUS] [VP8 RTX]" {
		t.Errorf("codecs %s", got)
	}
	if d.HasData() {
		t.Error("there is data")
	}
	if d, err = Parse(session(section("application"))); err != nil || !d.HasData() {
		t.Errorf("there is no data, %v", err)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "m=video", "v=0\r\nwhat is this\r\n"} {
		if _, err := Parse(s); err == nil {
			t.Errorf("parsed %q", s)
		}
	}
}

func TestLayers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		in   [][]string
		want string
	}{
		{"none", [][]string{section("video", "ssrc-group:FID 1 2")}, "map[]"},
		{"three with retransmissions", [][]string{section("video", "ssrc-group:FID 1 4", "ssrc-group:FID 2 5", "ssrc-group:FID 3 6", "ssrc-group:SIM 1 2 3")}, "map[1:[{2 5} {3 6}]]"},
		{"without retransmissions", [][]string{section("video", "ssrc-group:SIM 1 2 3")}, "map[1:[{2 0} {3 0}]]"},
		{"twice the same", [][]string{section("video", "ssrc-group:SIM 1 2 2")}, "map[]"},
		{"no numbers", [][]string{section("video", "ssrc-group:SIM 1 x 3")}, "map[]"},
		{"too many", [][]string{section("video", "ssrc-group:SIM 1 2 3 4")}, "map[]"},
		{"a layer that retransmits another", [][]string{section("video", "ssrc-group:SIM 1 2", "ssrc-group:FID 1 2")}, "map[]"},
		{"another section's", [][]string{section("video", "ssrc-group:SIM 1 2"), section("audio", "ssrc:2 cname:x")}, "map[]"},
		{"of sound", [][]string{section("audio", "ssrc-group:SIM 1 2")}, "map[]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := Parse(session(tt.in...))
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(d.Layers()); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// FuzzEdits puts anything through what rewrites and reads descriptions.
func FuzzEdits(f *testing.F) {
	f.Add(session(section("video", "rtpmap:96 VP8/90000", "fmtp:97 apt=96", "ssrc-group:FID 1 4", "ssrc-group:SIM 1 2 3", "ssrc:1 cname:x", "candidate:1 1 udp 1 h 9 typ host")))
	f.Add(session(section("audio", "inactive", "ssrc-group:SIM ", "ssrc:", "msid: ")))
	f.Add("m=video \nm=\na=ssrc-group:SIM \na=ssrc:")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := Parse(s)
		if err != nil {
			return
		}
		for first, upper := range d.Layers() {
			if first == 0 || len(upper) == 0 || len(upper) >= MaxLayers {
				t.Errorf("layers of %d: %v", first, upper)
			}
		}
		d.DropCandidates()
		d.HideUpperLayers()
		d.DeclareStreams()
		d.ReceiveInactive()
		once := d.String()
		if strings.Contains(once, "\na=ssrc-group:SIM ") || strings.Contains(once, "\na=candidate:") || strings.Contains(once, "\na=inactive\r") {
			t.Errorf("not usable: %q", once)
		}
		if again, err := Parse(once); err != nil {
			t.Errorf("%q became unreadable: %v", s, err)
		} else if len(again.Layers()) > 0 || len(again.ReceiveInactive()) > 0 {
			t.Errorf("there is more to hide in %q", once)
		}
		d.SetStartBitrate()
	})
}
