// Package codec reads what an RTP payload says of its frame: whether a keyframe begins in it, how large the
// picture is, and the numbers that a forwarded VP8 stream has to keep going. It also unwraps redundant
// audio. It parses octets and nothing else: no state but that of VP8Numbers, no clock, no locks.
package codec

import "strings"

// Codec is a codec that needs to be told apart.
type Codec uint8

// The codecs whose payloads are looked into.
const (
	Other Codec = iota // can be joined at any packet, as audio can
	VP8
	H264
)

// Of returns the codec of a MIME type.
func Of(mime string) Codec {
	switch {
	case strings.EqualFold(mime, "video/VP8"):
		return VP8
	case strings.EqualFold(mime, "video/H264"):
		return H264
	}
	return Other
}

// Keyframes reports whether a receiver can begin only with a keyframe.
func (c Codec) Keyframes() bool { return c != Other }

// Frame is what one RTP payload tells of the frame that it is a part of.
type Frame struct {
	// Keyframe is set on the packet that a keyframe begins with.
	Keyframe bool
	// Width and Height are of the picture, where a VP8 keyframe begins; 0 elsewhere.
	Width, Height uint16

	vp8 vp8Descriptor
}

// Parse reads what a payload says into f. One that is damaged gives the zero Frame.
func (c Codec) Parse(payload []byte, f *Frame) {
	*f = Frame{}
	switch c {
	case VP8:
		if !f.parseVP8(payload) {
			*f = Frame{}
		}
	case H264:
		f.Keyframe = h264Keyframe(payload)
	}
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
