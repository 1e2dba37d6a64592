package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Kinds of trouble between a replica and Twilio.
const (
	slow      = "slow"       // 0.3 to 3 s
	tooMany   = "429"        // with Retry-After
	tooManyNo = "429 bare"   // without
	broken500 = "500"        // not carried out
	htmlGood  = "HTML 200"   // somebody's page, not carried out
	htmlBad   = "HTML 502"   // a proxy's page, after it was carried out
	reset     = "reset"      // before it was carried out
	resetDone = "reset late" // after
	truncated = "truncated"  // half of the answer
)

func kinds() []string {
	return []string{slow, tooMany, tooManyNo, broken500, htmlGood, htmlBad, reset, resetDone, truncated}
}

// meddler stands between one replica and local Twilio and does to some requests what
// networks and Twilio do on bad days. It is transparent while no trouble is set.
type meddler struct {
	url    string
	target *url.URL
	next   *http.Transport
	server *http.Server
	wg     sync.WaitGroup // server

	mu    sync.Mutex // guards what follows
	rand  *rand.Rand
	kind  string
	share float64       // of requests that meet it
	date  time.Duration // added to the Date of answers
	did   map[string]int
}

func newMeddler(seed uint64, target string) (*meddler, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, fmt.Errorf("read the URL of Twilio: %w", err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("stand before Twilio: %w", err)
	}
	m := &meddler{
		url: "http://" + ln.Addr().String(), target: u, next: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true},
		rand: rand.New(rand.NewPCG(seed, 1)), did: map[string]int{},
	}
	m.server = &http.Server{Handler: m, ReadHeaderTimeout: time.Minute}
	m.wg.Go(func() { _ = m.server.Serve(ln) })
	return m, nil
}

func (m *meddler) close() {
	_ = m.server.Close()
	m.wg.Wait()
	m.next.CloseIdleConnections()
}

// trouble sets what happens from now on; an empty kind is nothing.
func (m *meddler) trouble(kind string, share float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kind, m.share = kind, share
}

// move moves the clock that the replica sees at Twilio.
func (m *meddler) move(by time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.date = by
}

// draw says what happens to one request.
func (m *meddler) draw() (kind string, wait, date time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kind == "" || m.rand.Float64() >= m.share {
		return "", 0, m.date
	}
	m.did[m.kind]++
	return m.kind, 300*time.Millisecond + time.Duration(m.rand.Int64N(int64(2700*time.Millisecond))), m.date
}

// ServeHTTP implements http.Handler.
func (m *meddler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	kind, wait, date := m.draw()
	switch kind {
	case slow:
		rest(r.Context(), wait)
	case tooMany, tooManyNo:
		if kind == tooMany {
			w.Header().Set("Retry-After", "1")
		}
		answer(w, http.StatusTooManyRequests, "application/json", `{"code":20429,"message":"Too Many Requests","more_info":"","status":429}`)
		return
	case broken500:
		answer(w, http.StatusInternalServerError, "application/json", `{"code":20500,"message":"Internal Server Error","more_info":"","status":500}`)
		return
	case htmlGood:
		answer(w, http.StatusOK, "text/html", "<html><h1>Sign in to the network</h1></html>")
		return
	case reset:
		hangUp(w)
		return
	}
	status, header, body, err := m.pass(r)
	switch {
	case err != nil, kind == resetDone:
		hangUp(w)
		return
	case kind == htmlBad:
		answer(w, http.StatusBadGateway, "text/html", "<html><h1>Bad Gateway</h1></html>")
		return
	}
	maps.Copy(w.Header(), header)
	if date != 0 {
		w.Header().Set("Date", time.Now().Add(date).UTC().Format(http.TimeFormat))
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if kind == truncated && len(body) > 1 {
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		hangUp(w)
		return
	}
	_, _ = w.Write(body)
}

// pass sends r on and reads the whole answer.
func (m *meddler) pass(r *http.Request) (status int, header http.Header, body []byte, err error) {
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		return 0, nil, nil, err
	}
	// What a replica has sent is carried out, whatever becomes of the replica.
	q := r.Clone(context.WithoutCancel(r.Context()))
	q.RequestURI, q.URL.Scheme, q.URL.Host = "", m.target.Scheme, m.target.Host
	q.Body = io.NopCloser(bytes.NewReader(sent))
	resp, err := m.next.RoundTrip(q)
	if err != nil {
		return 0, nil, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header, body, err
}

func answer(w http.ResponseWriter, status int, kind, body string) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// hangUp ends the connection with a reset, after what was written.
func hangUp(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// Faults of processes and clocks, beside those of the network.
const (
	killed     = "replica killed"
	drained    = "replica stopped and replaced"
	twilioGone = "local Twilio killed"
	clockMoved = "clock moved"
)

// incident is one fault of the schedule.
type incident struct {
	at, lasts time.Duration
	what      string
	replica   int           // whose, of faults that only one has
	share     float64       // of requests
	by        time.Duration // of a clock
}

func (i incident) String() string {
	s := fmt.Sprintf("%7s  %-30s %5s", i.at.Round(100*time.Millisecond), i.what, i.lasts.Round(100*time.Millisecond))
	switch {
	case i.share > 0:
		s += fmt.Sprintf("  %2.0f %% of requests", 100*i.share)
	case i.by != 0:
		s += fmt.Sprintf("  replica %d, by %v", i.replica+1, i.by)
	case i.what != twilioGone:
		s += fmt.Sprintf("  replica %d", i.replica+1)
	}
	return s
}

// schedule draws the incidents of a soak: all kinds, in an order of chance, again and again, with
// pauses.
func schedule(seed uint64, lasts, about time.Duration, replicas int) (all []incident) {
	r := rand.New(rand.NewPCG(seed, 0))
	between := func(from, to time.Duration) time.Duration { return from + time.Duration(r.Int64N(int64(to-from)+1)) }
	var bag []string
	for at := about / 2; ; {
		if len(bag) == 0 {
			bag = slices.Concat(kinds(), []string{killed, drained, twilioGone, clockMoved})
			r.Shuffle(len(bag), func(i, j int) { bag[i], bag[j] = bag[j], bag[i] })
		}
		i := incident{at: at, lasts: between(about/2, about*3/2), what: bag[0], replica: r.IntN(replicas)}
		bag = bag[1:]
		switch i.what {
		case killed, drained, twilioGone:
			i.lasts = between(about/10, about/2)
		case clockMoved:
			i.by = between(2*time.Minute, 20*time.Minute).Round(time.Second)
			if r.IntN(2) == 0 {
				i.by = -i.by
			}
		default:
			i.share = 0.1 + 0.5*r.Float64()
		}
		if at += i.lasts + between(about/10, about/2); at > lasts {
			return all
		}
		all = append(all, i)
	}
}
