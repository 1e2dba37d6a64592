package bwe

import (
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
)

// reading is an incoming stream with given packets.
func reading(t *testing.T, r *Recorder, info interceptor.StreamInfo, packets ...rtp.Packet) {
	t.Helper()
	in := r.BindRemoteStream(&info, interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		packets[0].SSRC = info.SSRC
		n, err := packets[0].MarshalTo(b)
		packets = packets[1:]
		return n, a, err
	}))
	buf := make([]byte, 1500)
	for range len(packets) {
		if _, _, err := in.Read(buf, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// One packet says what got lost and how far the publisher's last report is away, another when each packet
// came.
func TestReports(t *testing.T) {
	t.Parallel()
	r := NewRecorder()
	numbered := func(seq, number uint16) rtp.Packet {
		p := rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: seq}, Payload: []byte{1}}
		if err := p.SetExtension(3, []byte{byte(number >> 8), byte(number)}); err != nil {
			t.Fatal(err)
		}
		return p
	}
	info := interceptor.StreamInfo{SSRC: 5, ClockRate: 90000, RTPHeaderExtensions: []interceptor.RTPHeaderExtension{{URI: sdp.TransportCCURI, ID: 3}}}
	reading(t, r, info, numbered(100, 7), numbered(103, 8))
	reading(t, r, interceptor.StreamInfo{SSRC: 6, ClockRate: 48000}, rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: 1}})
	now := time.Now()
	r.Told(&rtcp.SenderReport{SSRC: 5, NTPTime: 0x1234_5678 << 16}, now.Add(-time.Second/2))
	list := r.Reports(now)
	if len(list) != 2 {
		t.Fatalf("%d packets: %v", len(list), list)
	}
	rr, ok := list[0].(*rtcp.ReceiverReport)
	if !ok || len(rr.Reports) != 2 {
		t.Fatalf("first is %v", list[0])
	}
	for _, b := range rr.Reports {
		switch {
		case b.SSRC == 5 && b.FractionLost == 128 && b.TotalLost == 2 && b.LastSenderReport == 0x1234_5678 && b.Delay == 1<<15:
		case b.SSRC == 6 && b.FractionLost == 0 && b.LastSenderReport == 0 && b.Delay == 0:
		default:
			t.Errorf("block %+v", b)
		}
	}
	if cc, ok := list[1].(*rtcp.TransportLayerCC); !ok || cc.BaseSequenceNumber != 7 || len(cc.RecvDeltas) != 2 {
		t.Errorf("second is %v", list[1])
	}
	r.UnbindRemoteStream(&info)
	if list = r.Reports(now.Add(receptionInterval / 2)); len(list) != 0 {
		t.Errorf("%v too soon", list)
	}
	if list = r.Reports(now.Add(receptionInterval)); len(list) != 1 {
		t.Errorf("%v of a stream that goes on", list)
	}
}

func TestNoMemoryForArrivals(t *testing.T) {
	r := NewRecorder()
	p := rtp.Packet{Header: rtp.Header{Version: 2}, Payload: make([]byte, 1000)}
	if err := p.SetExtension(3, []byte{0, 0}); err != nil {
		t.Fatal(err)
	}
	raw, err := p.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	info := interceptor.StreamInfo{SSRC: 5, ClockRate: 90000, RTPHeaderExtensions: []interceptor.RTPHeaderExtension{{URI: sdp.TransportCCURI, ID: 4}}}
	in := r.BindRemoteStream(&info, interceptor.RTPReaderFunc(func(b []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
		return copy(b, raw), a, nil
	}))
	buf := make([]byte, 1500)
	if n := testing.AllocsPerRun(100, func() {
		if _, _, err := in.Read(buf, nil); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations for each packet", n)
	}
}
