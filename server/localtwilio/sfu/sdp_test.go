package sfu

import (
	"fmt"
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	lines := func(l ...string) string { return strings.Join(l, "\r\n") + "\r\n" }
	tests := []struct{ name, in, want string }{
		{
			"candidates go",
			lines("v=0", "m=audio 9", "a=candidate:1 1 udp 1 3f9c.local 9 typ host", "a=mid:0"),
			lines("v=0", "m=audio 9", "a=mid:0"),
		},
		{
			"plain retransmission stays",
			lines("v=0", "m=video 9", "a=ssrc-group:FID 1 2", "a=ssrc:1 cname:x", "a=ssrc:2 cname:x"),
			lines("v=0", "m=video 9", "a=ssrc-group:FID 1 2", "a=ssrc:1 cname:x", "a=ssrc:2 cname:x"),
		},
		{
			"upper layers go, in their own section only",
			lines("v=0", "m=video 9", "a=ssrc-group:SIM 1 2 3",
				"a=ssrc-group:FID 1 11", "a=ssrc-group:FID 2 12", "a=ssrc-group:FID 3 13",
				"a=ssrc:1 cname:x", "a=ssrc:11 cname:x", "a=ssrc:2 cname:x", "a=ssrc:12 cname:x", "a=ssrc:3 cname:x", "a=ssrc:13 cname:x",
				"m=video 9", "a=ssrc:2 cname:y"),
			lines("v=0", "m=video 9", "a=ssrc-group:FID 1 11", "a=ssrc:1 cname:x", "a=ssrc:11 cname:x",
				"m=video 9", "a=ssrc:2 cname:y"),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := clean(tt.in); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestWithStartBitrate(t *testing.T) {
	in := strings.Join([]string{
		"v=0", "m=audio 9", "a=rtpmap:111 opus/48000/2", "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102",
		"a=rtpmap:96 VP8/90000", "a=rtcp-fb:96 nack", "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96",
		"a=rtpmap:102 H264/90000", "a=fmtp:102 packetization-mode=1", "a=mid:1", "",
	}, "\r\n")
	want := strings.Join([]string{
		"v=0", "m=audio 9", "a=rtpmap:111 opus/48000/2", "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102",
		"a=rtpmap:96 VP8/90000", "a=fmtp:96 " + startBitrate, "a=rtcp-fb:96 nack", "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96",
		"a=rtpmap:102 H264/90000", "a=fmtp:102 packetization-mode=1;" + startBitrate, "a=mid:1", "",
	}, "\r\n")
	if got := withStartBitrate(in); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A client that asks for simulcast by SSRC groups is accepted, with its first layer.
func TestSimulcastOffer(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	alice, bob := newClient(t, "PA1"), newClient(t, "PA2")
	alice.publish("MT1v", KindVideo)
	alice.munge = addLayers
	alice.join(r)
	bob.join(r)
	bob.flows("MT1v")
	alice.publish("MT1s", KindVideo) // with a later offer
	bob.flows("MT1s")
}

// firstLayer is the SSRC of the second layer in the first m-section with simulcast. The third's is
// one more.
const firstLayer = 7000

// addLayers writes the upper layers into an offer, as twilio-video.js does.
func addLayers(sdp string) string {
	parts, n := strings.Split(sdp, "\r\nm="), 0
	for i, p := range parts {
		_, rest, ok := strings.Cut(p, "\r\na=ssrc:")
		if !strings.HasPrefix(p, "video") || !ok {
			continue
		}
		ssrc, _, _ := strings.Cut(rest, " ")
		upper := []string{fmt.Sprint(firstLayer + 10*n), fmt.Sprint(firstLayer + 10*n + 1)}
		extra := "a=ssrc-group:SIM " + ssrc + " " + strings.Join(upper, " ")
		n++
		for _, s := range upper {
			extra += "\r\na=ssrc:" + s + " cname:layer\r\na=ssrc:" + s + " msid:- layer"
		}
		parts[i] = strings.TrimRight(p, "\r\n") + "\r\n" + extra
		if strings.HasSuffix(p, "\r\n") {
			parts[i] += "\r\n"
		}
	}
	return strings.Join(parts, "\r\nm=")
}
