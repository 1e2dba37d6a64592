package store

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"slices"
	"strings"
)

// The file as bbolt lays it out (its internal/common/page.go, meta.go, bucket.go), read without
// trust: bbolt itself maps the file and ends the process where a page points beyond it.
const (
	pageMagic   = 0xED0CDAED
	pageVersion = 2
	pageHeader  = 16 // id, flags, count, overflow
	branchPage  = 0x01
	leafPage    = 0x02
	freePage    = 0x10
	element     = 16 // of a branch or leaf page
	isBucket    = 0x01
	bucketSize  = 16 // root and sequence, before an inline page
	maxPageSize = 64 << 10
	// maxDepth is more than a tree can have: each level has two pages for one above.
	maxDepth = 64
)

// pageMeta is one of the two pages that say where the newest tree begins.
type pageMeta struct {
	size           int // of a page, in bytes
	root, freelist uint64
	end            uint64 // the first page that was never used
	tx             uint64
}

// pages is a data file, page by page.
type pages struct {
	file *os.File
	size int64 // of the file
	meta []pageMeta
	// bad is told of what cannot be read, and decides by an error whether to stop.
	bad func(error) error
	// seen are the pages of the trees that were walked.
	seen map[uint64]bool
	// decoding says that each entry has to be what this version reads there, not only JSON.
	decoding bool
}

var (
	errForeign    = errors.New("is not a data file of local Twilio")
	errNewerPages = errors.New("is of a version that this program does not know")
	errCut        = errors.New("has been cut off")
	errPage       = errors.New("cannot be read")
)

// readPages reads what the file says of itself.
func readPages(f *os.File) (*pages, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errForeign
	}
	p := &pages{file: f, size: info.Size(), seen: map[uint64]bool{}}
	if p.size == 0 {
		return nil, fmt.Errorf("%w: it is empty", errCut)
	}
	first, firstErr := p.readMeta(0)
	if firstErr == nil {
		p.meta = append(p.meta, first)
	}
	// The first page's size is lost with it; then it is found by trying.
	var secondErr error
	for size := 512; size <= maxPageSize; size *= 2 {
		if firstErr == nil {
			size = first.size
		}
		second, err := p.readMeta(int64(size))
		if err == nil && second.size == size {
			p.meta = append(p.meta, second)
			break
		}
		secondErr = err
		if firstErr == nil {
			break
		}
	}
	if len(p.meta) == 0 {
		if errors.Is(secondErr, errNewerPages) {
			return nil, secondErr
		}
		return nil, firstErr
	}
	if len(p.meta) == 2 && p.meta[1].tx > p.meta[0].tx {
		p.meta[0], p.meta[1] = p.meta[1], p.meta[0]
	}
	m := p.meta[0]
	if want := int64(m.end) * int64(m.size); m.end < 4 || p.size < want {
		return p, fmt.Errorf("%w: it has %d bytes and says %d", errCut, p.size, want)
	}
	return p, nil
}

func (p *pages) readMeta(at int64) (m pageMeta, err error) {
	const length = 64
	b := make([]byte, pageHeader+length)
	if _, err := p.file.ReadAt(b, at); errors.Is(err, io.EOF) {
		return m, errForeign
	} else if err != nil {
		return m, err
	}
	b = b[pageHeader:]
	n := binary.NativeEndian
	if n.Uint32(b) != pageMagic {
		return m, errForeign
	}
	if v := n.Uint32(b[4:]); v != pageVersion {
		return m, fmt.Errorf("%w: %d, not %d", errNewerPages, v, pageVersion)
	}
	h := fnv.New64a()
	h.Write(b[:length-8])
	if h.Sum64() != n.Uint64(b[length-8:]) {
		return m, fmt.Errorf("%w: the sum of its first page is wrong", errPage)
	}
	m = pageMeta{size: int(n.Uint32(b[8:])), root: n.Uint64(b[16:]), freelist: n.Uint64(b[32:]), end: n.Uint64(b[40:]), tx: n.Uint64(b[48:])}
	if m.size < 512 || m.size > maxPageSize || m.size&(m.size-1) != 0 {
		return m, fmt.Errorf("%w: its pages have %d bytes", errPage, m.size)
	}
	return m, nil
}

// page reads a page and what overflows from it.
func (p *pages) page(m pageMeta, id uint64) ([]byte, error) {
	fail := func(why string) ([]byte, error) { return nil, fmt.Errorf("page %d %w: %s", id, errPage, why) }
	at := int64(id) * int64(m.size)
	if id < 2 || id >= m.end || at+int64(m.size) > p.size {
		return fail("it is beyond the end")
	}
	if p.seen[id] {
		return fail("two others lead to it")
	}
	p.seen[id] = true
	b := make([]byte, m.size)
	if _, err := p.file.ReadAt(b, at); err != nil {
		return fail(err.Error())
	}
	n := binary.NativeEndian
	if n.Uint64(b) != id {
		return fail("it says that it is another")
	}
	more := uint64(n.Uint32(b[12:]))
	if more == 0 {
		return b, nil
	}
	if id+more >= m.end || at+int64(more+1)*int64(m.size) > p.size {
		return fail("it is longer than the file")
	}
	for i := id + 1; i <= id+more; i++ {
		p.seen[i] = true
	}
	b = make([]byte, (int(more)+1)*m.size)
	if _, err := p.file.ReadAt(b, at); err != nil {
		return fail(err.Error())
	}
	return b, nil
}

// a leaf is what is kept under one key of the root or a bucket.
type leaf struct {
	key, value []byte // valid during the call
	bucket     bool
}

// walk calls f with every leaf of the tree that begins at a page. What cannot be read is told to
// bad and passed over.
func (p *pages) walk(m pageMeta, root uint64, f func(leaf) error) error {
	b, err := p.page(m, root)
	if err != nil {
		return p.bad(err)
	}
	return p.walkIn(m, root, b, 0, f)
}

// root reports why a tree has no beginning that can be read.
func (p *pages) root(m pageMeta) error {
	b, err := p.page(m, m.root)
	if err != nil {
		return err
	}
	clear(p.seen) // the walk comes here again
	if flags := binary.NativeEndian.Uint16(b[8:]); flags != branchPage && flags != leafPage {
		return fmt.Errorf("page %d %w: it is no page of a tree", m.root, errPage)
	}
	return nil
}

func (p *pages) walkIn(m pageMeta, id uint64, b []byte, depth int, f func(leaf) error) error {
	n := binary.NativeEndian
	flags, count := n.Uint16(b[8:]), int(n.Uint16(b[10:]))
	fault := func(why string) error { return p.bad(fmt.Errorf("page %d %w: %s", id, errPage, why)) }
	if flags != branchPage && flags != leafPage {
		return fault("it is no page of a tree")
	}
	if pageHeader+count*element > len(b) || depth > maxDepth {
		return fault("it has more than fits")
	}
	// part is a key or value at a distance from the element that names it.
	part := func(from int, skip, length uint64) ([]byte, bool) {
		begin := uint64(from) + skip
		end := begin + length
		return b[min(begin, uint64(len(b))):min(end, uint64(len(b)))], end <= uint64(len(b))
	}
	var before []byte
	for i := range count {
		at := pageHeader + i*element
		e := b[at:]
		if flags == branchPage {
			key, ok := part(at, uint64(n.Uint32(e)), uint64(n.Uint32(e[4:])))
			if !ok || i > 0 && bytes.Compare(before, key) >= 0 {
				return fault("its keys are no keys")
			}
			before = key
			if err := p.below(m, n.Uint64(e[8:]), depth, f); err != nil {
				return err
			}
			continue
		}
		skip, keySize, valueSize := uint64(n.Uint32(e[4:])), uint64(n.Uint32(e[8:])), uint64(n.Uint32(e[12:]))
		key, ok := part(at, skip, keySize)
		value, whole := part(at, skip+keySize, valueSize)
		if !ok || !whole || len(key) == 0 || i > 0 && bytes.Compare(before, key) >= 0 {
			return fault("its keys are no keys")
		}
		before = key
		if err := f(leaf{key, value, n.Uint32(e)&isBucket != 0}); err != nil {
			return err
		}
	}
	return nil
}

func (p *pages) below(m pageMeta, id uint64, depth int, f func(leaf) error) error {
	b, err := p.page(m, id)
	if err != nil {
		return p.bad(err)
	}
	return p.walkIn(m, id, b, depth+1, f)
}

// buckets calls begin with each bucket and its sequence, and f with what is in it.
func (p *pages) buckets(m pageMeta, begin func(name string, sequence uint64) error, f func(bucket string, key, value []byte) error) error {
	return p.walk(m, m.root, func(top leaf) error {
		name := string(top.key)
		if !top.bucket || len(top.value) < bucketSize {
			return p.bad(fmt.Errorf("bucket %q %w", name, errPage))
		}
		n := binary.NativeEndian
		root, sequence := n.Uint64(top.value), n.Uint64(top.value[8:])
		if err := begin(name, sequence); err != nil {
			return err
		}
		var before []byte
		each := func(l leaf) error {
			if l.bucket || !isValue(name, l.value) || p.decoding && !decodable(name, string(l.key), l.value) || bytes.Compare(before, l.key) >= 0 {
				return p.bad(fmt.Errorf("what bucket %q has under %q %w", name, l.key, errPage))
			}
			before = l.key
			return f(name, l.key, l.value)
		}
		if root != 0 {
			return p.walk(m, root, each)
		}
		inline := top.value[bucketSize:]
		if len(inline) < pageHeader {
			return p.bad(fmt.Errorf("bucket %q %w", name, errPage))
		}
		return p.walkIn(m, 0, inline, 0, each)
	})
}

// isValue reports whether a bucket may have a value: in an index text, which a hole in the file is
// not, in the schema's others JSON. A bucket that is not in the schema is of another version, and
// may have anything.
func isValue(bucket string, b []byte) bool {
	switch {
	case !slices.Contains(buckets, bucket):
		return true
	case isIndex(bucket):
		return len(bytes.Trim(b, "\x00")) > 0
	}
	return json.Valid(b)
}

// isIndex reports whether a bucket has names, keys and SIDs for values; see schema.go.
func isIndex(bucket string) bool {
	switch bucket {
	case bDue, bRoomParticipants, bRoomConnected, bParticipantTrack, bTaskReservations, bWorkerReservations, bChatSeats, bChatUserSIDs:
		return true
	}
	return strings.HasSuffix(bucket, "_order") || strings.HasSuffix(bucket, "_names")
}

// free checks the list of pages that may be written: one that is in use must not be among them.
func (p *pages) free(m pageMeta) error {
	if m.freelist == ^uint64(0) { // none was kept: it is made from the trees
		return nil
	}
	b, err := p.page(m, m.freelist)
	if err != nil {
		return p.bad(err)
	}
	n := binary.NativeEndian
	count, at := int(n.Uint16(b[10:])), pageHeader
	if count == 0xFFFF { // more than the field holds: the first number says how many
		count, at = int(n.Uint64(b[at:])), at+8
	}
	if n.Uint16(b[8:]) != freePage || count < 0 || count > (len(b)-at)/8 {
		return p.bad(fmt.Errorf("page %d %w: it is no list of free pages", m.freelist, errPage))
	}
	for i, before := 0, uint64(1); i < count; i++ {
		id := n.Uint64(b[at+8*i:])
		if id <= before {
			return p.bad(fmt.Errorf("page %d %w: its pages are in no order", m.freelist, errPage))
		}
		before = id
		if id >= m.end || p.seen[id] {
			return p.bad(fmt.Errorf("page %d %w: it frees page %d, which is in use", m.freelist, errPage, id))
		}
	}
	return nil
}
