// Package store keeps everything that Twilio would keep: Rooms, Participants
// and Tracks, Sync Documents, TaskRouter's Workers, Tasks and Reservations,
// Conversations and Messages, Flex tokens, and the account's own keys, all in
// one bbolt file. Every mutation is one committed transaction before its call
// returns, so a killed process loses nothing that it has answered for.
//
// It is the hub of local Twilio: REST and signaling never call each other, they
// meet here, through Watch. It knows neither HTTP nor WebSockets nor media, and
// nothing of the product that uses local Twilio.
package store

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// lockWait is how long Open waits for another process to let go of the file:
// long enough for a restart to overlap its predecessor, short enough that a
// second copy started by mistake says so.
const lockWait = 2 * time.Second

// Options adjust a Store; the zero value is usable.
type Options struct {
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Log gets what no caller can be told; nil discards.
	Log *slog.Logger
	// Account overrides, field by field where not empty, what the file holds.
	Account Account
}

// Store is everything Twilio keeps. Its methods may be called from any
// goroutine.
type Store struct {
	db      *bolt.DB
	now     func() time.Time
	log     *slog.Logger
	account Account
	tempDir string // removed on Close; empty when the caller named the file
	opening []Event

	// mu orders commits and their events, and guards the fields below.
	mu      sync.Mutex
	seq     uint64
	watches map[*watch]struct{}
	closed  bool
}

// Open opens the data file at path, creating it and its directory where
// missing. An empty path is a temporary file that Close removes. Participants
// whom an earlier run left connected are marked disconnected: their media is
// gone. It answers ErrInUse when another process has the file.
func Open(path string, o Options) (_ *Store, err error) {
	s := &Store{now: o.Now, log: o.Log, watches: map[*watch]struct{}{}}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	opts := &bolt.Options{Timeout: lockWait, FreelistType: bolt.FreelistMapType}
	if path == "" {
		if s.tempDir, err = os.MkdirTemp("", "localtwilio-*"); err != nil {
			return nil, fmt.Errorf("make a directory for the data file: %w", err)
		}
		path = filepath.Join(s.tempDir, "twilio.db")
		// Nobody reads this file after the process; there is nothing to save for.
		opts.NoSync = true
	} else if err = os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the data directory: %w", err)
	}
	defer func() {
		if err != nil {
			_ = s.Close()
		}
	}()
	// 0600: the file holds the keys.
	if s.db, err = bolt.Open(path, 0o600, opts); err != nil {
		if errors.Is(err, bolterrors.ErrTimeout) {
			return nil, fmt.Errorf("open %s: %w", path, ErrInUse)
		}
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	err = s.update("prepare the data file", func(t *tx) (err error) {
		defer func() { s.opening = t.events }()
		for _, name := range buckets {
			if _, err := t.CreateBucketIfNotExists([]byte(name)); err != nil {
				return err
			}
		}
		if err := t.loadAccount(o.Account); err != nil {
			return err
		}
		return errors.Join(t.disconnectLeftovers(), t.scheduleForgetting())
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Close ends all watches, waits for their functions to return and closes the
// file. Calling it again does nothing. It must not be called by a watch's
// function.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	watches := make([]*watch, 0, len(s.watches))
	for w := range s.watches {
		watches = append(watches, w)
	}
	clear(s.watches)
	s.mu.Unlock()

	for _, w := range watches {
		w.stop()
	}
	var err error
	if s.db != nil {
		err = s.db.Close()
	}
	if s.tempDir != "" {
		err = errors.Join(err, os.RemoveAll(s.tempDir))
	}
	if err != nil {
		return fmt.Errorf("close the data file: %w", err)
	}
	return nil
}

// Opening is what Open itself changed, which no watch could see: Participants
// disconnected because an earlier run was killed.
func (s *Store) Opening() []Event { return s.opening }

// Now is the time on the store's clock, in UTC.
func (s *Store) Now() time.Time { return s.now().UTC() }

// Ping reports whether the file can be read.
func (s *Store) Ping() error {
	return s.view("read the data file", func(*tx) error { return nil })
}
