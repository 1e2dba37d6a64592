package recording

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"escalate/server/localtwilio/sfu"
	"escalate/server/localtwilio/store"
)

const (
	// flushEvery is how much of a file a killed process loses.
	flushEvery = time.Second
	// maxFrame is what the last frame counts at most in a duration: it is shown until the
	// next, of which there is none.
	maxFrame = 100 * time.Millisecond
)

// writer makes files of one Track: usually one, another one if the codec changes.
type writer struct {
	srv     *Server
	room    string
	source  Source
	tap     *sfu.Tap
	clock   *clock
	log     *slog.Logger
	dropped uint64 // as logged

	// The rest begins anew with each file.
	format  *format
	order   *order
	ssrc    uint32
	times   timeline
	waiting bool // for a key frame
	file    *matroska
	rec     store.Recording
	began   time.Time // when the first frame arrived
	end     time.Duration
}

func newWriter(s *Server, roomSID string, x Source, tap *sfu.Tap, c *clock) *writer {
	return &writer{srv: s, room: roomSID, source: x, tap: tap, clock: c, log: s.log.With("room", roomSID, "track", x.TrackSID)}
}

// run writes until the Tap is closed. A Track that cannot be written is given up.
func (w *writer) run() {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		var err error
		select {
		case item, ok := <-w.tap.Items():
			if !ok {
				w.drain()
				return
			}
			err = w.item(item)
		case <-tick.C:
			err = w.tick()
		}
		if err != nil {
			w.fail(err)
			return
		}
	}
}

// drain completes the file.
func (w *writer) drain() {
	err := w.flush()
	if err == nil {
		err = w.finish()
	}
	if err != nil {
		w.fail(err)
	}
}

func (w *writer) item(i sfu.TapItem) error {
	if w.format == nil || w.format != mustFormat(i.MimeType) {
		if err := w.begin(i.MimeType); err != nil {
			return err
		}
	}
	if i.Report != nil {
		w.report(i.Report, i.At)
		return nil
	}
	return w.packet(i.Packet, i.At)
}

func mustFormat(mime string) *format { f, _ := formatOf(mime); return f }

// begin prepares for a file; it is made when there is something to write.
func (w *writer) begin(mime string) error {
	if err := errors.Join(w.flush(), w.finish()); err != nil {
		return err
	}
	f, err := formatOf(mime)
	if err != nil {
		return err
	}
	w.format, w.times, w.rec, w.end = f, timeline{rate: f.rate}, store.Recording{}, 0
	w.order, w.waiting = newOrder(f), true
	return nil
}

// flush writes what waits for packets that will not come.
func (w *writer) flush() error {
	if w.order == nil {
		return nil
	}
	return w.frames(w.order.flush())
}

func (w *writer) packet(p *rtp.Packet, at time.Time) error {
	if p.SSRC != w.ssrc {
		// Other media for the same Track. What the old was still lacking will not come.
		if err := w.flush(); err != nil {
			return err
		}
		w.ssrc, w.order, w.waiting = p.SSRC, newOrder(w.format), true
	}
	return w.frames(w.order.push(p, at))
}

func (w *writer) report(sr *rtcp.SenderReport, at time.Time) {
	if sr.SSRC != w.ssrc && w.ssrc != 0 {
		return
	}
	theirs := ntpTime(sr.NTPTime)
	if !at.IsZero() {
		w.clock.observe(theirs, at)
	}
	w.times.reported(theirs, sr.RTPTime, at)
}

// frames writes what is complete.
func (w *writer) frames(fs []frame) error {
	for _, f := range fs {
		if err := w.frame(f); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) frame(f frame) error {
	if f.lost {
		w.lost()
	}
	key := w.format.key(f.data)
	if w.waiting && !key {
		return nil
	}
	if w.file == nil {
		if ok, err := w.create(f.data, f.at); !ok || err != nil {
			return err
		}
	}
	w.waiting = false
	before := w.times.last
	due := w.times.place(f.rtp, f.at)
	w.end = due + min(max(due-before, 0), maxFrame)
	if err := w.file.frame(due, key, f.data); err != nil {
		return fmt.Errorf("write a frame: %w", err)
	}
	return nil
}

// lost skips video to the next key frame: what builds on a frame that is missing would show
// as a smear.
func (w *writer) lost() {
	if w.format.kind == "video" && !w.waiting {
		w.waiting = true
		w.tap.RequestKeyframe()
	}
}

// create makes the file and the Recording, if the frame says enough.
func (w *writer) create(frame []byte, at time.Time) (bool, error) {
	entry, ok := w.format.entry(frame)
	if !ok {
		return false, nil
	}
	entry.Name = w.source.Name
	rec, err := w.srv.store.Recordings.Start(store.Recording{
		RoomSID: w.room, ParticipantSID: w.source.ParticipantSID, SourceSID: w.source.TrackSID, TrackName: w.source.Name,
		Type: w.format.kind, Codec: w.format.codec, Container: w.format.container, Began: at,
	})
	if err != nil {
		return false, fmt.Errorf("enter the recording: %w", err)
	}
	w.rec, w.began = rec, at
	if w.file, err = create(w.srv.File(rec), entry); err != nil {
		return false, fmt.Errorf("make the file: %w", err)
	}
	w.log.Info("recording", "recording", rec.SID, "codec", rec.Codec)
	return true, nil
}

// tick makes what was written so far readable.
func (w *writer) tick() error {
	if n := w.tap.Dropped(); n != w.dropped {
		w.log.Warn("recording fell behind: packets lost", "packets", n-w.dropped)
		w.dropped = n
	}
	if w.format != nil && w.waiting && w.format.kind == "video" {
		w.tap.RequestKeyframe()
	}
	if w.file == nil {
		return nil
	}
	if err := w.file.flush(w.end); err != nil {
		return fmt.Errorf("flush the file: %w", err)
	}
	return nil
}

// finish completes the file, if there is one.
func (w *writer) finish() error {
	if w.file == nil {
		return nil
	}
	file := w.file
	w.file = nil
	if err := file.close(w.end); err != nil {
		return fmt.Errorf("complete the file: %w", err)
	}
	began := w.began
	if theirs, ok := w.times.began(); ok {
		if ours, ok := w.clock.ours(theirs); ok {
			began = ours
		}
	}
	rec, err := w.srv.store.Recordings.End(w.rec.SID, store.RecordingDone{
		Status: store.RecordingCompletedStatus, Size: file.size, Duration: w.end, Began: began,
	})
	if errors.Is(err, store.ErrTransition) {
		// Deleted while it was made.
		return os.Remove(w.srv.File(w.rec))
	}
	if err != nil {
		return fmt.Errorf("enter the recording's end: %w", err)
	}
	w.log.Info("recorded", "recording", rec.SID, "seconds", w.end.Seconds(), "bytes", rec.Size)
	return nil
}

// fail gives the Track up, and keeps what there is of its file.
func (w *writer) fail(err error) {
	w.log.Error("recording failed", "recording", w.rec.SID, "err", err)
	var size int64
	if w.file != nil {
		size = w.file.size
		_ = w.file.file.Close() // it is broken already
		w.file = nil
	}
	if w.rec.SID == "" {
		return
	}
	if _, err := w.srv.store.Recordings.End(w.rec.SID, store.RecordingDone{
		Status: store.RecordingFailedStatus, Size: size, Duration: w.end, Began: w.began,
	}); err != nil {
		w.log.Error("enter the recording's failure", "err", err)
	}
}
