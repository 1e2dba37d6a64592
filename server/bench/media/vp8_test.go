package main

import (
	"testing"

	"github.com/pion/rtp/codecs"
)

func TestVP8IsReadable(t *testing.T) {
	v := newVP8(1_000_000)
	var sequence uint16
	var bytes int
	for frame := 1; frame <= framesPerSecond; frame++ {
		keyframe := frame == 1 || frame == 20
		packets := v.next(keyframe)
		if want := packetsOf(frameSize(1_000_000)); len(packets) != want {
			t.Errorf("frame %d has %d packets, want %d", frame, len(packets), want)
		}
		for i, p := range packets {
			if sequence++; p.SequenceNumber != sequence {
				t.Errorf("frame %d: packet %d has number %d, want %d", frame, i, p.SequenceNumber, sequence)
			}
			if p.Marker != (i == len(packets)-1) {
				t.Errorf("frame %d: packet %d of %d has marker %v", frame, i, len(packets), p.Marker)
			}
			if p.Timestamp != uint32(frame*videoClock/framesPerSecond) {
				t.Errorf("frame %d has timestamp %d", frame, p.Timestamp)
			}
			if len(p.Payload) > maxPayload {
				t.Errorf("frame %d: packet %d has %d bytes", frame, i, len(p.Payload))
			}
			var d codecs.VP8Packet
			payload, err := d.Unmarshal(p.Payload)
			if err != nil {
				t.Fatalf("frame %d: packet %d: %v", frame, i, err)
			}
			if (d.S == 1) != (i == 0) || d.PID != 0 || int(d.PictureID) != frame {
				t.Errorf("frame %d: packet %d has descriptor %+v", frame, i, d)
			}
			bytes += len(payload)
			if i == 0 {
				checkHeader(t, frame, keyframe, payload)
			}
		}
	}
	if bytes < 124_000 || bytes > 125_000 {
		t.Errorf("a second has %d bytes, want 1 Mbit", bytes)
	}
}

func checkHeader(t *testing.T, frame int, keyframe bool, b []byte) {
	t.Helper()
	if (b[0]&1 == 0) != keyframe {
		t.Errorf("frame %d: keyframe is %v, want %v", frame, !keyframe, keyframe)
	}
	if !keyframe {
		return
	}
	if b[3] != 0x9d || b[4] != 0x01 || b[5] != 0x2a {
		t.Errorf("frame %d: the start code is % x", frame, b[3:6])
	}
	if w, h := int(b[6])|int(b[7])<<8, int(b[8])|int(b[9])<<8; w != pictureWidth || h != pictureHeight {
		t.Errorf("frame %d is %dx%d", frame, w, h)
	}
}

// TestTinyVP8 is of a bit rate that leaves no room for a header.
func TestTinyVP8(t *testing.T) {
	packets := newVP8(1).next(true)
	if len(packets) != 1 {
		t.Fatalf("%d packets", len(packets))
	}
	checkHeader(t, 1, true, packets[0].Payload[descriptorBytes:])
}
