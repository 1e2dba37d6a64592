// Package transcription turns the speech of Rooms into text, as Twilio's Real-time
// Transcriptions. It decides nothing: the store says in which Rooms and how (a
// Transcription's status and configuration), signalling says which Tracks there are
// (Room.Set) and passes on what was said.
//
//	sfu.Tap -> order (late packets) -> decoder (Opus to PCM) -> recognizer (PCM to text)
//
// Each audio Track of a Room that is transcribed has a goroutine, which ends with its
// Tap. From its first speech on it has a recognizer as well: a process of an engine, or
// a placeholder that finds speech without understanding it. A Room without a
// Transcription that is started has neither.
//
// # Engines
//
// An engine is a program (Config.Engine): one process for each Track that somebody
// speaks on. On its standard input it gets sound, signed 16-bit little-endian samples,
// 16,000 a second, one channel, at the pace at which they are spoken; pauses are
// silence, so that time in the stream is time in the call. On its standard output it
// writes what it understands, a JSON object a line:
//
//	{"text": "go forward", "partial": true, "stability": 0.4}
//	{"text": "go forward ten meters", "language": "en-US", "start": 1.2, "end": 2.9}
//
// text is required. partial says that the text may still change, stability (0 to 1) how
// unlikely that is; a line without partial is final. language is BCP 47 and defaults to
// what was configured; start and end are seconds since the stream began. In its
// environment it finds TRANSCRIPTION_LANGUAGE, such as en-US, and
// TRANSCRIPTION_CONFIGURATION, all that was configured as a JSON object of texts with
// Twilio's names; besides PATH, HOME, TMPDIR and the locale nothing of ours. When the
// Track ends so does the input; the engine says what it still has and ends too, within
// lastWords.
//
// An engine that ends before its input, whose status is not 0, that writes anything
// else, or that does not take sound for the length of a backlog makes the Transcription
// failed, which is final, and of which the log says why. The Room goes on.
package transcription

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"escalate/server/localtwilio/sfu"
	"escalate/server/localtwilio/store"
)

// Config is what a Server needs. Store is required.
type Config struct {
	Store *store.Store
	// Engine is what understands speech: a program and its arguments, parted by spaces;
	// Pocketsphinx, with further arguments for it; or Placeholder. Empty is Pocketsphinx
	// where that is installed, else Placeholder.
	Engine string
	// Log gets why a Transcription failed; nil discards.
	Log *slog.Logger
}

// Media is where the Tracks of a Room are copied from: a sfu.Router.
type Media interface {
	Tap(trackSID string) *sfu.Tap
}

// Source is an audio Track that is published.
type Source struct{ TrackSID, ParticipantSID string }

// Line is something that was said, or what it is taken for so far.
type Line struct {
	Source
	Text     string
	Language string // BCP 47
	Partial  bool   // the text may still change
	// Stability is how unlikely that is, from 0 to 1; nil for a final text, or when it is
	// not known.
	Stability *float64
	Sequence  int // counts the lines of a Track, from 1
	At        time.Time
}

// Server transcribes any number of Rooms.
type Server struct {
	store  *store.Store
	engine string
	log    *slog.Logger
	// backlog is how far a recognizer may fall behind; tests have less.
	backlog time.Duration

	ctx       context.Context // ends with Close
	cancel    context.CancelFunc
	stopWatch func()
	closing   sync.Once
	wg        sync.WaitGroup // the goroutines of Tracks

	mu     sync.Mutex
	closed bool             // guarded by mu
	rooms  map[string]*Room // guarded by mu; by SID
}

// Start begins to follow the store.
func Start(c Config) *Server {
	s := &Server{store: c.Store, engine: c.Engine, log: c.Log, backlog: maxBacklog, rooms: map[string]*Room{}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.stopWatch = s.store.Watch(s.event)
	return s
}

// Close ends all transcription, kills the engines' processes and waits for them. It
// may be called more than once.
func (s *Server) Close() {
	s.closing.Do(func() {
		s.mu.Lock()
		s.closed = true
		rooms := make([]*Room, 0, len(s.rooms))
		for _, r := range s.rooms {
			rooms = append(rooms, r)
		}
		s.mu.Unlock()
		s.stopWatch()
		s.cancel()
		for _, r := range rooms {
			r.Close()
		}
	})
	s.wg.Wait()
}

// event follows what becomes of Transcriptions.
func (s *Server) event(e store.Event) {
	c, ok := e.Change.(*store.TranscriptionChanged)
	if !ok {
		return
	}
	s.mu.Lock()
	r := s.rooms[c.Transcription.RoomSID]
	s.mu.Unlock()
	if r != nil {
		r.follow(c.Transcription)
	}
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
