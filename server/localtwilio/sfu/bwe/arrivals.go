package bwe

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"escalate/server/localtwilio/sfu/rtpseq"
)

const (
	// ReportInterval is how often a publisher is told when its packets arrived. Chromium's
	// bandwidth estimator is tuned for 50 to 250 ms.
	ReportInterval = 100 * time.Millisecond
	// receptionInterval is how often it is told what got lost, and gets to know the round trip.
	receptionInterval = time.Second
	// maxBlocks is how many streams fit into one receiver report (RFC 3550 section 6.4.2).
	maxBlocks = 31
)

// Recorder is an interceptor that notes which of a publisher's packets arrive and when. pion has
// two, which together took a fifth of the CPU time of forwarding: each makes a map for every packet, one
// hands it to a goroutine of its own, and reports on streams leave one by one. Here the goroutine that
// reads takes the note, and all reports leave together.
type Recorder struct {
	interceptor.NoOp
	start time.Time
	ssrc  uint32 // that we report as

	mu       sync.Mutex // everything below
	recorder *twcc.Recorder
	streams  map[uint32]*rtpseq.Reception // by SSRC
	reported time.Time
}

// NewRecorder makes one whose reports have an SSRC of their own.
func NewRecorder() *Recorder {
	ssrc := rand.Uint32()
	return &Recorder{start: time.Now(), ssrc: ssrc, recorder: twcc.NewRecorder(ssrc), streams: map[uint32]*rtpseq.Reception{}}
}

// BindRemoteStream looks at one incoming stream.
func (r *Recorder) BindRemoteStream(info *interceptor.StreamInfo, next interceptor.RTPReader) interceptor.RTPReader {
	s := &arrivingStream{to: r, next: next, ssrc: info.SSRC, number: numberID(info), reception: rtpseq.NewReception(info.ClockRate)}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.streams[s.ssrc] = s.reception
	return interceptor.RTPReaderFunc(s.read)
}

// UnbindRemoteStream forgets a stream.
func (r *Recorder) UnbindRemoteStream(info *interceptor.StreamInfo) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.streams, info.SSRC)
}

// Losses returns how many packets the client has sent of its present streams, as far as one can tell
// from here, and how many of them are missing.
func (r *Recorder) Losses() (expected, lost int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.streams {
		e, l := s.Losses()
		expected += e
		lost += l
	}
	return expected, lost
}

// Told takes what the client reports of one of its streams.
func (r *Recorder) Told(sr *rtcp.SenderReport, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.streams[sr.SSRC]; s != nil {
		s.Told(sr, now)
	}
}

// arrivingStream is read by one goroutine.
type arrivingStream struct {
	to        *Recorder
	next      interceptor.RTPReader
	ssrc      uint32
	number    uint8             // of the extension with a number for the whole transport, 0 without
	reception *rtpseq.Reception // guarded by to.mu
	header    rtp.Header        // of the packet at hand; here so that it is not made anew for each
}

func (s *arrivingStream) read(buf []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
	n, a, err := s.next.Read(buf, a)
	if err != nil {
		return n, a, err
	}
	if _, err := s.header.Unmarshal(buf[:n]); err == nil { // otherwise it is the reader who complains
		s.to.arrived(s)
	}
	return n, a, nil
}

// arrived notes the packet at hand of a stream.
func (r *Recorder) arrived(s *arrivingStream) {
	var number rtp.TransportCCExtension
	numbered := s.number != 0 && number.Unmarshal(s.header.GetExtension(s.number)) == nil
	r.mu.Lock()
	defer r.mu.Unlock()
	elapsed := time.Since(r.start)
	s.reception.Arrived(s.header.SequenceNumber, s.header.Timestamp, elapsed)
	if numbered {
		r.recorder.Record(s.ssrc, number.TransportSequence, elapsed.Microseconds())
	}
}

// Reports returns what arrived since the last call, ready to be sent.
func (r *Recorder) Reports(now time.Time) []rtcp.Packet {
	r.mu.Lock()
	defer r.mu.Unlock()
	packets := r.recorder.BuildFeedbackPacket()
	if now.Sub(r.reported) < receptionInterval {
		return packets
	}
	r.reported = now
	report := &rtcp.ReceiverReport{SSRC: r.ssrc}
	for ssrc, s := range r.streams {
		if b, ok := s.Block(ssrc, now); ok && len(report.Reports) < maxBlocks {
			report.Reports = append(report.Reports, b)
		}
	}
	if len(report.Reports) == 0 {
		return packets
	}
	return append([]rtcp.Packet{report}, packets...) // it comes first (RFC 3550 section 6.1)
}
