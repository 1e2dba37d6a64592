//go:build js

package twiliojs

import (
	"context"
	"syscall/js"

	"escalate/app/browser"
	"escalate/app/video"
)

// Stats measures the media now.
func (r *room) Stats(ctx context.Context) (s video.Stats, err error) {
	if r.ended {
		return s, gone()
	}
	err = try(func() error {
		reports, err := browser.Await(ctx, r.Call("getStats"))
		if err != nil {
			return err
		}
		each(reports, func(report js.Value) {
			for _, list := range []string{"remoteAudioTrackStats", "remoteVideoTrackStats"} {
				each(path(report, list), func(t js.Value) { s.BytesReceived += int64(num(t, "bytesReceived")) })
			}
		})
		return r.deepStats(ctx, &s)
	})
	return s, err
}

// deepStats adds what the SDK's reports leave out. The SDK has no public way
// to its RTCPeerConnections; the names are those of 2.36.0
// (lib/signaling/v2/room.js, peerconnectionmanager.js, peerconnection.js).
// Without them, frames are counted at the elements and the rest is 0.
func (r *room) deepStats(ctx context.Context, s *video.Stats) error {
	var peers []js.Value
	each(path(r.Value, "_signaling", "_peerConnectionManager", "_peerConnections"), func(p js.Value) {
		if pc := path(p, "_peerConnection"); exists(path(pc, "getStats")) {
			peers = append(peers, pc)
		}
	})
	if len(peers) == 0 {
		for _, a := range r.attached {
			if a.kind == "video" && exists(path(a.element, "getVideoPlaybackQuality")) {
				s.FramesDecoded += int64(num(a.element.Call("getVideoPlaybackQuality"), "totalVideoFrames"))
			}
		}
		return nil
	}
	for _, pc := range peers {
		report, err := browser.Await(ctx, pc.Call("getStats"))
		if err != nil {
			return err
		}
		each(report, func(v js.Value) {
			switch str(v, "type") {
			case "inbound-rtp":
				s.FramesDecoded += int64(num(v, "framesDecoded"))
				s.AudioEnergy += num(v, "totalAudioEnergy")
			case "candidate-pair":
				if flag(v, "nominated") {
					s.RTT = max(s.RTT, num(v, "currentRoundTripTime"))
				}
			}
		})
	}
	return nil
}
