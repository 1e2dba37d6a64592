package socket

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"
)

// patience is how long a test waits for what ought to come at once.
const patience = 10 * time.Second

// player is a Handler of a test's. It reads to the end unless the test has it do something
// else, and says when that is over.
type player struct {
	*Conn
	serve func(*Conn) error
	beat  func(*Conn) error
	over  chan error
}

func (p *player) Serve() {
	p.over <- p.serve(p.Conn)
}

func (p *player) Beat() error { return p.beat(p.Conn) }

func readOn(c *Conn) error {
	for {
		if _, _, err := c.Read(0); err != nil {
			return err
		}
	}
}

// bench is a Group behind a web server. What its sockets do can be set before they come.
type bench struct {
	*Group[*player]
	t       *testing.T
	url     string
	open    func(*Conn)       // before the client has its answer
	serve   func(*Conn) error // readOn unless set
	beat    func(*Conn) error
	players chan *player
}

func newBench(t *testing.T, o Options) *bench {
	t.Helper()
	o.Type = websocket.MessageText
	if o.Queue == 0 {
		o.Queue = 8
	}
	b := &bench{
		Group: NewGroup[*player](o), t: t, players: make(chan *player, 10),
		open: func(*Conn) {}, serve: readOn, beat: func(*Conn) error { return nil },
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.Serve(w, r, func(c *Conn) *player {
			b.open(c)
			p := &player{Conn: c, serve: b.serve, beat: b.beat, over: make(chan error, 1)}
			b.players <- p
			return p
		})
	}))
	b.url = "ws" + strings.TrimPrefix(web.URL, "http")
	t.Cleanup(web.Close)
	t.Cleanup(b.Close)
	return b
}

// dial opens a socket, and returns both of its ends.
func (b *bench) dial() (*websocket.Conn, *player) {
	b.t.Helper()
	ws, status := b.try()
	if ws == nil {
		b.t.Fatalf("refused with %d", status)
	}
	return ws, <-b.players
}

// try opens a socket, or returns with what it is refused.
func (b *bench) try() (*websocket.Conn, int) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), patience)
	defer cancel()
	ws, answer, err := websocket.Dial(ctx, b.url, nil)
	if err != nil {
		if answer == nil {
			b.t.Fatal(err)
		}
		return nil, answer.StatusCode
	}
	b.t.Cleanup(func() { _ = ws.CloseNow() })
	return ws, http.StatusSwitchingProtocols
}

// ended waits for the end of a player, and returns what its reading ended with.
func (p *player) ended(t *testing.T) error {
	t.Helper()
	select {
	case err := <-p.over:
		return err
	case <-time.After(patience):
		t.Fatal("the socket goes on")
		return nil
	}
}

func read(t *testing.T, ws *websocket.Conn) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, b, err := ws.Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t *testing.T, ws *websocket.Conn, text string) {
	t.Helper()
	if err := ws.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// large is a frame of which the buffers on the way hold few.
var large = []byte(strings.Repeat("x", 1<<20))

func TestFramesArriveInOrder(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.serve = func(c *Conn) error {
		kind, text, err := c.Read(0)
		if err == nil && kind == websocket.MessageText {
			c.Send([]byte("you said " + string(text)))
			c.Send([]byte("and that is all"))
			err = readOn(c)
		}
		return err
	}
	ws, _ := b.dial()
	write(t, ws, "hello")
	for _, want := range []string{"you said hello", "and that is all"} {
		if got := read(t, ws); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// What happens before the client has its answer is not missed.
func TestOpenComesBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.open = func(c *Conn) { c.Send([]byte("first")) }
	ws, p := b.dial()
	for _, x := range b.All() {
		if x == p {
			x.Send([]byte("second"))
		}
	}
	if one, two := read(t, ws), read(t, ws); one != "first" || two != "second" {
		t.Errorf("got %q and %q", one, two)
	}
}

func TestSlowReaderIsDropped(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{Queue: 2, WriteTimeout: time.Hour})
	_, slow := b.dial()
	other, p := b.dial()
	deadline := time.Now().Add(patience)
	for slow.ctx.Err() == nil { // a few fit into the buffers on the way
		if time.Now().After(deadline) {
			t.Fatal("everything is queued")
		}
		slow.Send(large)
		runtime.Gosched()
	}
	if err := slow.ended(t); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	p.Send([]byte("still here")) // nobody else has noticed
	if got := read(t, other); got != "still here" {
		t.Errorf("got %q", got)
	}
}

func TestWriteTimeout(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{Queue: 100, WriteTimeout: 50 * time.Millisecond})
	_, p := b.dial()
	for range 100 { // fits the queue, but no buffer
		p.Send(large)
	}
	if err := p.ended(t); err == nil {
		t.Error("ended without an error")
	}
}

// Close does not wait for a client that does not read.
func TestCloseWhileWriting(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{Queue: 100, WriteTimeout: time.Hour})
	_, p := b.dial()
	for range 100 {
		p.Send(large)
	}
	within(t, "Close", b.Close)
	_ = p.ended(t)
}

// within fails unless f returns soon.
func within(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatalf("%s does not return", what)
	}
}

func TestCloseWaitsForAll(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	var over atomic.Int32
	leave := make(chan struct{})
	b.serve = func(c *Conn) error {
		err := readOn(c)
		<-leave
		over.Add(1)
		return err
	}
	b.dial()
	b.dial()
	running := make(chan struct{})
	b.AfterFunc(0, func() {
		close(running)
		<-leave
		over.Add(1)
	})
	<-running
	closed := make(chan struct{})
	go func() {
		b.Close()
		close(closed)
	}()
	<-b.Context().Done()
	if ws, status := b.try(); ws != nil || status != http.StatusServiceUnavailable {
		t.Errorf("let in with %d while closing", status)
	}
	select {
	case <-closed:
		t.Fatal("Close has not waited")
	default:
	}
	close(leave)
	within(t, "Close", func() { <-closed })
	if n := over.Load(); n != 3 {
		t.Errorf("%d of 3 were over", n)
	}
	if n := b.Len(); n != 0 {
		t.Errorf("%d are left", n)
	}
	b.AfterFunc(0, func() { t.Error("ran after Close") })
	b.Close() // once more does no harm
}

func TestEndAfter(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	_, p := b.dial()
	p.EndAfter(time.Hour)
	p.EndAfter(time.Millisecond) // in its place
	if err := p.ended(t); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}

func TestEndlessTakesEndAfterBack(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	_, kept := b.dial()
	_, dropped := b.dial()
	kept.EndAfter(50 * time.Millisecond)
	kept.Endless()
	dropped.EndAfter(50 * time.Millisecond)
	_ = dropped.ended(t)
	if kept.ctx.Err() != nil {
		t.Error("dropped in spite of Endless")
	}
}

func TestReadWithin(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	b.serve = func(c *Conn) error {
		for {
			if _, _, err := c.Read(100 * time.Millisecond); err != nil {
				return err
			}
		}
	}
	ws, p := b.dial()
	write(t, ws, "in time")
	if err := p.ended(t); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ended with %v", err)
	}
}

// A client must not take the end for its own doing.
func TestEndsWithoutACloseFrame(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{})
	ws, p := b.dial()
	p.Drop()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, _, err := ws.Read(ctx)
	if ctx.Err() != nil || websocket.CloseStatus(err) != -1 {
		t.Errorf("ended with %v", err)
	}
}

func TestMaxConns(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{MaxConns: 2})
	first, p := b.dial()
	_, q := b.dial()
	if p.Crowd() != 1 || q.Crowd() != 2 {
		t.Errorf("crowds of %d and %d", p.Crowd(), q.Crowd())
	}
	if ws, status := b.try(); ws != nil || status != http.StatusServiceUnavailable {
		t.Errorf("a third gets %d", status)
	}
	_ = first.CloseNow()
	_ = p.ended(t)
	deadline := time.Now().Add(patience)
	for b.Len() > 1 { // its place is free a moment later
		if time.Now().After(deadline) {
			t.Fatal("still counted")
		}
		runtime.Gosched()
	}
	b.dial()
}

func TestMaxFrame(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{MaxFrame: 100})
	ws, p := b.dial()
	write(t, ws, strings.Repeat("x", 101))
	if err := p.ended(t); err == nil || !strings.Contains(err.Error(), "read limited at 101 bytes") {
		t.Errorf("ended with %v", err)
	}
}

// A burst is read at once, and what comes after it waits.
func TestLimit(t *testing.T) {
	t.Parallel()
	const burst = 3
	b := newBench(t, Options{Limit: func() *rate.Limiter { return rate.NewLimiter(rate.Every(time.Hour), burst) }})
	var mu sync.Mutex
	n := 0
	b.serve = func(c *Conn) error {
		for {
			if _, _, err := c.Read(0); err != nil {
				return err
			}
			mu.Lock()
			n++
			mu.Unlock()
			c.Send([]byte("read"))
		}
	}
	ws, p := b.dial()
	for range burst + 2 {
		write(t, ws, "x")
	}
	for range burst {
		read(t, ws)
	}
	p.Drop()
	_ = p.ended(t) // it does not wait for the hour
	mu.Lock()
	defer mu.Unlock()
	if n != burst {
		t.Errorf("%d frames were read, want %d", n, burst)
	}
}

func TestBeat(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{Beat: time.Millisecond})
	n := 0
	b.beat = func(c *Conn) error {
		if n++; n == 3 {
			return errors.New("enough")
		}
		c.Send([]byte("beat"))
		return nil
	}
	ws, p := b.dial()
	read(t, ws)
	_ = p.ended(t)
	if n != 3 {
		t.Errorf("%d beats", n)
	}
}

// A Conn that is quiet beats; one on which something is written all the time does not.
func TestQuietBeat(t *testing.T) {
	t.Parallel()
	const beat = time.Second
	b := newBench(t, Options{Beat: beat, Quiet: true})
	b.beat = func(c *Conn) error {
		c.Send([]byte("beat"))
		return nil
	}
	ws, p := b.dial()
	tick := time.NewTicker(beat / 10)
	defer tick.Stop()
	for range 15 {
		<-tick.C
		p.Send([]byte("news"))
		if got := read(t, ws); got != "news" {
			t.Fatalf("got %q in the middle of news", got)
		}
	}
	if got := read(t, ws); got != "beat" {
		t.Errorf("got %q, want a beat", got)
	}
}

func TestPing(t *testing.T) {
	t.Parallel()
	b := newBench(t, Options{Beat: time.Millisecond, WriteTimeout: 100 * time.Millisecond})
	answered := make(chan error, 1)
	b.beat = func(c *Conn) error {
		err := c.Ping()
		select {
		case answered <- err:
		default:
		}
		return err
	}
	ws, _ := b.dial()
	reading, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { // answers pings
		defer close(done)
		_, _, _ = ws.Read(reading)
	}()
	if err := <-answered; err != nil {
		t.Errorf("a client that reads: %v", err)
	}
	stop()
	<-done
	_, silent := b.dial() // nobody reads, so nobody answers
	if err := silent.ended(t); err == nil {
		t.Error("a silent client lives on")
	}
}
