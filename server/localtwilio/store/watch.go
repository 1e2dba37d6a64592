package store

import "sync"

// watch is an unbounded queue of events and the goroutine that empties it.
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

// watch begins to call f; see Store.Watch.
func (d *db) watch(f func(Event)) (stop func()) {
	w := &watch{wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{})}
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return func() {}
	}
	d.watches[w] = struct{}{}
	d.mu.Unlock()
	go w.run(f)
	return func() {
		d.mu.Lock()
		delete(d.watches, w)
		d.mu.Unlock()
		w.stop()
	}
}
