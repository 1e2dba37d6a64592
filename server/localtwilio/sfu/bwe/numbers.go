package bwe

import (
	"sync"
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
	s := &numberedStream{estimator: e, next: w, id: id}
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

// numberedStream writes the number of each packet into its header. Two goroutines may write: the
// one that forwards, and those that send again.
type numberedStream struct {
	estimator *Estimator
	next      interceptor.RTPWriter
	id        uint8

	mu     sync.Mutex // everything below, and the order of numbers on the wire
	header rtp.Header // a copy: the caller's may be kept for sending again
	ext    [1]rtp.Extension
	number [2]byte
}

func (s *numberedStream) write(h *rtp.Header, payload []byte, a interceptor.Attributes) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.header = *h
	s.header.Extension, s.header.ExtensionProfile, s.header.Extensions = false, 0, s.ext[:0]
	n := s.estimator.Sent(len(payload)+int(h.PaddingSize)+headerSize, time.Now())
	s.number[0], s.number[1] = byte(n>>8), byte(n)
	if err := s.header.SetExtension(s.id, s.number[:]); err != nil {
		return 0, err
	}
	return s.next.Write(&s.header, payload, a)
}

// headerSize is what RTP, SRTP, UDP and IP add to a payload, in bytes.
const headerSize = 12 + 8 + 10 + 28
