//go:build js

package twiliojs

import (
	"context"
	"syscall/js"

	"escalate/app/browser"
	"escalate/app/video"
)

// Stats measures the media now. The SDK has no public way to its
// RTCPeerConnections, and its own reports leave out what we need; the names are
// those of 2.36.0 (lib/signaling/v2/room.js, peerconnectionmanager.js,
// peerconnection.js). Without them only frames and bytes are counted.
func (r *room) Stats(ctx context.Context) (s video.Stats, err error) {
	if r.ended {
		return s, gone()
	}
	err = try(func() error {
		var peers []js.Value
		each(path(r.Value, "_signaling", "_peerConnectionManager", "_peerConnections"), func(p js.Value) {
			if pc := path(p, "_peerConnection"); exists(path(pc, "getStats")) {
				peers = append(peers, pc)
			}
		})
		if len(peers) == 0 {
			return r.shallow(ctx, &s)
		}
		who := r.speakers()
		s.Heard = map[string]video.Heard{}
		for _, pc := range peers {
			report, err := browser.Await(ctx, pc.Call("getStats"))
			if err != nil {
				return err
			}
			each(report, func(v js.Value) { count(&s, who, v) })
		}
		return nil
	})
	return s, err
}

// speakers are the Participants by the id of their microphone's
// MediaStreamTrack; ours has the id "". What plays in a tab that we share is no
// speech of ours: it has its id, and nobody.
func (r *room) speakers() map[string]string {
	who := map[string]string{"": str(r.me(), "sid")}
	if id := r.soundID(); id != "" {
		who[id] = ""
	}
	each(path(r.Value, "participants"), func(p js.Value) {
		each(path(p, "tracks"), func(pub js.Value) {
			if id := str(pub, "track", "mediaStreamTrack", "id"); id != "" && trackOf(pub, false).Kind == video.Audio {
				who[id] = str(p, "sid")
			}
		})
	})
	return who
}

// count adds one of the browser's statistics (W3C WebRTC Statistics).
func count(s *video.Stats, who map[string]string, v js.Value) {
	switch str(v, "type") {
	case "inbound-rtp":
		s.BytesReceived += int64(num(v, "bytesReceived"))
		s.FramesDecoded += int64(num(v, "framesDecoded"))
		s.Received += int64(num(v, "packetsReceived"))
		s.LostIn += max(0, int64(num(v, "packetsLost")))
		s.Jitter = max(s.Jitter, num(v, "jitter"))
		if str(v, "kind") == "audio" {
			s.AudioEnergy += num(v, "totalAudioEnergy")
			if sid := who[str(v, "trackIdentifier")]; sid != "" && str(v, "trackIdentifier") != "" {
				heard(s, sid, v)
			}
		}
	case "outbound-rtp":
		s.Sent += int64(num(v, "packetsSent"))
		s.Busy = s.Busy || str(v, "qualityLimitationReason") == "cpu"
	case "remote-inbound-rtp":
		s.LostOut += max(0, int64(num(v, "packetsLost")))
	case "media-source":
		if _, sound := who[str(v, "trackIdentifier")]; str(v, "kind") == "audio" && (!sound || str(v, "trackIdentifier") == "") {
			heard(s, who[""], v)
		}
	case "candidate-pair":
		if flag(v, "nominated") {
			s.RTT = max(s.RTT, num(v, "currentRoundTripTime"))
		}
	}
}

func heard(s *video.Stats, sid string, v js.Value) {
	h := s.Heard[sid]
	h.Energy += num(v, "totalAudioEnergy")
	h.Seconds += num(v, "totalSamplesDuration")
	s.Heard[sid] = h
}

// shallow counts what the SDK itself and the elements tell.
func (r *room) shallow(ctx context.Context, s *video.Stats) error {
	reports, err := browser.Await(ctx, r.Call("getStats"))
	if err != nil {
		return err
	}
	each(reports, func(report js.Value) {
		for _, list := range []string{"remoteAudioTrackStats", "remoteVideoTrackStats"} {
			each(path(report, list), func(t js.Value) { s.BytesReceived += int64(num(t, "bytesReceived")) })
		}
	})
	for _, a := range r.attached {
		if a.kind == "video" && exists(path(a.element, "getVideoPlaybackQuality")) {
			s.FramesDecoded += int64(num(a.element.Call("getVideoPlaybackQuality"), "totalVideoFrames"))
		}
	}
	return nil
}
