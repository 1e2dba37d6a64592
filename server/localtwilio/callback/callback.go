// Package callback posts the status callbacks of Rooms: one signed HTTP request
// per event, in order and one at a time per Room, Rooms independent of each
// other. A receiver that is away is tried again for a while and then passed
// over. It knows the store's events and HTTP, nothing of signaling or REST.
package callback

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"escalate/server/localtwilio/store"
)

// requestTimeout bounds one request. A receiver slower than this gets the event
// again, so it is generous; it is also the longest that one event can hold up
// the next of its Room.
const requestTimeout = 10 * time.Second

// backoff is the wait before each further try. Its sum, about 20 seconds, lets
// a receiver restart; longer would only deliver news that nobody needs.
var backoff = []time.Duration{250 * time.Millisecond, time.Second, 4 * time.Second, 15 * time.Second}

// Config is what a Sender needs.
type Config struct {
	Store *store.Store
	// Transport carries the requests; nil is http.DefaultTransport.
	Transport http.RoundTripper
	// Backoff are the waits before each further try; nil is a default.
	Backoff []time.Duration
	// Log gets what could not be delivered; nil discards.
	Log *slog.Logger
}

// Sender posts status callbacks until it is closed.
type Sender struct {
	authToken, account string
	client             *http.Client
	backoff            []time.Duration
	log                *slog.Logger

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	stop   func() // ends the watch
	once   sync.Once
	lines  sync.WaitGroup // the goroutines of Rooms

	mu    sync.Mutex // guards rooms
	rooms map[string][]announcement
}

// announcement is what a status callback says, and when that was so.
type announcement struct {
	at time.Time
	store.Announced
}

// Start begins to post the store's events, those of its opening first.
func Start(c Config) *Sender {
	s := &Sender{
		authToken: c.Store.Account().AuthToken, account: c.Store.Account().SID,
		client: &http.Client{
			Transport: c.Transport, Timeout: requestTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		backoff: c.Backoff, log: c.Log, rooms: map[string][]announcement{},
	}
	if s.backoff == nil {
		s.backoff = backoff
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	for _, e := range c.Store.Opening() {
		s.queue(e)
	}
	s.stop = c.Store.Watch(s.queue)
	return s
}

// Close ends the watch and the requests under way, and waits. What was not yet
// delivered is dropped.
func (s *Sender) Close() {
	s.once.Do(func() {
		s.stop()
		s.cancel()
	})
	s.lines.Wait()
}

// queue appends what is announced to its Room's line. A Room's goroutine lives
// while its line has events: the first one in an empty line starts it.
func (s *Sender) queue(e store.Event) {
	change, ok := e.Change.(store.Announced)
	if !ok || change.Details().Room.StatusCallback == "" {
		return
	}
	room := change.Details().Room.SID
	s.mu.Lock()
	defer s.mu.Unlock()
	line, running := s.rooms[room]
	s.rooms[room] = append(line, announcement{e.At, change})
	if !running {
		s.lines.Add(1)
		go s.run(room)
	}
}

// run posts a Room's events until its line is empty.
func (s *Sender) run(room string) {
	defer s.lines.Done()
	for s.ctx.Err() == nil {
		s.mu.Lock()
		line := s.rooms[room]
		if len(line) == 0 {
			delete(s.rooms, room)
			s.mu.Unlock()
			return
		}
		a := line[0]
		s.rooms[room] = line[1:]
		s.mu.Unlock()
		if err := s.deliver(a); err != nil && s.ctx.Err() == nil {
			s.log.Warn("status callback not delivered", "room", room, "event", fmt.Sprintf("%T", a.Announced), "sequence", a.Details().Sequence, "err", err)
		}
	}
}

// deliver posts a, again after each wait while the receiver is away.
func (s *Sender) deliver(a announcement) error {
	for try := 0; ; try++ {
		again, err := s.post(a)
		if err == nil || !again || try == len(s.backoff) {
			return err
		}
		select {
		case <-s.ctx.Done():
			return s.ctx.Err()
		case <-time.After(s.backoff[try]):
		}
	}
}

// post makes one request. again says whether another may do better: a receiver
// that could not be reached or answered 5xx, not one that refused.
func (s *Sender) post(a announcement) (again bool, err error) {
	room := &a.Details().Room
	u, err := url.Parse(room.StatusCallback)
	if err != nil {
		return false, fmt.Errorf("read the receiver's URL: %w", err)
	}
	// What is signed is the URL as the receiver will see it.
	if u.Path == "" {
		u.Path = "/"
	}
	u.Fragment = ""
	form := params(s.account, a)
	signed := form
	method, body := http.MethodPost, io.Reader(strings.NewReader(form.Encode()))
	if room.StatusCallbackMethod == http.MethodGet {
		// The parameters become part of the URL, which alone is signed.
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += form.Encode()
		method, body, signed = http.MethodGet, nil, url.Values{}
	}
	target := u.String()
	r, err := http.NewRequestWithContext(s.ctx, method, target, body)
	if err != nil {
		return false, fmt.Errorf("make the request: %w", err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	}
	r.Header.Set("User-Agent", "TwilioProxy/1.1")
	r.Header.Set("X-Twilio-Signature", Sign(s.authToken, target, signed))
	resp, err := s.client.Do(r)
	if err != nil {
		return true, err
	}
	defer resp.Body.Close()
	// Read the little there is, so that the connection is used again.
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	if resp.StatusCode >= 300 {
		return resp.StatusCode >= 500, fmt.Errorf("receiver answered %s", resp.Status)
	}
	return false, nil
}
