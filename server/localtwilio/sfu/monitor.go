package sfu

import (
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"

	"escalate/server/localtwilio/sfu/bwe"
	"escalate/server/localtwilio/sfu/nack"
)

// monitor is the interceptor that reads the RTCP of both directions, and hands each report to who is concerned.
type monitor struct {
	interceptor.NoOp
	estimator bwe.Estimator
	arrivals  *bwe.Recorder
	responder *nack.Responder
	quality   linkQuality
	gaveUp    func(ssrc uint32) // called when a stream lacks a packet for good; set before the first
}

func newMonitor() *monitor {
	m := &monitor{arrivals: bwe.NewRecorder()}
	m.responder = nack.NewResponder(m.quality.roundTrip, func(ssrc uint32) { m.gaveUp(ssrc) })
	return m
}

// BindLocalStream is next to the network: it numbers every packet that leaves, those sent again included.
func (m *monitor) BindLocalStream(info *interceptor.StreamInfo, w interceptor.RTPWriter) interceptor.RTPWriter {
	return m.estimator.BindLocalStream(info, w)
}

// BindRTCPReader looks at what the client sends.
func (m *monitor) BindRTCPReader(r interceptor.RTCPReader) interceptor.RTCPReader {
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
			return n, a, nil //nolint:nilerr // for the reader to complain about
		}
		now := time.Now()
		for _, p := range packets {
			m.received(p, now)
		}
		return n, a, nil
	})
}

func (m *monitor) received(p rtcp.Packet, now time.Time) {
	switch p := p.(type) {
	case *rtcp.TransportLayerCC:
		m.estimator.Feedback(p, now)
	case *rtcp.ReceiverEstimatedMaximumBitrate:
		m.estimator.REMB(float64(p.Bitrate))
	case *rtcp.TransportLayerNack:
		m.responder.Resend(p, now)
	case *rtcp.ReceiverReport:
		m.quality.received(p.Reports, now)
	case *rtcp.SenderReport:
		m.quality.received(p.Reports, now)
		m.arrivals.Told(p, now)
	}
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
