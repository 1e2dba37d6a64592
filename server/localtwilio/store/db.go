package store

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"escalate/server/sids"
)

// db is the data file and those who watch it: the one mechanism through which
// all families of things read, write and tell what they changed.
type db struct {
	bolt *bolt.DB // nil until it is open
	now  func() time.Time

	// mu orders commits and their events, and guards the fields below.
	mu      sync.Mutex
	seq     uint64
	watches map[*watch]struct{}
	closed  bool
	// unwritten is why the newest write did not reach the file, such as a full disk; nil
	// when it did.
	unwritten error
}

// errUnchanged is returned within an update that has nothing to write: it is taken back,
// and is no error.
var errUnchanged = errors.New("unchanged")

// time returns the time on the store's clock, in UTC.
func (d *db) time() time.Time { return d.now().UTC() }

// update runs f in a transaction of its own and publishes its events once it is
// committed. The lock makes the order of events that of the commits.
func (d *db) update(what doing, f func(*tx) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return what.failed(ErrClosed)
	}
	t := &tx{now: d.time()}
	wanted := false
	err := d.bolt.Update(func(b *bolt.Tx) error {
		t.Tx = b
		err := f(t)
		wanted = err == nil
		return err
	})
	if wanted {
		d.unwritten = err
	}
	if errors.Is(err, errUnchanged) {
		return nil
	}
	if err != nil {
		return what.failed(err)
	}
	for i := range t.events {
		d.seq++
		t.events[i].Seq = d.seq
	}
	if len(t.events) > 0 {
		for w := range d.watches {
			w.push(t.events)
		}
	}
	return nil
}

// written returns why the newest write did not reach the file, or nil.
func (d *db) written() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.unwritten
}

// view runs f in a read-only transaction; any number run at the same time.
func (d *db) view(what doing, f func(*tx) error) error {
	t := &tx{now: d.time()}
	err := d.bolt.View(func(b *bolt.Tx) error {
		t.Tx = b
		return f(t)
	})
	if err != nil {
		return what.failed(err)
	}
	return nil
}

// close ends all watches, waits for their functions and closes the file; false
// when it had been closed before.
func (d *db) close() (first bool, err error) {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return false, nil
	}
	d.closed = true
	watches := make([]*watch, 0, len(d.watches))
	for w := range d.watches {
		watches = append(watches, w)
	}
	clear(d.watches)
	d.mu.Unlock()
	for _, w := range watches {
		w.stop()
	}
	if d.bolt != nil {
		err = d.bolt.Close()
	}
	return true, err
}

// doing is what a transaction is for. Only an error makes a sentence of it: most
// transactions are reads that succeed.
type doing struct {
	what string         // "find room"
	kind CollectionKind // of Sync's two, where what does not say it
	key  string         // of the thing, quoted
	// of and owner go on: "of room" and its key, or a status alone.
	of, owner string
}

func (d doing) String() string {
	var b strings.Builder
	b.WriteString(d.what)
	if d.kind != "" {
		b.WriteString(" " + string(d.kind))
	}
	if d.key != "" {
		b.WriteString(" " + sayable(d.key))
	}
	if d.of != "" {
		b.WriteString(" " + d.of)
	}
	if d.owner != "" {
		b.WriteString(" " + sayable(d.owner))
	}
	return b.String()
}

// sayable is a key as an error may have it, which ends in a log: a SID. A name may be what lets
// people into a call.
func sayable(key string) string {
	if len(key) == 34 && sids.Is(key[:2], key) {
		return strconv.Quote(key)
	}
	return `"…"`
}

// failed returns err as the error of what was being done.
func (d doing) failed(err error) error {
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		err = ErrClosed
	}
	return fmt.Errorf("%s: %w", d, err)
}
