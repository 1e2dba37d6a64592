// Package composition makes one file of what was recorded of a Room, as Twilio's Compositions:
// everybody in a grid, heard together. ffmpeg does the work, where it is installed; where it is
// not, a Composition fails and the log says why.
//
// A Room that was recorded is composed when it has ended, by every CompositionHook of the account
// that is enabled; where there are no hooks, as if there were one that shows and plays everybody.
// One Composition is made at a time, in a process of its own that ends with the Server and steps
// back for live calls.
package composition

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"escalate/server/localtwilio/store"
)

// ErrNoFFmpeg says that nothing can be composed on this machine.
var ErrNoFFmpeg = errors.New("ffmpeg is not installed")

// Config is what a Server needs. Store and Dir are required.
type Config struct {
	Store *store.Store
	// Dir is where the files of Recordings are, and where those of Compositions go.
	Dir string
	// FFmpeg is the program; empty is the one in PATH.
	FFmpeg string
	Log    *slog.Logger // nil discards
}

// Server composes until it is closed.
type Server struct {
	store  *store.Store
	dir    string
	ffmpeg string
	log    *slog.Logger

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	stop   func() // ends the watch
	wake   chan struct{}
	once   sync.Once
	done   chan struct{} // closed when run has returned
}

// Start begins with what an earlier run left enqueued.
func Start(c Config) *Server {
	s := &Server{store: c.Store, dir: c.Dir, ffmpeg: c.FFmpeg, log: c.Log, wake: make(chan struct{}, 1), done: make(chan struct{})}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.ffmpeg == "" {
		s.ffmpeg = "ffmpeg"
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.stop = s.store.Watch(s.event)
	s.signal()
	go s.run()
	return s
}

// Close kills a Composition that is being made, which is made again by the next run, and waits.
// It may be called more than once.
func (s *Server) Close() {
	s.once.Do(func() {
		s.stop()
		s.cancel()
	})
	<-s.done
}

// event follows what ends. A Recording may be completed after its Room.
func (s *Server) event(e store.Event) {
	switch c := e.Change.(type) {
	case *store.RoomEnded:
		s.hook(c.Room.SID)
	case *store.RecordingCompleted:
		s.hook(c.Room.SID)
	case *store.RecordingFailed:
		s.hook(c.Room.SID)
	case *store.CompositionChanged:
		if c.Composition.Status == store.CompositionDeletedStatus {
			s.remove(c.Composition)
		}
		s.signal()
	}
}

func (s *Server) signal() {
	select {
	case s.wake <- struct{}{}:
	default: // a token is there already
	}
}

// run composes one after the other, the oldest first.
func (s *Server) run() {
	defer close(s.done)
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-s.wake:
		}
		for s.ctx.Err() == nil {
			c, ok := s.next()
			if !ok {
				break
			}
			if err := s.compose(c); err != nil && s.ctx.Err() == nil {
				s.log.Warn("room not composed", "room", c.RoomSID, "composition", c.SID, "err", err)
				err = s.store.Compositions.Fail(c.SID, err.Error())
				if err != nil && !errors.Is(err, store.ErrTransition) {
					s.log.Error("enter that a composition failed", "err", err)
					break // the store is in trouble; try again when something happens
				}
			}
		}
	}
}

// next finds the oldest that is enqueued, or that an earlier run was killed with.
func (s *Server) next() (found store.Composition, ok bool) {
	all, err := s.store.Compositions.List(store.CompositionFilter{})
	if err != nil {
		if !errors.Is(err, store.ErrClosed) {
			s.log.Error("look for compositions", "err", err)
		}
		return found, false
	}
	for _, c := range all { // newest first
		if c.Status == store.CompositionEnqueuedStatus || c.Status == store.CompositionProcessingStatus {
			found, ok = c, true
		}
	}
	return found, ok
}

func (s *Server) compose(c store.Composition) error {
	program, err := exec.LookPath(s.ffmpeg)
	if err != nil {
		return fmt.Errorf("%w (apt-get install ffmpeg)", ErrNoFFmpeg)
	}
	room, err := s.store.Rooms.Get(c.RoomSID)
	if err != nil {
		return err
	}
	recordings, err := s.store.Recordings.List(store.RecordingFilter{
		GroupingSIDs: []string{c.RoomSID}, Status: store.RecordingCompletedStatus,
	})
	if err != nil {
		return err
	}
	p, err := planOf(c.Recipe, room, recordings)
	if err != nil {
		return err
	}
	if err := s.store.Compositions.Process(c.SID); err != nil {
		return err
	}
	// Under another name until it is complete: what is served is whole.
	target, partial := filepath.Join(s.dir, c.File()), filepath.Join(s.dir, "composing."+c.Format)
	defer os.Remove(partial)
	cmd := gently(s.ctx, program, p.args(s.dir, partial)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if c.StatusCallback != "" {
		cmd.Stdout = &progress{store: s.store, c: c, total: p.total, begun: time.Now()}
	}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("run ffmpeg: %w: %s", err, last(errs.Bytes(), 1000))
	}
	info, err := os.Stat(partial)
	if err != nil {
		return err
	}
	if err := os.Rename(partial, target); err != nil {
		return err
	}
	c, err = s.store.Compositions.Complete(c.SID, info.Size(), p.total)
	if err != nil {
		s.remove(c) // deleted meanwhile
		return err
	}
	s.log.Info("room composed", "room", c.RoomSID, "composition", c.SID, "seconds", p.total.Seconds(), "bytes", info.Size())
	return nil
}

// niceness is how much ffmpeg steps back: calls go on meanwhile on the same processors, and nobody waits
// for a Composition by the second. It has a third of their share so; with 10 it would have a tenth,
// and hardly ever end on a machine that is always busy.
const niceness = "5"

// gently is a command that leaves the processor to others, where the machine has POSIX's nice.
func gently(ctx context.Context, program string, args ...string) *exec.Cmd {
	nice, err := exec.LookPath("nice")
	if err != nil {
		return exec.CommandContext(ctx, program, args...)
	}
	return exec.CommandContext(ctx, nice, append([]string{"-n", niceness, program}, args...)...)
}

func (s *Server) remove(c store.Composition) {
	if c.SID == "" {
		return
	}
	if err := os.Remove(filepath.Join(s.dir, c.File())); err != nil && !errors.Is(err, os.ErrNotExist) {
		s.log.Error("remove the file of a composition", "composition", c.SID, "err", err)
	}
}

func last(b []byte, n int) []byte { return bytes.TrimSpace(b[max(len(b)-n, 0):]) }
