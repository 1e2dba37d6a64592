package sfu

import (
	"strings"

	"github.com/pion/webrtc/v4"
)

// keyframeTest reports whether an RTP payload begins a keyframe.
type keyframeTest func(payload []byte) bool

// keyframeTestFor answers nil for codecs that can be joined at any packet.
func keyframeTestFor(mime string) keyframeTest {
	switch {
	case strings.EqualFold(mime, webrtc.MimeTypeVP8):
		return vp8Keyframe
	case strings.EqualFold(mime, webrtc.MimeTypeH264):
		return h264Keyframe
	}
	return nil
}

// h264Keyframe looks for a sequence parameter set, which comes right before an IDR
// picture; a decoder cannot start at the picture without it (RFC 6184 section 5.2).
func h264Keyframe(b []byte) bool {
	const sps, aggregate = 7, 24
	if len(b) == 0 {
		return false
	}
	switch b[0] & 0x1f {
	case sps:
		return true
	case aggregate: // STAP-A: a 16 bit size before each unit
		for b = b[1:]; len(b) > 2; {
			n := int(b[0])<<8 | int(b[1])
			if b[2]&0x1f == sps {
				return true
			}
			if len(b) < 2+n {
				return false
			}
			b = b[2+n:]
		}
	}
	return false
}
