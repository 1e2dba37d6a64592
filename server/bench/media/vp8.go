package main

import (
	"encoding/binary"
	"time"

	"github.com/pion/rtp"
)

// What the made-up video looks like.
const (
	framesPerSecond = 30
	videoClock      = 90_000
	pictureWidth    = 1280
	pictureHeight   = 720
	// maxPayload keeps a packet below what Chromium sends at most.
	maxPayload = 1100
)

// frameEvery is the time between two frames.
const frameEvery = time.Second / framesPerSecond

// vp8 makes up a VP8 stream: what servers read of it is right, and the rest is
// noise that no decoder would take. It has as many bits in each second whether
// keyframes were asked for or not, so that every server has the same to carry.
type vp8 struct {
	frameBytes int
	picture    uint16 // 15 bits
	sequence   uint16
	timestamp  uint32
	noise      [maxPayload]byte
}

func newVP8(bitsPerSecond int) *vp8 {
	v := &vp8{frameBytes: frameSize(bitsPerSecond)}
	for i := range v.noise {
		v.noise[i] = byte(i*131 + 7)
	}
	return v
}

// frameSize is in bytes.
func frameSize(bitsPerSecond int) int { return max(vp8Header, bitsPerSecond/8/framesPerSecond) }

// packetsOf is how many packets a frame of that size has.
func packetsOf(bytes int) int {
	const most = maxPayload - descriptorBytes
	return (bytes + most - 1) / most
}

const (
	descriptorBytes = 4
	vp8Header       = 10 // of a keyframe (RFC 6386 section 9.1)
)

// next is the next frame in packets that lack SSRC and payload type. Their
// payloads are good until the next call.
func (v *vp8) next(keyframe bool) []*rtp.Packet {
	v.picture = (v.picture + 1) & 0x7fff
	v.timestamp += videoClock / framesPerSecond
	var packets []*rtp.Packet
	for left, first := v.frameBytes, true; left > 0; first = false {
		n := min(left, maxPayload-descriptorBytes)
		left -= n
		v.sequence++
		p := &rtp.Packet{
			Header:  rtp.Header{Version: 2, Marker: left == 0, SequenceNumber: v.sequence, Timestamp: v.timestamp},
			Payload: make([]byte, descriptorBytes+n),
		}
		copy(p.Payload[descriptorBytes:], v.noise[:])
		v.describe(p.Payload, first)
		if first {
			writeFrameHeader(p.Payload[descriptorBytes:], keyframe, v.frameBytes)
		}
		packets = append(packets, p)
	}
	return packets
}

// describe writes the payload descriptor as libwebrtc does: extended, with a
// picture ID of 15 bits (RFC 7741 section 4.2).
func (v *vp8) describe(b []byte, start bool) {
	const extended, startOfPartition, pictureID, long = 0x80, 0x10, 0x80, 0x8000
	b[0], b[1] = extended, pictureID
	if start {
		b[0] |= startOfPartition
	}
	binary.BigEndian.PutUint16(b[2:], long|v.picture)
}

// writeFrameHeader writes the frame tag and, in a keyframe, start code and size
// (RFC 6386 section 9.1).
func writeFrameHeader(b []byte, keyframe bool, size int) {
	const interframe, shown = 1, 1 << 4
	tag := uint32(shown) | uint32(size)<<5
	if !keyframe {
		tag |= interframe
	}
	b[0], b[1], b[2] = byte(tag), byte(tag>>8), byte(tag>>16)
	if keyframe && len(b) >= vp8Header {
		copy(b[3:], []byte{0x9d, 0x01, 0x2a})
		binary.LittleEndian.PutUint16(b[6:], pictureWidth)
		binary.LittleEndian.PutUint16(b[8:], pictureHeight)
	}
}
