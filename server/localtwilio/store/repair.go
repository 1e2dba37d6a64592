package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Repaired says what Repair has done.
type Repaired struct {
	// Old is where the damaged file is kept; empty when nothing was damaged.
	Old string
	// Faults are what could not be read.
	Faults []error
	// Things is how many entries are in the new file, indexes included.
	Things int
	// KeysLost says that the account's SIDs and keys are lost: others are made at the next start
	// unless they are given.
	KeysLost bool
}

// repairBatch is how many bytes one transaction of a new file has.
const repairBatch = 4 << 20

// Repair puts what can be read of a damaged data file into a new one of its name; the damaged one
// is kept under another. It does nothing to a file that is whole. It returns ErrInUse when another
// process has the file.
func Repair(path string, now time.Time) (r Repaired, err error) {
	f, err := os.Open(path)
	if err != nil {
		return r, err
	}
	defer f.Close()
	p, cut := readPages(f)
	if p == nil {
		return r, fmt.Errorf("%s %w, so that nothing of it can be saved", path, cut)
	}
	if cut == nil {
		b, err := lock(path)
		if err != nil {
			return r, err
		}
		defer b.Close()
		if p, err = readPages(f); err != nil {
			return r, err
		}
		p.decoding = true
		if p.check() == nil {
			return r, nil
		}
	} else {
		r.Faults = append(r.Faults, cut)
	}
	r.Old = path + ".damaged-" + now.UTC().Format("20060102T150405.000")
	made := path + ".repaired"
	if err := r.save(p, made); err != nil {
		return r, errors.Join(fmt.Errorf("make %s: %w", made, err), os.Remove(made))
	}
	// A link first: at no moment is the damaged file without a name.
	if err := os.Link(path, r.Old); err != nil {
		return r, fmt.Errorf("keep the damaged file: %w", err)
	}
	if err := os.Rename(made, path); err != nil {
		return r, fmt.Errorf("put the new file in its place: %w", err)
	}
	return r, nil
}

// save writes what can be read into a new file: of the newest state, or of the one before where
// the newest has no beginning. It never takes from both: what the newest has not may have been
// removed.
func (r *Repaired) save(p *pages, to string) (err error) {
	out, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	b, err := bolt.Open(to, 0o600, &bolt.Options{FreelistType: bolt.FreelistMapType})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	w := &salvage{db: b}
	p.decoding = true
	p.bad = func(err error) error {
		r.Faults = append(r.Faults, err)
		return nil
	}
	for _, m := range p.meta {
		p.seen = map[uint64]bool{}
		if err := p.root(m); err != nil {
			r.Faults = append(r.Faults, err)
			continue
		}
		if err := errors.Join(p.buckets(m, w.begin, w.keep), p.free(m)); err != nil {
			return errors.Join(err, w.rollback())
		}
		break
	}
	if err := w.commit(); err != nil {
		return err
	}
	r.Things = w.things
	r.KeysLost = !w.account
	return nil
}

// salvage writes a new file in large transactions.
type salvage struct {
	db     *bolt.DB
	tx     *bolt.Tx
	size   int
	things int // how many were kept
	// account says that the account's SIDs and keys are among them.
	account bool
}

func (w *salvage) bucket(name string) (*bolt.Bucket, error) {
	if w.tx == nil {
		var err error
		if w.tx, err = w.db.Begin(true); err != nil {
			return nil, err
		}
	}
	return w.tx.CreateBucketIfNotExists([]byte(name))
}

// begin keeps a bucket's sequence, so that nothing gets a number that something had.
func (w *salvage) begin(name string, sequence uint64) error {
	b, err := w.bucket(name)
	if err != nil || b.Sequence() >= sequence {
		return err
	}
	return b.SetSequence(sequence)
}

// keep writes an entry, unless a newer one is there.
func (w *salvage) keep(name string, key, value []byte) error {
	b, err := w.bucket(name)
	if err != nil || b.Get(key) != nil {
		return err
	}
	if err := b.Put(key, bytes.Clone(value)); err != nil {
		return err
	}
	w.things++
	w.account = w.account || name == bMeta && string(key) == accountKey
	if w.size += len(key) + len(value); w.size > repairBatch {
		return w.commit()
	}
	return nil
}

func (w *salvage) commit() error {
	if w.tx == nil {
		return nil
	}
	err := w.tx.Commit()
	w.tx, w.size = nil, 0
	return err
}

func (w *salvage) rollback() error {
	if w.tx == nil {
		return nil
	}
	return w.tx.Rollback()
}

// backupTries is how often Backup begins anew when the file was written meanwhile.
const backupTries = 20

// ErrBusy is returned by Backup when the file was written during each of its tries.
var ErrBusy = errors.New("data file is written all the time")

// Backup copies a data file, which may be in use, to a new file. The copy is of one moment and has
// been checked. It returns ErrBusy where the file is never at rest long enough to be read: then
// stop who writes it.
func Backup(path, to string) (err error) {
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	out, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, out.Close()); err != nil {
			err = errors.Join(err, os.Remove(to))
		}
	}()
	for range backupTries {
		before, err := readPages(from)
		if err != nil {
			return damaged(path, err)
		}
		if _, err := out.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if err := out.Truncate(0); err != nil {
			return err
		}
		if _, err := io.Copy(out, io.NewSectionReader(from, 0, before.size)); err != nil {
			return err
		}
		// bbolt never writes a page of the newest state: while there is no newer, the copy is whole.
		after, err := readPages(from)
		if err != nil {
			return damaged(path, err)
		}
		if after.meta[0].tx != before.meta[0].tx {
			continue
		}
		copied, err := readPages(out)
		if err == nil {
			err = copied.check()
		}
		if err != nil {
			return damaged(path, err)
		}
		return out.Sync()
	}
	return fmt.Errorf("back up %s: %w", path, ErrBusy)
}

// inUse reports whether err says that another process has a file.
func inUse(err error) bool { return errors.Is(err, bolterrors.ErrTimeout) }
