package recording

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/at-wat/ebml-go"
	"github.com/at-wat/ebml-go/webm"
)

// maxCluster is how long a cluster lasts at most: its blocks count milliseconds in 16 bits.
const maxCluster = 5 * time.Second

// durationID begins the element that a finished file has its duration in: the id and the size of
// a float. The header is written with a placeholder.
var durationID = []byte{0x44, 0x89, 0x88}

// placeholder stands for a duration that is not known yet; zero would be left out.
const placeholder = math.SmallestNonzeroFloat64

// matroska writes one Track to a Matroska file (RFC 9559). Segment and clusters are of unknown
// size, so that what is written is readable without an end. Of ebml-go it takes the encoding;
// that library's own BlockWriter would wait forever after a write that failed.
type matroska struct {
	file       *os.File
	buf        *bufio.Writer
	size       int64
	durationAt int64
	cluster    time.Duration
	clusters   int
}

type header struct {
	Header  webm.EBMLHeader `ebml:"EBML"`
	Segment segment         `ebml:"Segment,size=unknown"`
}

type segment struct {
	Info   webm.Info   `ebml:"Info"`
	Tracks webm.Tracks `ebml:"Tracks"`
}

type cluster struct {
	Cluster struct {
		Timecode uint64 `ebml:"Timecode"`
	} `ebml:"Cluster,size=unknown"`
}

type block struct {
	Block ebml.Block `ebml:"SimpleBlock"`
}

// create makes the file.
func create(path string, track webm.TrackEntry) (*matroska, error) {
	h := header{Header: webm.EBMLHeader{
		EBMLVersion: 1, EBMLReadVersion: 1, EBMLMaxIDLength: 4, EBMLMaxSizeLength: 8,
		DocType: "matroska", DocTypeVersion: 4, DocTypeReadVersion: 2,
	}}
	h.Segment.Info = webm.Info{
		TimecodeScale: uint64(time.Millisecond), MuxingApp: "localtwilio", WritingApp: "localtwilio", Duration: placeholder,
	}
	track.TrackNumber, track.TrackUID = 1, 1
	h.Segment.Tracks.TrackEntry = []webm.TrackEntry{track}
	var b bytes.Buffer
	if err := ebml.Marshal(&h, &b); err != nil {
		return nil, fmt.Errorf("encode the header: %w", err)
	}
	at := bytes.Index(b.Bytes(), durationID)
	if at < 0 {
		return nil, errors.New("the header has no duration")
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	m := &matroska{file: f, buf: bufio.NewWriterSize(f, 64<<10), durationAt: int64(at + len(durationID))}
	if _, err := m.Write(b.Bytes()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return m, nil
}

// Write counts what goes into the file.
func (m *matroska) Write(b []byte) (int, error) {
	n, err := m.buf.Write(b)
	m.size += int64(n)
	return n, err
}

// frame appends a frame that is due at the given time after the first; times never go back.
func (m *matroska) frame(due time.Duration, key bool, data []byte) error {
	due = due.Round(time.Millisecond)
	if m.clusters == 0 || due-m.cluster >= maxCluster {
		var c cluster
		c.Cluster.Timecode = uint64(due.Milliseconds())
		if err := ebml.Marshal(&c, m); err != nil {
			return err
		}
		m.cluster, m.clusters = due, m.clusters+1
	}
	return ebml.Marshal(&block{ebml.Block{
		TrackNumber: 1, Timecode: int16((due - m.cluster).Milliseconds()), Keyframe: key, Data: [][]byte{data},
	}}, m)
}

// flush hands everything to the system and states the duration so far.
func (m *matroska) flush(d time.Duration) error {
	if err := m.buf.Flush(); err != nil {
		return err
	}
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], math.Float64bits(float64(d.Milliseconds())))
	_, err := m.file.WriteAt(b[:], m.durationAt)
	return err
}

// close completes the file. It does not wait for the disk: on a busy one that took up to a
// minute, and what a killed process leaves does not depend on it.
func (m *matroska) close(d time.Duration) error {
	return errors.Join(m.flush(d), m.file.Close())
}

// measure reads size and duration of a file that was not closed.
func measure(path string) (size int64, d time.Duration, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, 0, err
	}
	head := make([]byte, 512) // the duration comes before the Tracks
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, 0, fmt.Errorf("read the header: %w", err)
	}
	at := bytes.Index(head[:n], durationID)
	if at < 0 || at+len(durationID)+8 > n {
		return 0, 0, errors.New("the header is not complete")
	}
	ms := math.Float64frombits(binary.BigEndian.Uint64(head[at+len(durationID):]))
	return info.Size(), time.Duration(ms) * time.Millisecond, nil
}
