package store_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"escalate/server/localtwilio/store"
)

const damageDocuments = 150

// filled is a data file with Documents; writing it once is what takes time.
var filled = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "store-test-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "twilio.db")
	s, err := store.Open(path, store.Options{})
	if err != nil {
		return nil, err
	}
	for i := range damageDocuments {
		if i%50 == 0 { // some pages become free
			_, err = s.Documents.Create(store.Document{UniqueName: fmt.Sprintf("long%d", i), Data: json.RawMessage(`{"x":"` + strings.Repeat("y", 9000) + `"}`)})
		}
		if err == nil {
			_, err = s.Documents.Create(store.Document{UniqueName: fmt.Sprintf("d%d", i), Data: fmt.Appendf(nil, `{"n":%d,"fill":"%s"}`, i, strings.Repeat("z", 200))})
		}
		if err != nil {
			return nil, err
		}
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// fill makes a data file with Documents, and returns its path and what is in it.
func fill(t *testing.T) (path string, whole []byte) {
	t.Helper()
	path, whole = filepath.Join(t.TempDir(), "twilio.db"), must(filled())(t)
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, whole
}

// used is how many bytes of a file have ever been written; it grows in larger steps.
func used(b []byte) int {
	const end = 16 + 40 // of the first two pages, after their headers
	page := os.Getpagesize()
	return page * int(max(binary.NativeEndian.Uint64(b[end:]), binary.NativeEndian.Uint64(b[page+end:])))
}

// Where the first two pages say what is where, after their headers.
const (
	rootAt     = 16 + 16
	freelistAt = 16 + 32
)

// newest is a page that the newest state of a file names.
func newest(b []byte, at int) int {
	const tx = 16 + 48
	n, page := binary.NativeEndian, os.Getpagesize()
	if n.Uint64(b[page+tx:]) > n.Uint64(b[tx:]) {
		b = b[page:]
	}
	return int(n.Uint64(b[at:]))
}

// zero empties n bytes of b around what is found in it last.
func zero(b []byte, what string, n int) []byte {
	at := bytes.LastIndex(b, []byte(what)) / n * n
	clear(b[at : at+n])
	return b
}

// TestDamage opens data files that are damaged in every way that we know of: each is refused by
// name and left as it is, and what can be read of it is saved.
func TestDamage(t *testing.T) {
	page := os.Getpagesize()
	tests := []struct {
		name   string
		damage func([]byte) []byte
		says   string
		saved  int // Documents at least; -1 for nothing to save
	}{
		{"empty, as a first start leaves it that is killed", func([]byte) []byte { return nil }, "", 0},
		{"cut off within the first page", func(b []byte) []byte { return b[:50] }, "is not a data file", -1},
		{"cut off after the first page", func(b []byte) []byte { return b[:page] }, "has been cut off", 0},
		{"cut off in the middle", func(b []byte) []byte { return b[:used(b)/2] }, "has been cut off", 0},
		{"cut off by a page", func(b []byte) []byte { return b[:used(b)-page] }, "has been cut off", 0},
		{"zeroes in the middle", func(b []byte) []byte { clear(b[used(b)/4 : used(b)*3/4]); return b }, "cannot be read", 0},
		{"a page of zeroes", func(b []byte) []byte { return zero(b, `"n":75,`, page) }, "cannot be read", 100},
		{"a sector of zeroes", func(b []byte) []byte { return zero(b, strings.Repeat("y", 4000), 512) }, "cannot be read", 140},
		{"zeroes at the beginning", func(b []byte) []byte { clear(b[:page]); clear(b[page : 2*page]); return b }, "is not a data file", -1},
		{"one of the two first pages", func(b []byte) []byte { clear(b[:page]); return b }, "", damageDocuments - 1},
		{"another kind of file", func([]byte) []byte { return bytes.Repeat([]byte("once upon a time\n"), 1000) }, "is not a data file", -1},
		{"another version of bbolt", func(b []byte) []byte { b[20], b[page+20] = 3, 3; return b }, "is of a version that this program does not know", -1},
		{"a wrong sum", func(b []byte) []byte { b[60]++; b[page+60]++; return b }, "the sum of its first page is wrong", -1},
	}
	path, whole := fill(t)
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(filepath.Dir(path), fmt.Sprintf("damaged%d.db", i))
			spoilt := tt.damage(bytes.Clone(whole))
			if err := os.WriteFile(path, spoilt, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := store.Open(path, store.Options{})
			if tt.says == "" {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				wantDocuments(t, s, tt.saved)
				return
			}
			if !errors.Is(err, store.ErrDamaged) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "repair") {
				t.Fatalf("opened with %v", err)
			}
			if now := must(os.ReadFile(path))(t); !bytes.Equal(now, spoilt) {
				t.Error("the damaged file was written")
			}
			r, err := store.Repair(path, time.Now())
			if tt.saved < 0 {
				if err == nil || !bytes.Equal(must(os.ReadFile(path))(t), spoilt) {
					t.Errorf("repaired what has nothing to read: %+v %v", r, err)
				}
				return
			}
			if err != nil || len(r.Faults) == 0 {
				t.Fatalf("repaired with %+v, %v", r, err)
			}
			if kept := must(os.ReadFile(r.Old))(t); !bytes.Equal(kept, spoilt) {
				t.Error("the damaged file was not kept as it was")
			}
			s = must(store.Open(path, store.Options{}))(t)
			wantDocuments(t, s, tt.saved)
			if r, err := store.Repair(path, time.Now()); err != nil || r.Old != "" {
				t.Errorf("a whole file was repaired: %+v %v", r, err)
			}
		})
	}
}

// wantDocuments closes a Store with at least n of fill's Documents in it, each as it was.
func wantDocuments(t *testing.T, s *store.Store, n int) {
	t.Helper()
	saved := 0
	for i := range damageDocuments {
		d, err := s.Documents.Get(fmt.Sprintf("d%d", i))
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if saved++; !strings.HasPrefix(string(d.Data), fmt.Sprintf(`{"n":%d,`, i)) {
			t.Errorf("document %d has %.50s", i, d.Data)
		}
	}
	if saved < n {
		t.Errorf("%d documents were saved, want %d at least", saved, n)
	}
	must(s.Documents.Create(store.Document{UniqueName: "new"}))(t) // it can be written
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestRandomDamage overwrites a file here and there: it opens, or is refused as damaged, and can
// be repaired; the process never ends.
func TestRandomDamage(t *testing.T) {
	path, whole := fill(t)
	refused := 0
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 1))
		b := bytes.Clone(whole)
		for range 1 + r.IntN(8) {
			at := r.IntN(len(b) - 64)
			for i := range 1 + r.IntN(64) {
				b[at+i] = byte(r.Uint32())
			}
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := store.Open(path, store.Options{})
		if err == nil {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if refused++; !errors.Is(err, store.ErrDamaged) {
			t.Fatalf("seed %d: %v", seed, err)
		}
		was := err
		done, err := store.Repair(path, time.Now())
		if err != nil {
			t.Logf("seed %d: %v, and of the repair: %v", seed, was, err) // nothing can be read
			continue
		}
		if done.Old == "" {
			t.Fatalf("seed %d: %v, and nothing to repair", seed, was)
		}
		if err := must(store.Open(path, store.Options{}))(t).Close(); err != nil {
			t.Fatal(err)
		}
	}
	if refused < 5 {
		t.Errorf("%d of 40 were refused: the damage does not reach what is read", refused)
	}
}

// changed puts an entry into a data file.
func changed(t *testing.T, path, bucket, key, value string) {
	t.Helper()
	b := must(bolt.Open(path, 0o600, nil))(t)
	err := b.Update(func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucket)).Put([]byte(key), []byte(value)) })
	if err := errors.Join(err, b.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestOtherJSON has entries that are JSON, and not what is read there.
func TestOtherJSON(t *testing.T) {
	for name, value := range map[string]string{"of another type": `{"SID":1}`, "no time": `{"SID":"RM1","Created":"yesterday"}`} {
		t.Run(name, func(t *testing.T) {
			path, _ := fill(t)
			changed(t, path, "rooms", "RM1", value)
			changed(t, path, "room_order", "\x00\x00\x00\x00\x00\x00\x00\x01", "RM1")
			_, err := store.Open(path, store.Options{})
			wantErr(t, err, store.ErrDamaged)
			if r := must(store.Repair(path, time.Now()))(t); r.Old == "" || len(r.Faults) != 1 || r.KeysLost {
				t.Fatalf("repaired with %+v", r)
			}
			wantDocuments(t, must(store.Open(path, store.Options{}))(t), damageDocuments)
		})
	}
}

// TestKeysLost: the keys are lost with the account, whatever else the bucket has.
func TestKeysLost(t *testing.T) {
	path, _ := fill(t)
	changed(t, path, "meta", "account", `{"SID":1}`)
	if r := must(store.Repair(path, time.Now()))(t); !r.KeysLost {
		t.Errorf("repaired with %+v", r)
	}
	wantDocuments(t, must(store.Open(path, store.Options{}))(t), damageDocuments)
}

// TestRepairKeepsRemovals: what the newest state has not was removed, and stays so; the one before
// is used where the newest has no beginning.
func TestRepairKeepsRemovals(t *testing.T) {
	path, _ := fill(t)
	s := must(store.Open(path, store.Options{}))(t)
	if err := errors.Join(s.Documents.Delete("d3"), s.Close()); err != nil {
		t.Fatal(err)
	}
	whole := must(os.ReadFile(path))(t)
	for _, tt := range []struct {
		name  string
		spoil func(*testing.T, string)
		there bool
	}{
		{"newest", spoilFreelist, false},
		{"before", spoilRoot, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := os.WriteFile(path, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			tt.spoil(t, path)
			must(store.Repair(path, time.Now()))(t)
			s := must(store.Open(path, store.Options{}))(t)
			_, err := s.Documents.Get("d3")
			if (err == nil) != tt.there {
				t.Errorf("the document that was removed: %v", err)
			}
			wantDocuments(t, s, damageDocuments-1)
		})
	}
}

func TestNewerFormat(t *testing.T) {
	path, _ := fill(t)
	b := must(bolt.Open(path, 0o600, nil))(t)
	err := b.Update(func(tx *bolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("format"), []byte("2")) })
	if err := errors.Join(err, b.Close()); err != nil {
		t.Fatal(err)
	}
	before := must(os.ReadFile(path))(t)
	_, err = store.Open(path, store.Options{})
	wantErr(t, err, store.ErrNewer)
	if !bytes.Equal(before, must(os.ReadFile(path))(t)) {
		t.Error("the newer file was written")
	}
}

func TestBackup(t *testing.T) {
	path, _ := fill(t)
	s := must(store.Open(path, store.Options{}))(t)
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := store.Backup(path, copied); err != nil { // while it is in use
		t.Fatal(err)
	}
	if err := store.Backup(path, copied); err == nil {
		t.Error("a backup was overwritten")
	}
	if _, err := store.Repair(path, time.Now()); !errors.Is(err, store.ErrInUse) {
		t.Errorf("repaired a file in use: %v", err)
	}
	if a, b := s.Account(), must(store.Open(copied, store.Options{}))(t); a != b.Account() {
		t.Error("the backup has another account")
	} else {
		wantDocuments(t, b, damageDocuments)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 10000); err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "bad.db")
	if err := store.Backup(path, bad); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("backed up a damaged file: %v", err)
	}
	if _, err := os.Stat(bad); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a bad backup is left: %v", err)
	}
}

// A backup of a file that is written all the while is of one moment, or says that it cannot be.
func TestBackupWhileWriting(t *testing.T) {
	path, _ := fill(t)
	s := must(store.Open(path, store.Options{}))(t)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := s.Documents.Create(store.Document{UniqueName: fmt.Sprintf("w%d", i)}); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	for i := range 5 {
		to := filepath.Join(t.TempDir(), fmt.Sprintf("%d.db", i))
		err := store.Backup(path, to)
		if errors.Is(err, store.ErrBusy) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		wantDocuments(t, must(store.Open(to, store.Options{}))(t), damageDocuments)
	}
	close(stop)
	<-done
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestUnreadable(t *testing.T) {
	dir := t.TempDir()
	if _, err := store.Open(dir, store.Options{}); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("a directory: %v", err)
	}
	if os.Geteuid() == 0 {
		t.Skip("root may write what nobody may")
	}
	path, _ := fill(t)
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(path, store.Options{}); !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), path) {
		t.Errorf("a file that may not be written: %v", err)
	}
}

// fullPath tells the test binary to be the process whose disk is full.
const fullPath = "STORE_TEST_FULL_PATH"

// TestDiskFull lets a process reach the largest size that its files may have: writes fail and say
// so, what was written stays, and when there is room again it goes on by itself.
func TestDiskFull(t *testing.T) {
	if path := os.Getenv(fullPath); path != "" {
		fillUp(t, path)
		return
	}
	path, _ := fill(t)
	cmd := exec.Command(os.Args[0], "-test.run=^TestDiskFull$", "-test.v")
	cmd.Env = append(os.Environ(), fullPath+"="+path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	wantDocuments(t, must(store.Open(path, store.Options{}))(t), damageDocuments)
}

func fillUp(t *testing.T, path string) {
	signal.Ignore(syscall.SIGXFSZ) // the default ends the process
	s := must(store.Open(path, store.Options{}))(t)
	info := must(os.Stat(path))(t)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	full := limit
	full.Cur = uint64(info.Size()) + 1<<16
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full); err != nil {
		t.Fatal(err)
	}
	written := 0
	var err error
	for written < 100_000 {
		if _, err = s.Documents.Create(store.Document{UniqueName: fmt.Sprintf("full%d", written), Data: json.RawMessage(`"` + strings.Repeat("x", 10_000) + `"`)}); err != nil {
			break
		}
		written++
	}
	if err == nil || !strings.Contains(err.Error(), "too large") { // bbolt does not wrap it
		t.Fatalf("after %d documents: %v", written, err)
	}
	if err := s.Ping(); err == nil {
		t.Errorf("ready while nothing can be written: %v", err)
	}
	for i := range written {
		must(s.Documents.Get(fmt.Sprintf("full%d", i)))(t)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	if err := s.Sweep(); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(); err != nil {
		t.Errorf("not ready when there is room again: %v", err)
	}
	must(s.Documents.Create(store.Document{UniqueName: "after"}))(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
