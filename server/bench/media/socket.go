package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// socket is a WebSocket to a server, with the goroutines that read it and that
// say now and then that somebody is there.
type socket struct {
	conn   *websocket.Conn
	ctx    context.Context // ends with close
	cancel context.CancelFunc
	wg     sync.WaitGroup
	kind   websocket.MessageType

	mu   sync.Mutex
	err  error         // guarded by mu: why it failed
	once sync.Once     // closes ready
	done chan struct{} // closed when joined or failed
}

// maxMessage is more than any SDP of a Room here.
const maxMessage = 1 << 20

// openSocket connects, the messages being text or binary.
func openSocket(ctx context.Context, url string, kind websocket.MessageType) (*socket, error) {
	conn, _, err := websocket.Dial(ctx, url, nil) //nolint:bodyclose // it closes it itself
	if err != nil {
		return nil, fmt.Errorf("open signalling: %w", err)
	}
	conn.SetReadLimit(maxMessage)
	s := &socket{conn: conn, kind: kind, done: make(chan struct{})}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s, nil
}

// serve reads until close, one message after the other, and sends a sign of
// life regularly. An error of take ends it.
func (s *socket) serve(take func([]byte) error, every time.Duration, alive func() []byte) {
	s.wg.Go(func() {
		for {
			_, b, err := s.conn.Read(s.ctx)
			if err == nil {
				err = take(b)
			}
			if err != nil {
				s.settle(err)
				return
			}
		}
	})
	s.wg.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-s.ctx.Done():
				return
			case <-tick.C:
			}
			if err := s.send(alive()); err != nil {
				return // reading fails too, and says so
			}
		}
	})
}

func (s *socket) send(b []byte) error {
	if err := s.conn.Write(s.ctx, s.kind, b); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	return nil
}

// settle says that the Participant has joined, or why not.
func (s *socket) settle(err error) {
	s.mu.Lock()
	if s.err == nil {
		s.err = err
	}
	s.mu.Unlock()
	s.once.Do(func() { close(s.done) })
}

// failure is why the connection failed; nil while it is well.
func (s *socket) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// joined waits for settle.
func (s *socket) joined(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return fmt.Errorf("wait to have joined: %w", ctx.Err())
	case <-s.done:
		return s.failure()
	}
}

// end closes the connection after a last message and waits for its goroutines.
func (s *socket) end(last []byte) {
	_ = s.send(last)
	_ = s.conn.Close(websocket.StatusNormalClosure, "")
	s.cancel()
	s.wg.Wait()
}
