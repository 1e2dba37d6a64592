package transcription

import (
	"context"
	"encoding/binary"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// Engines that are here by name.
const (
	// Placeholder finds speech and says how long it was: "[speech 1.2 s]".
	Placeholder = "placeholder"
	// Pocketsphinx is CMU Sphinx as Debian has it (packages pocketsphinx and
	// pocketsphinx-en-us). It understands English, without partial results.
	Pocketsphinx = "pocketsphinx"
)

// result is what a recognizer has understood: a line of an engine's output.
type result struct {
	Text      string   `json:"text"`
	Partial   bool     `json:"partial"`
	Stability *float64 `json:"stability"`
	Language  string   `json:"language"`
	Start     float64  `json:"start"` // seconds since the sound began
	End       float64  `json:"end"`
}

// recognizer understands the speech of one Track: it reads sound until its end, says
// what it understands, and returns when it has said all. ctx ends it early. It closes
// pcm when it reads no more of it.
type recognizer func(ctx context.Context, c configuration, pcm io.ReadCloser, say func(result)) error

// recognizerOf finds the recognizer of an engine.
func recognizerOf(engine string) recognizer {
	argv := strings.Fields(engine)
	if len(argv) == 0 {
		argv = []string{Placeholder}
		if _, err := exec.LookPath(sphinx); err == nil {
			argv[0] = Pocketsphinx
		}
	}
	switch argv[0] {
	case Placeholder:
		return placeholder
	case Pocketsphinx:
		return pocketsphinx(argv[1:])
	}
	return command(argv)
}

// maxBacklog is how far a recognizer may fall behind. It is more than what one needs to
// load its model, and bounds what is kept for one that hangs.
const maxBacklog = 20 * time.Second

// backlog is the sound on its way to a recognizer: writing never waits, reading does.
type backlog struct {
	limit  int // samples
	mu     sync.Mutex
	more   *sync.Cond
	pcm    []byte // guarded by mu
	ended  bool   // guarded by mu; nothing more is written
	closed bool   // guarded by mu; nothing more is read
}

func newBacklog(limit time.Duration) *backlog {
	b := &backlog{limit: samples(limit)}
	b.more = sync.NewCond(&b.mu)
	return b
}

// write appends sound; false when the reader is too far behind.
func (b *backlog) write(pcm []int16) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return true // whoever closed it says why
	}
	if len(b.pcm)/2+len(pcm) > b.limit {
		return false
	}
	for _, s := range pcm {
		b.pcm = binary.LittleEndian.AppendUint16(b.pcm, uint16(s))
	}
	b.more.Signal()
	return true
}

// finish says that there is no more sound.
func (b *backlog) finish() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
	b.more.Signal()
}

// Read implements io.Reader.
func (b *backlog) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.pcm) == 0 && !b.ended && !b.closed {
		b.more.Wait()
	}
	switch {
	case b.closed:
		return 0, io.ErrClosedPipe
	case len(b.pcm) == 0:
		return 0, io.EOF
	}
	n := copy(p, b.pcm)
	b.pcm = b.pcm[n:]
	return n, nil
}

// Close implements io.Closer.
func (b *backlog) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed, b.pcm = true, nil
	b.more.Signal()
	return nil
}
