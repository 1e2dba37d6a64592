package store

import "sync"

// Watch calls f with every change from now on, in commit order, on a goroutine
// of its own and never with a lock held, so f may use the Store. A slow f
// holds up nobody: its events queue. stop ends the calls and waits for one that
// is running; it drops what is still queued and must not be called by f. Close
// stops all watches.
func (s *Store) Watch(f func(Event)) (stop func()) {
	w := &watch{wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{})}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return func() {}
	}
	s.watches[w] = struct{}{}
	s.mu.Unlock()
	go w.run(f)
	return func() {
		s.mu.Lock()
		delete(s.watches, w)
		s.mu.Unlock()
		w.stop()
	}
}

// watch is an unbounded queue and the goroutine that empties it.
type watch struct {
	wake chan struct{} // holds one token: "the queue is not empty"
	quit chan struct{}
	done chan struct{} // closed when run has returned
	once sync.Once

	mu    sync.Mutex
	queue []Event
}

func (w *watch) push(events []Event) {
	w.mu.Lock()
	w.queue = append(w.queue, events...)
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default: // a token is there already
	}
}

func (w *watch) run(f func(Event)) {
	defer close(w.done)
	for {
		select {
		case <-w.quit:
			return
		case <-w.wake:
		}
		w.mu.Lock()
		events := w.queue
		w.queue = nil
		w.mu.Unlock()
		for _, e := range events {
			select {
			case <-w.quit:
				return
			default:
			}
			f(e)
		}
	}
}

func (w *watch) stop() {
	w.once.Do(func() { close(w.quit) })
	<-w.done
}
