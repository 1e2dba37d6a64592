package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	bolt "go.etcd.io/bbolt"
)

// ErrDamaged is returned by Open for a file that cannot be read whole, or that is none of ours.
// Nothing has been written then.
var ErrDamaged = errors.New("data file is damaged")

// format is what the data file has in it, kept under formatKey: one that an older program would
// misread gets the next number.
const (
	format    = 1
	formatKey = "format"
)

// ErrNewer is returned by Open for the data file of a newer version of this program.
var ErrNewer = errors.New("data file is of a newer version")

// checkFormat refuses what only a newer version understands.
func (t *tx) checkFormat(path string) error {
	b := t.bucket(bMeta)
	if b == nil { // a new file
		return nil
	}
	text := string(b.Get([]byte(formatKey)))
	if n, err := strconv.Atoi(text); text == "" || err == nil && n <= format {
		return nil
	}
	return fmt.Errorf("%w: %s has format %q, and this program knows %d; nothing was changed: use the newer one, or another data directory", ErrNewer, path, text, format)
}

// inspect reads the whole file before anything is written to it. A file that there is not is
// fine; one that another process has is ErrInUse.
func inspect(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		return nil // a first start was killed before it wrote anything
	}
	if _, err := readPages(f); err != nil {
		return damaged(path, err)
	}
	// From here on bbolt can open it, whose lock keeps others from writing meanwhile.
	locked, err := lock(path)
	if err != nil {
		return err
	}
	defer locked.Close()
	p, err := readPages(f) // it may have been written before
	if err != nil {
		return damaged(path, err)
	}
	if err := p.check(); err != nil {
		return damaged(path, err)
	}
	return nil
}

// lock opens a file for reading, which no process can write then.
func lock(path string) (*bolt.DB, error) {
	b, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, Timeout: lockWait})
	if inUse(err) {
		return nil, fmt.Errorf("open %s: %w", path, ErrInUse)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return b, nil
}

// check returns the first fault.
func (p *pages) check() error {
	p.bad = func(err error) error { return err }
	m := p.meta[0]
	err := p.buckets(m, func(string, uint64) error { return nil }, func(string, []byte, []byte) error { return nil })
	if err != nil {
		return err
	}
	return p.free(m)
}

// isDecoding reports whether err says that an entry is JSON, and not what it should be.
func isDecoding(err error) bool {
	_, ok := errors.AsType[*undecodable](err)
	return ok
}

// damaged is what Open returns.
func damaged(path string, why error) error {
	return fmt.Errorf("%w: %s %w; nothing was changed: put a backup in its place, or have \"local-twilio repair\" save what can be read", ErrDamaged, path, why)
}
