package rsp

import "strings"

// withStreams gives each Track in a browser's description a stream of its own, of
// the Track's id, where it has none: twilio-video.js publishes all of them without.
//
// The client learns of media by the browser's track event alone
// (twilio-video.js, lib/signaling/v2/peerconnection.js, _handleTrackEvent), and a
// browser fires that when an m-section begins to receive, or when its streams are
// others than before (WebRTC 1.0, "process the addition of a remote track"). An
// m-section that passes from an unpublished Track to the next within one offer
// does neither, and the client waits for the second Track for ever. With a stream
// to each Track it does.
//
// Browsers play Tracks of one stream in step, and those of none by themselves, as
// they do these.
func withStreams(sdp string) string {
	const none = "a=msid:- "
	if !strings.Contains(sdp, none) {
		return sdp
	}
	lines := strings.SplitAfter(sdp, "\n")
	for i, l := range lines {
		if id, ok := strings.CutPrefix(l, none); ok {
			lines[i] = "a=msid:" + strings.TrimRight(id, "\r\n") + " " + id
		}
	}
	return strings.Join(lines, "")
}
