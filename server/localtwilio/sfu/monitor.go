package sfu

import (
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
)

// monitor is the interceptor next to the network. It numbers every packet that leaves, those sent
// again included, takes what the client reports of their arrival, and notes what we report to
// the client.
type monitor struct {
	interceptor.NoOp
	bandwidth bandwidth
	quality   linkQuality
	gaveUp    func(ssrc uint32) // called when a stream lacks a packet for good
}

// BindLocalStream numbers the packets of one outgoing stream, when the client knows the extension.
func (m *monitor) BindLocalStream(info *interceptor.StreamInfo, w interceptor.RTPWriter) interceptor.RTPWriter {
	id := numberExtension(info)
	if id == 0 {
		return w
	}
	s := &numberedStream{bandwidth: &m.bandwidth, next: w, id: id}
	return interceptor.RTPWriterFunc(s.write)
}

// numberExtension is the id of the header extension with a number for the whole transport, 0 when the
// client does not know it.
func numberExtension(info *interceptor.StreamInfo) uint8 {
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
	bandwidth *bandwidth
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
	n := s.bandwidth.sent(len(payload)+int(h.PaddingSize)+headerSize, time.Now())
	s.number[0], s.number[1] = byte(n>>8), byte(n)
	if err := s.header.SetExtension(s.id, s.number[:]); err != nil {
		return 0, err
	}
	return s.next.Write(&s.header, payload, a)
}

// headerSize is what RTP, SRTP, UDP and IP add to a payload, in bytes.
const headerSize = 12 + 8 + 10 + 28

// BindRTCPReader looks at what the client sends.
func (m *monitor) BindRTCPReader(r interceptor.RTCPReader) interceptor.RTCPReader {
	return lookingOn(r, func(packets []rtcp.Packet, now time.Time) {
		for _, p := range packets {
			switch p := p.(type) {
			case *rtcp.TransportLayerCC:
				m.bandwidth.feedback(p, now)
			case *rtcp.ReceiverEstimatedMaximumBitrate:
				m.bandwidth.remb(float64(p.Bitrate))
			case *rtcp.ReceiverReport:
				m.quality.received(p.Reports, now)
			case *rtcp.SenderReport:
				m.quality.received(p.Reports, now)
			}
		}
	})
}

// lookingOn shows what a reader reads.
func lookingOn(r interceptor.RTCPReader, look func(packets []rtcp.Packet, now time.Time)) interceptor.RTCPReader {
	return interceptor.RTCPReaderFunc(func(buf []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		n, a, err := r.Read(buf, a)
		if err != nil {
			return n, a, err
		}
		if a == nil {
			a = interceptor.Attributes{}
		}
		packets, err := a.GetRTCPPackets(buf[:n])
		if err != nil {
			return n, a, nil // for the reader to complain about
		}
		look(packets, time.Now())
		return n, a, nil
	})
}

// lookingFor shows the packets of one type that a reader reads.
func lookingFor[T rtcp.Packet](next interceptor.RTCPReader, look func(T, time.Time)) interceptor.RTCPReader {
	return lookingOn(next, func(packets []rtcp.Packet, now time.Time) {
		for _, p := range packets {
			if p, ok := p.(T); ok {
				look(p, now)
			}
		}
	})
}

// BindRTCPWriter looks at what is sent to the client.
func (m *monitor) BindRTCPWriter(w interceptor.RTCPWriter) interceptor.RTCPWriter {
	return interceptor.RTCPWriterFunc(func(packets []rtcp.Packet, a interceptor.Attributes) (int, error) {
		now := time.Now()
		for _, p := range packets {
			switch p := p.(type) {
			case *rtcp.ReceiverReport:
				m.quality.sent(p.Reports, now)
			case *rtcp.SenderReport:
				m.quality.reported(p.SSRC, p.NTPTime, now)
			}
		}
		return w.Write(packets, a)
	})
}
