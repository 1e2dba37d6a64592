package bwe

import (
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
)

// BindLocalStream numbers the packets of one outgoing stream, when the client knows the extension. It is the last
// to see a packet before the network, so that what is sent again is numbered too.
func (e *Estimator) BindLocalStream(info *interceptor.StreamInfo, w interceptor.RTPWriter) interceptor.RTPWriter {
	id := numberID(info)
	if id == 0 {
		return w
	}
	s := &numberedStream{estimator: e, next: w}
	s.header.Extension, s.header.ExtensionProfile = true, rtp.ExtensionProfileOneByte
	if err := s.header.SetExtension(id, s.number[:]); err != nil {
		return w // an id that a header has no room for
	}
	return interceptor.RTPWriterFunc(s.write)
}

// numberID returns the id of the header extension with a number for the whole transport, 0 when the
// client does not know it.
func numberID(info *interceptor.StreamInfo) uint8 {
	for _, e := range info.RTPHeaderExtensions {
		if e.URI == sdp.TransportCCURI {
			return uint8(e.ID)
		}
	}
	return 0
}

// numberedStream writes the number of each packet into its header. Whoever writes to it does so one packet at a
// time, which is also the order of numbers on the wire: the DownTrack of the stream, or the nack.Responder between
// the two.
type numberedStream struct {
	estimator *Estimator
	next      interceptor.RTPWriter
	header    rtp.Header // a copy of that of the packet at hand, with the number: the caller's may be kept for sending again
	number    [2]byte    // in header
}

func (s *numberedStream) write(h *rtp.Header, payload []byte, a interceptor.Attributes) (int, error) {
	n := s.estimator.Sent(len(payload)+int(h.PaddingSize)+headerSize, time.Now())
	s.number[0], s.number[1] = byte(n>>8), byte(n)
	to := &s.header // which has nothing else: header extensions and CSRCs are not forwarded
	to.Version, to.Padding, to.PaddingSize, to.Marker, to.PayloadType = h.Version, h.Padding, h.PaddingSize, h.Marker, h.PayloadType
	to.SSRC, to.SequenceNumber, to.Timestamp = h.SSRC, h.SequenceNumber, h.Timestamp
	return s.next.Write(&s.header, payload, a)
}

// headerSize is what RTP, SRTP, UDP and IP add to a payload, in bytes.
const headerSize = 12 + 8 + 10 + 28
