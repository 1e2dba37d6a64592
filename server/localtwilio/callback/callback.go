// Package callback calls the receivers that are told of what happens: the status
// callbacks of Rooms, Compositions and CompositionHooks, and the post-action webhooks
// of Conversations. Each is one signed HTTP request, in order and one at a time per
// Room, per Composition, and per Conversation and receiver; one waits for no other. A receiver that is away is tried again
// for a while and then passed over. It knows the store's events and HTTP,
// nothing of signaling or REST.
package callback

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"escalate/server/localtwilio/reached"
	"escalate/server/localtwilio/store"
)

// How long a receiver may take; a slower one gets the event again. It is also the
// longest that one event can hold up the next. What is said of webhooks is from
// Twilio's page "Conversations Webhooks"; Rooms' is generous.
const (
	roomTimeout    = 10 * time.Second
	webhookTimeout = 5 * time.Second
)

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

// Sender calls receivers until it is closed.
type Sender struct {
	account  store.Account
	services store.ChatServices
	client   *http.Client
	backoff  []time.Duration
	log      *slog.Logger

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	stop   func() // ends the watch
	once   sync.Once
	lines  sync.WaitGroup // their goroutines

	mu      sync.Mutex // guards waiting
	waiting map[string][]delivery
}

// delivery is one request to a receiver.
type delivery struct {
	line        string // of which one is made at a time, in order
	url, method string
	timeout     time.Duration
	// form returns the parameters of a try, of which the first is 0.
	form  func(try int) url.Values
	about []any // says to the log what is told
}

// Start begins to post the store's events, those of its opening first.
func Start(c Config) *Sender {
	s := &Sender{
		account: c.Store.Account(), services: c.Store.ChatServices,
		client: &http.Client{
			Transport:     c.Transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		backoff: c.Backoff, log: c.Log, waiting: map[string][]delivery{},
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

// queue appends what is told of an event to its lines. A line's goroutine lives
// while it has deliveries: the first one in an empty line starts it.
func (s *Sender) queue(e store.Event) {
	all := slices.Concat(statusCallbacks(s.account, e), compositionCallbacks(s.account, e), webhooks(s.account, e))
	if len(all) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range all {
		line, running := s.waiting[d.line]
		s.waiting[d.line] = append(line, d)
		if !running {
			s.lines.Add(1)
			go s.run(d.line)
		}
	}
}

// run makes the deliveries of a line until it is empty.
func (s *Sender) run(line string) {
	defer s.lines.Done()
	for s.ctx.Err() == nil {
		s.mu.Lock()
		waiting := s.waiting[line]
		if len(waiting) == 0 {
			delete(s.waiting, line)
			s.mu.Unlock()
			return
		}
		d := waiting[0]
		s.waiting[line] = waiting[1:]
		s.mu.Unlock()
		if err := s.deliver(d); err != nil && s.ctx.Err() == nil {
			s.log.Warn("a receiver was not told", append(d.about, "receiver", reached.Place(d.url), "err", unaddressed(err))...)
		}
	}
}

// deliver calls the receiver of d, again after each wait while it is away.
func (s *Sender) deliver(d delivery) error {
	for try := 0; ; try++ {
		again, err := s.post(d, try)
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
func (s *Sender) post(d delivery, try int) (again bool, err error) {
	ctx, cancel := context.WithTimeout(s.ctx, d.timeout)
	defer cancel()
	r, err := s.request(ctx, d.url, d.method, d.form(try))
	if err != nil {
		return false, err // as it is, so it stays
	}
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

// request returns a signed request with the parameters of form, or an error for a
// receiver's URL that none can be made to.
func (s *Sender) request(ctx context.Context, receiver, method string, form url.Values) (*http.Request, error) {
	u, err := url.Parse(receiver)
	if err != nil {
		return nil, fmt.Errorf("read the receiver's URL: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("the receiver's URL %q is not one of http or https with a host", receiver)
	}
	// What is signed is the URL as the receiver will see it.
	if u.Path == "" {
		u.Path = "/"
	}
	u.Fragment = ""
	signed, body := form, io.Reader(strings.NewReader(form.Encode()))
	if method == http.MethodGet {
		// The parameters become part of the URL, which alone is signed.
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += form.Encode()
		body, signed = nil, url.Values{}
	} else {
		method = http.MethodPost
	}
	target := u.String()
	r, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	}
	r.Header.Set("User-Agent", "TwilioProxy/1.1")
	r.Header.Set("X-Twilio-Signature", Sign(s.account.AuthToken, target, signed))
	return r, nil
}

// unaddressed is an error of a call without its URL, which may have secrets in it.
func unaddressed(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}
