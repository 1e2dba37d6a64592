package mcs

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"escalate/server/localtwilio/store"
)

const (
	// stall is how long an upload may stand still. A whole one may take as long
	// as it takes: 150 MB by a telephone are half an hour.
	stall = 30 * time.Second

	// maxFilename is the longest name of a file, in characters: what file systems
	// take.
	maxFilename = 255

	// formOverhead is what a form may have besides the file, in bytes.
	formOverhead = 1 << 20

	// form is the type of a request that has the file in a form.
	form = "multipart/form-data"

	// unknownType is the type of a file of which nobody says one.
	unknownType = "application/octet-stream"
)

// Receive keeps, for the account's own Service, the file that a request carries, as its body or as the first
// file of its form; the query parameters Filename and Category say more of it.
// Errors that are the sender's are *Error.
func (s *Server) Receive(w http.ResponseWriter, r *http.Request, author string) (store.Media, error) {
	return s.receive(w, r, s.cfg.Store.Account().ChatServiceSID, author)
}

// receive is Receive for a Service.
func (s *Server) receive(w http.ResponseWriter, r *http.Request, service, author string) (store.Media, error) {
	m := store.Media{Author: author}
	query, given := r.URL.Query(), r.Header.Get("Content-Type")
	m.Filename, m.Category, m.ContentType = query.Get("Filename"), query.Get("Category"), given
	if given == "" {
		m.ContentType = unknownType
	}
	kind, params, err := mime.ParseMediaType(m.ContentType)
	if err != nil || !strings.Contains(kind, "/") || kind == form && params["boundary"] == "" {
		return m, invalid("Invalid Content-Type")
	}
	limit := s.cfg.MaxSize
	if kind == form {
		limit += formOverhead
	}
	if r.ContentLength > limit {
		return m, s.tooLarge()
	}
	control := http.NewResponseController(w)
	// A limit that began with the request would be over before the answer.
	_ = control.SetWriteDeadline(time.Time{})
	body := io.Reader(&patient{r.Body, control})
	if kind == form {
		if body, err = fileOf(io.LimitReader(body, limit), params["boundary"], &m); err != nil {
			return m, err
		}
	}
	return s.keep(body, service, m)
}

// keep writes a file and enters it as Media; if anything fails, nothing is left.
func (s *Server) keep(body io.Reader, service string, m store.Media) (_ store.Media, err error) {
	m.Filename = baseName(m.Filename)
	switch {
	case m.Category != "" && !slices.Contains([]string{store.MediaAttached, store.MediaBody, store.MediaHistory}, m.Category):
		return m, invalid("Invalid parameter Category")
	case utf8.RuneCountInString(m.Filename) > maxFilename || !utf8.ValidString(m.Filename):
		return m, invalid("Invalid parameter Filename")
	}
	f, err := os.CreateTemp(s.cfg.Dir, uploadPattern)
	if err != nil {
		return m, fmt.Errorf("make a file for media: %w", err)
	}
	path := f.Name()
	defer func() {
		if err != nil {
			_ = f.Close() // an error of it tells nothing new
			s.remove(path)
		}
	}()
	if m.Size, err = io.Copy(f, io.LimitReader(received{body}, s.cfg.MaxSize+1)); err != nil {
		return m, uploadError(err)
	}
	switch {
	case m.Size > s.cfg.MaxSize:
		return m, s.tooLarge()
	case m.Size == 0:
		return m, invalid("The file is empty")
	}
	if !s.temporary {
		if err = f.Sync(); err != nil {
			return m, fmt.Errorf("write media: %w", err)
		}
	}
	if err = f.Close(); err != nil {
		return m, fmt.Errorf("write media: %w", err)
	}
	m.SID = store.NewSID("ME")
	if err = os.Rename(path, s.path(m.SID)); err != nil {
		return m, fmt.Errorf("keep media: %w", err)
	}
	path = s.path(m.SID)
	return s.cfg.Store.Conversations.In(service).Media().Create(m)
}

// fileOf is the first file of a form, which says what it is.
func fileOf(body io.Reader, boundary string, m *store.Media) (io.Reader, error) {
	parts := multipart.NewReader(body, boundary)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, invalid("The form has no file")
		}
		if err != nil {
			return nil, uploadError(&bodyError{err})
		}
		if part.FileName() == "" {
			continue
		}
		if m.Filename == "" {
			m.Filename = part.FileName()
		}
		m.ContentType = part.Header.Get("Content-Type")
		if _, _, err := mime.ParseMediaType(m.ContentType); err != nil {
			m.ContentType = unknownType
		}
		return part, nil
	}
}

// patient reads a body for as long as more of it comes: the listener's own limit
// is for requests that are small.
type patient struct {
	body io.Reader
	rc   *http.ResponseController
}

// Read implements io.Reader.
func (p *patient) Read(b []byte) (int, error) {
	// Where there is no connection there is nothing to wait for.
	_ = p.rc.SetReadDeadline(time.Now().Add(stall))
	return p.body.Read(b)
}

// received reads what a sender sends: also where it is not as its form says it is, that
// is the sender's.
type received struct{ body io.Reader }

// Read implements io.Reader.
func (r received) Read(b []byte) (int, error) {
	n, err := r.body.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &bodyError{err}
	}
	return n, err
}

// bodyError is one of the sender's side of an upload.
type bodyError struct{ error }

// Unwrap returns what the sender's side failed with.
func (e *bodyError) Unwrap() error { return e.error }

// uploadError is the sender's when the body failed, else ours: a disk that is full.
func uploadError(err error) error {
	if _, theirs := errors.AsType[*bodyError](err); theirs {
		return invalid("The file did not arrive whole")
	}
	return fmt.Errorf("write media: %w", err)
}
