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
	"os"
	"path/filepath"
	"strconv"
	"time"

	bolt "go.etcd.io/bbolt"
)

// lockWait is how long Open waits for another process to let go of the file:
// long enough for a restart to overlap its predecessor, short enough that a
// second copy started by mistake says so.
const lockWait = 2 * time.Second

// Options adjust a Store; the zero value is usable.
type Options struct {
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Account overrides, field by field where not empty, what the file holds.
	Account Account
}

// Video are the families of things of Programmable Video.
type Video struct {
	Rooms            Rooms
	Participants     Participants
	Tracks           Tracks
	Recordings       Recordings
	Compositions     Compositions
	CompositionHooks CompositionHooks
	Settings         VideoSettings
	Transcriptions   Transcriptions
}

// Sync are the families of things of Sync.
type Sync struct {
	SyncServices SyncServices
	Documents    Documents
	Collections  Collections
	Permissions  Permissions
}

// Store is everything Twilio keeps, a field for each family of things. Its
// methods and theirs may be called from any goroutine.
type Store struct {
	Video
	APIKeys APIKeys
	Sync

	TaskRouter   TaskRouter
	Workers      Workers
	Tasks        Tasks
	Reservations Reservations
	FlexTokens   FlexTokens

	Conversations    Conversations
	ChatParticipants ChatParticipants
	ChatUsers        ChatUsers
	ChatServices     ChatServices

	Flex Flex

	db      *db
	account Account
	opening []Event
	tempDir string // removed on Close; empty when the caller named the file
}

// Open opens the data file at path, creating it and its directory where
// missing. An empty path is a temporary file that Close removes. Participants
// whom an earlier run left connected are marked disconnected: their media is
// gone. It returns ErrInUse when another process has the file, and ErrDamaged when it cannot be
// read whole; then nothing has been written.
func Open(path string, o Options) (_ *Store, err error) {
	d := &db{now: o.Now, watches: map[*watch]struct{}{}}
	if d.now == nil {
		d.now = time.Now
	}
	s := &Store{db: d}
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
	if s.tempDir == "" {
		if err = inspect(path); err != nil {
			return nil, err
		}
	}
	// 0600: the file holds the keys.
	if d.bolt, err = bolt.Open(path, 0o600, opts); err != nil {
		if inUse(err) {
			return nil, fmt.Errorf("open %s: %w", path, ErrInUse)
		}
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	err = d.update(doing{what: "prepare the data file"}, func(t *tx) (err error) {
		if err := t.checkFormat(path); err != nil {
			return err
		}
		for _, name := range buckets {
			if _, err := t.CreateBucketIfNotExists([]byte(name)); err != nil {
				return err
			}
		}
		if err := t.bucket(bMeta).Put([]byte(formatKey), []byte(strconv.Itoa(format))); err != nil {
			return err
		}
		if s.account, err = t.account(o.Account); err != nil {
			return err
		}
		if err := t.seedChat(); err != nil {
			return err
		}
		s.TaskRouter = newTaskRouter(d)
		if err := s.TaskRouter.seed(t, s.account); err != nil {
			return err
		}
		err = errors.Join(t.flexDefaults(s.account), t.rooms().disconnectAll(), t.rooms().scheduleForgetting(), t.tasks().adopt(s.account.WorkflowSID))
		s.opening = t.events
		return err
	})
	if isDecoding(err) {
		return nil, damaged(path, err)
	}
	if err != nil {
		return nil, err
	}
	s.Rooms, s.Participants, s.Tracks = Rooms{d}, Participants{d}, Tracks{d}
	s.Recordings, s.Compositions, s.Transcriptions = Recordings{d}, Compositions{d}, Transcriptions{d}
	s.CompositionHooks, s.Settings = newCompositionHooks(d), VideoSettings{d}
	s.APIKeys = APIKeys{d, APIKey{SID: s.account.KeySID, Secret: s.account.KeySecret}}
	s.SyncServices, s.Permissions = SyncServices{d, s.account.SyncServiceSID}, Permissions{d}
	s.Documents, s.Collections = Documents{db: d, all: s.SyncServices}, Collections{db: d, all: s.SyncServices}
	s.Workers, s.Tasks, s.Reservations = Workers{d, s.account.ActivitySID}, Tasks{d}, Reservations{d}
	s.FlexTokens = FlexTokens{d}
	chats := chatScope{db: d, own: s.account.ChatServiceSID}
	s.Conversations, s.ChatParticipants = Conversations{chats}, ChatParticipants{chats}
	s.ChatUsers, s.ChatServices = ChatUsers{chats}, ChatServices{chats}
	s.Flex = newFlex(d)
	return s, nil
}

// Close ends all watches, waits for their functions to return and closes the
// file. Calling it again does nothing. It must not be called by a watch's
// function.
func (s *Store) Close() error {
	first, err := s.db.close()
	if first && s.tempDir != "" {
		err = errors.Join(err, os.RemoveAll(s.tempDir))
	}
	if err != nil {
		return fmt.Errorf("close the data file: %w", err)
	}
	return nil
}

// Opening returns what Open itself changed, which no watch could see:
// Participants disconnected because an earlier run was killed.
func (s *Store) Opening() []Event { return s.opening }

// Account returns the account of this data file.
func (s *Store) Account() Account { return s.account }

// Now returns the time on the store's clock, in UTC.
func (s *Store) Now() time.Time { return s.db.time() }

// Ping reports whether the file can be read, and whether the newest write reached it.
func (s *Store) Ping() error {
	if err := s.db.written(); err != nil {
		return fmt.Errorf("write the data file: %w", err)
	}
	return s.db.view(doing{what: "read the data file"}, func(*tx) error { return nil })
}

// Watch calls f with every change from now on, in commit order, on a goroutine
// of its own and never with a lock held, so f may use the Store. A slow f
// holds up nobody: its events queue. stop ends the calls and waits for one that
// is running; it drops what is still queued and must not be called by f. Close
// stops all watches.
func (s *Store) Watch(f func(Event)) (stop func()) { return s.db.watch(f) }

// Seq returns the number of the newest event, Event.Seq: what was committed before
// the call has none that is higher.
func (s *Store) Seq() uint64 {
	s.db.mu.Lock()
	defer s.db.mu.Unlock()
	return s.db.seq
}

// LastEvent returns the number of the newest change to what Sync and
// Conversations show. Numbers rise over all things and over restarts.
func (s *Store) LastEvent() (n int, err error) {
	err = s.db.view(doing{what: "read the number of the newest change"}, func(t *tx) error {
		n = int(t.bucket(bMeta).Sequence())
		return nil
	})
	return n, err
}
