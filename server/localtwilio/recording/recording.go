// Package recording writes the Tracks of Rooms to files, as Twilio's Recordings:
// one file per Track, Opus in .mka and VP8 or H264 in .mkv, written as the media
// arrives. It decides nothing: signaling says which Tracks are to be recorded
// (Room.Set), the store keeps what became of them.
//
//	sfu.Tap -> order (whole frames) -> timeline (when) -> matroska (file)
//
// Each Track has one goroutine, that ends with its Tap, and some hundred packets in
// memory. A reader of the file finds everything up to the last second, also
// after the process was killed.
package recording

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"escalate/server/localtwilio/sfu"
	"escalate/server/localtwilio/store"
)

// Config is what a Server needs. Store is required.
type Config struct {
	Store *store.Store
	// Dir is where the files are; it is made where missing. Empty is a temporary
	// directory that Close removes.
	Dir string
	// Log gets what no caller can be told; nil discards.
	Log *slog.Logger
}

// Server records the Tracks of any number of Rooms.
type Server struct {
	store     *store.Store
	dir       string
	temporary bool
	log       *slog.Logger

	stopWatch func()
	quit      chan struct{} // closed by Close
	closing   sync.Once
	err       error // of Close
	wg        sync.WaitGroup
	mu        sync.Mutex
	closed    bool           // guarded by mu
	rooms     map[*Room]bool // guarded by mu
}

// Start ends what an earlier run left unfinished, and begins to prune.
func Start(c Config) (*Server, error) {
	s := &Server{store: c.Store, dir: c.Dir, log: c.Log, quit: make(chan struct{}), rooms: map[*Room]bool{}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if s.dir == "" {
		s.temporary = true
		s.dir, err = os.MkdirTemp("", "localtwilio-recordings-*")
	} else {
		// 0700: what people said is in there.
		err = os.MkdirAll(s.dir, 0o700)
	}
	if err != nil {
		return nil, fmt.Errorf("make the directory of recordings: %w", err)
	}
	if err := s.recover(); err != nil {
		return nil, fmt.Errorf("end the recordings of an earlier run: %w", err)
	}
	s.stopWatch = s.store.Watch(s.removed)
	s.wg.Go(s.prune)
	return s, nil
}

// Dir is where the files are.
func (s *Server) Dir() string { return s.dir }

// File is the path of a Recording's file.
func (s *Server) File(r store.Recording) string { return filepath.Join(s.dir, r.File()) }

// Close ends all recordings, waits for their files to be complete, and stops.
// Calling it again returns the same.
func (s *Server) Close() error {
	s.closing.Do(func() {
		s.mu.Lock()
		s.closed = true
		rooms := make([]*Room, 0, len(s.rooms))
		for r := range s.rooms {
			rooms = append(rooms, r)
		}
		s.mu.Unlock()
		for _, r := range rooms {
			r.Close()
		}
		close(s.quit)
		s.stopWatch()
		s.wg.Wait()
		if s.temporary {
			if err := os.RemoveAll(s.dir); err != nil {
				s.err = fmt.Errorf("remove the temporary recordings: %w", err)
			}
		}
	})
	return s.err
}

// enter counts a goroutine in that Close waits for, unless closed.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.wg.Add(1)
	return true
}

// Media is where the Tracks of a Room are copied from: a sfu.Router.
type Media interface {
	Tap(trackSID string) *sfu.Tap
}

// Source is a Track that is to be recorded.
type Source struct {
	TrackSID       string
	ParticipantSID string
	Name           string
}

// removed removes the file of a Recording that was deleted.
func (s *Server) removed(e store.Event) {
	c, ok := e.Change.(*store.RecordingDeleted)
	if !ok {
		return
	}
	if err := os.Remove(s.File(c.Recording)); err != nil && !errors.Is(err, os.ErrNotExist) {
		s.log.Error("remove the file of a deleted recording", "recording", c.Recording.SID, "err", err)
	}
}

// pruneEvery is how often what is too old or too much is looked for.
const pruneEvery = time.Hour
