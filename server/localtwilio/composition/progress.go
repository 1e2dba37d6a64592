package composition

import (
	"bytes"
	"strconv"
	"time"

	"escalate/server/localtwilio/store"
)

// tellEvery is how often progress is told, in percent.
const tellEvery = 10

// progress reads what ffmpeg says of its progress, and tells the store.
type progress struct {
	store *store.Store
	c     store.Composition
	total time.Duration // that the Composition will have
	begun time.Time

	line []byte // what has come of a line so far
	told int    // percent
}

// Write implements io.Writer. It never fails: a Composition that nobody hears of is one all the
// same.
func (p *progress) Write(b []byte) (int, error) {
	p.line = append(p.line, b...)
	for {
		line, rest, ok := bytes.Cut(p.line, []byte("\n"))
		if !ok {
			return len(b), nil
		}
		p.line = rest
		text, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("out_time_us="))
		if !ok {
			continue
		}
		// Before the first frame ffmpeg says "N/A".
		if us, err := strconv.ParseInt(string(text), 10, 64); err == nil {
			p.tell(time.Duration(us) * time.Microsecond)
		}
	}
}

func (p *progress) tell(done time.Duration) {
	percent := int(100*done/p.total) / tellEvery * tellEvery
	if percent <= p.told || percent >= 100 {
		return
	}
	p.told = percent
	spent := time.Since(p.begun)
	// What cannot be told is in the log of whoever closed the store.
	_ = p.store.Compositions.Progress(p.c, percent, spent*time.Duration(100-percent)/time.Duration(percent))
}
