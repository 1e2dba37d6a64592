package sfu

import (
	"io"
	"sync"

	"github.com/pion/transport/v5/packetio"

	"escalate/server/localtwilio/sfu/sdp"
)

const (
	// pionMTU is the size of the buffers that pion reads into by itself.
	pionMTU = 1460
	// bufferLimit is how many bytes may wait to be read, as pion has it.
	bufferLimit = 1000 * 1000
)

// layerSSRCs are those that openLayer will read. Their first packets come before that, and pion
// peeks at streams that it does not know of; but the peeking is not synchronized with reading
// (pion/srtp, ReadStreamSRTP.Peek), so it must find nothing.
type layerSSRCs struct {
	mu  sync.Mutex
	set map[uint32]struct{} // guarded by mu
}

// maxLayerSSRCs bounds what a client can make us remember.
const maxLayerSSRCs = 10_000

func (s *layerSSRCs) add(list map[uint32][]sdp.Encoding) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.set == nil {
		s.set = map[uint32]struct{}{}
	}
	for _, encodings := range list {
		for _, e := range encodings {
			if len(s.set) < maxLayerSSRCs {
				s.set[e.SSRC], s.set[e.RTX] = struct{}{}, struct{}{}
			}
		}
	}
}

// buffer makes the buffer of one incoming stream.
func (s *layerSSRCs) buffer(kind packetio.BufferPacketType, ssrc uint32) io.ReadWriteCloser {
	b := streamBuffer{packetio.NewBuffer()}
	b.SetLimitSize(bufferLimit)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, hidden := s.set[ssrc]; hidden && kind == packetio.RTPBufferPacket {
		return layerBuffer{b}
	}
	return b
}

// streamBuffer makes an io.ReadWriteCloser of pion's buffer.
type streamBuffer struct{ *packetio.Buffer }

func (b streamBuffer) Read(p []byte) (int, error) {
	n, _, err := b.Buffer.Read(p, nil)
	return n, err
}

func (b streamBuffer) Write(p []byte) (int, error) { return b.Buffer.Write(p, nil) }

// layerBuffer tells pion's peeking by the size of its buffer: our own receivers read into
// larger ones (connection.api).
type layerBuffer struct{ streamBuffer }

func (b layerBuffer) Read(p []byte) (int, error) {
	if len(p) <= pionMTU {
		return 0, io.EOF
	}
	return b.streamBuffer.Read(p)
}
