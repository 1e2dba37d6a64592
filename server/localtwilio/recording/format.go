package recording

import (
	"fmt"
	"strings"
	"time"

	"github.com/at-wat/ebml-go/webm"
	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"

	"escalate/server/localtwilio/store"
)

// Track types of Matroska (RFC 9559 section 5.1.4.1.3).
const (
	matroskaVideo = 1
	matroskaAudio = 2
)

// format is a codec: how its packets become frames, and how a file describes them.
type format struct {
	kind, codec, container string // as a Recording has them
	rate                   int64  // RTP ticks a second
	late                   uint16 // packets after which a missing one is given up
	wait                   time.Duration
	depacketizer           func() rtp.Depacketizer
	// key tells whether a frame can be shown without those before.
	key func(frame []byte) bool
	// entry describes the Track by a key frame. It returns false when that is not enough.
	entry func(frame []byte) (webm.TrackEntry, bool)
}

var opus = format{
	kind: "audio", codec: store.CodecOpus, container: store.ContainerAudio, rate: 48000, late: 32, wait: 500 * time.Millisecond,
	depacketizer: func() rtp.Depacketizer { return &codecs.OpusPacket{} },
	key:          func([]byte) bool { return true },
	entry: func([]byte) (webm.TrackEntry, bool) {
		return webm.TrackEntry{
			CodecID: "A_OPUS", TrackType: matroskaAudio, CodecPrivate: opusHead(), SeekPreRoll: uint64(80 * time.Millisecond),
			Audio: &webm.Audio{SamplingFrequency: 48000, Channels: 2},
		}, true
	},
}

// opusHead is the identification header of RFC 7845 section 5.1: two channels, nothing to
// skip, 48 kHz, no gain.
func opusHead() []byte {
	return append([]byte("OpusHead\x01\x02\x00\x00"), 0x80, 0xbb, 0, 0, 0, 0, 0)
}

var vp8 = format{
	kind: "video", codec: "VP8", container: store.ContainerVideo, rate: 90000, late: 512, wait: time.Second,
	depacketizer: func() rtp.Depacketizer { return &codecs.VP8Packet{} },
	key:          func(b []byte) bool { _, _, ok := vp8Size(b); return ok },
	entry: func(b []byte) (webm.TrackEntry, bool) {
		w, h, ok := vp8Size(b)
		return webm.TrackEntry{
			CodecID: "V_VP8", TrackType: matroskaVideo, Video: &webm.Video{PixelWidth: uint64(w), PixelHeight: uint64(h)},
		}, ok
	},
}

var h264 = format{
	kind: "video", codec: "H264", container: store.ContainerVideo, rate: 90000, late: 512, wait: time.Second,
	depacketizer: func() rtp.Depacketizer { return &codecs.H264Packet{IsAVC: true} },
	key:          func(b []byte) bool { return h264Units(b).has(nalIDR) },
	entry: func(b []byte) (webm.TrackEntry, bool) {
		private, w, h, ok := h264Config(h264Units(b))
		return webm.TrackEntry{
			CodecID: "V_MPEG4/ISO/AVC", TrackType: matroskaVideo, CodecPrivate: private,
			Video: &webm.Video{PixelWidth: uint64(w), PixelHeight: uint64(h)},
		}, ok
	},
}

// formatOf finds the format of a codec by its MIME type.
func formatOf(mime string) (*format, error) {
	switch strings.ToLower(mime) {
	case "audio/opus":
		return &opus, nil
	case "video/vp8":
		return &vp8, nil
	case "video/h264":
		return &h264, nil
	}
	return nil, fmt.Errorf("codec %q is not recorded", mime)
}

// vp8Size reads the size of a key frame (RFC 6386 section 9.1). It returns false for other
// frames.
func vp8Size(b []byte) (w, h int, ok bool) {
	if len(b) < 10 || b[0]&1 != 0 || b[3] != 0x9d || b[4] != 0x01 || b[5] != 0x2a {
		return 0, 0, false
	}
	return (int(b[7])<<8 | int(b[6])) & 0x3fff, (int(b[9])<<8 | int(b[8])) & 0x3fff, true
}
