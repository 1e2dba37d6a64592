// Package mcs is Twilio's Media Content Service: it takes the files that
// Messages of Conversations have attached, and gives them back. A Message names
// them by SID (ME…); what is known of them is in the store.
//
//	POST /v1/Services/{IS}/Media                a file: the body itself, or the file of a form
//	GET  /v1/Services/{IS}/Media/{ME}           what is known of it, with a location for its content
//	GET  /v1/Services/{IS}/Media/{ME}/Content   a redirect to that location
//	POST /v1/Services/{IS}/MediaSet             many at once, as @twilio/mcs-client asks for them
//	GET  /content/{ME}                          the file, for those who have a location
//
// Servers come with Basic credentials, @twilio/conversations with its token in
// the header X-Twilio-Token. Locations are signed, good for one file and for
// minutes. Thumbnails and transcoding are left out.
//
// A file is streamed to disk under a name of its own and gets its SID when it is
// whole. It goes when the store tells that no Message has it any more.
package mcs

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"escalate/server/localtwilio/store"
	"escalate/server/sids"
)

// Product is the first label of the service's host, mcs.us1.twilio.com.
const Product = "mcs"

// contentTTL is how long a location of a file is good: "several minutes", says
// @twilio/conversations of getContentTemporaryUrl.
const contentTTL = 5 * time.Minute

// uploadPattern names files that are not whole yet.
const uploadPattern = "upload-*"

// Who is what a token says of the one who shows it.
type Who struct {
	Identity string
	Chat     bool   // it is good for Conversations
	Service  string // SID of the Service of those
	All      bool   // it opens every Conversation, as supervisors' do
}

// Config says what a Server works with. Store and Authenticate are required.
type Config struct {
	Store *store.Store
	// Dir is where the files are. Empty is a temporary directory that Close removes.
	Dir string
	// URL is where the service is reached, without a slash at its end, by those
	// who asked one of Twilio's hosts.
	URL func() string
	// Authenticate checks a token; its errors are those of package token and of the store.
	Authenticate func(raw string) (Who, error)
	// MaxSize is the largest file, in bytes; zero is Twilio's limit, store.MaxMediaMB.
	MaxSize int64
	Log     *slog.Logger // nil discards
}

// errConfig is returned by Start for a Config that lacks something.
var errConfig = errors.New("incomplete configuration")

// Server keeps files and serves them.
type Server struct {
	cfg       Config
	log       *slog.Logger
	media     store.ChatMedia
	routes    *http.ServeMux
	temporary bool
	stopWatch func()
}

// Start makes the directory, removes from it what an earlier run left behind,
// and begins to follow the store.
func Start(c Config) (_ *Server, err error) {
	if c.Store == nil || c.Authenticate == nil {
		return nil, fmt.Errorf("start mcs: %w: Store and Authenticate", errConfig)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.MaxSize == 0 {
		c.MaxSize = store.MaxMediaMB << 20
	}
	s := &Server{cfg: c, log: c.Log, media: c.Store.Conversations.Media()}
	if c.Dir == "" {
		s.temporary = true
		if s.cfg.Dir, err = os.MkdirTemp("", "localtwilio-media-*"); err != nil {
			return nil, fmt.Errorf("make a directory for media: %w", err)
		}
	} else if err = os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the directory of media: %w", err)
	}
	if err := s.tidy(); err != nil {
		return nil, err
	}
	s.routes = s.mux()
	s.stopWatch = c.Store.Watch(func(e store.Event) {
		if gone, ok := e.Change.(*store.MediaRemoved); ok {
			s.remove(s.path(gone.Media.SID))
		}
	})
	return s, nil
}

// Close stops following the store. What it tells meanwhile is made good by the
// next Start.
func (s *Server) Close() error {
	s.stopWatch()
	if !s.temporary {
		return nil
	}
	if err := os.RemoveAll(s.cfg.Dir); err != nil {
		return fmt.Errorf("remove media: %w", err)
	}
	return nil
}

// tidy removes files that are not whole and those of Media that are forgotten:
// a run that was killed leaves them.
func (s *Server) tidy() error {
	files, err := os.ReadDir(s.cfg.Dir)
	if err != nil {
		return fmt.Errorf("list media: %w", err)
	}
	if len(files) == 0 {
		return nil
	}
	known, err := s.media.SIDs()
	if err != nil {
		return err
	}
	keep := make(map[string]bool, len(known))
	for _, sid := range known {
		keep[sid] = true
	}
	for _, f := range files {
		half, _ := filepath.Match(uploadPattern, f.Name())
		// Whatever else somebody put here is theirs.
		if half || sids.Is("ME", f.Name()) && !keep[f.Name()] {
			s.remove(filepath.Join(s.cfg.Dir, f.Name()))
		}
	}
	return nil
}

func (s *Server) path(sid string) string { return filepath.Join(s.cfg.Dir, sid) }

func (s *Server) remove(path string) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.log.Error("media file stays", "err", err)
	}
}

// location is where a file can be had for a while without credentials.
func (s *Server) location(base, sid string) string {
	expires := strconv.FormatInt(s.cfg.Store.Now().Add(contentTTL).Unix(), 10)
	return base + contentPath + sid + "?" + url.Values{"Expires": {expires}, "Signature": {s.sign(sid, expires)}}.Encode()
}

func (s *Server) sign(sid, expires string) string {
	h := hmac.New(sha256.New, []byte(s.cfg.Store.Account().AuthToken))
	fmt.Fprintf(h, "media content\n%s\n%s", sid, expires)
	return fmt.Sprintf("%x", h.Sum(nil))
}

// signed reports whether r came by a location of the file that is still good.
func (s *Server) signed(r *http.Request, sid string) bool {
	q := r.URL.Query()
	expires := q.Get("Expires")
	until, err := strconv.ParseInt(expires, 10, 64)
	return err == nil && hmac.Equal([]byte(q.Get("Signature")), []byte(s.sign(sid, expires))) && s.cfg.Store.Now().Unix() <= until
}

// baseName is what a file may be called: without the folders that some browsers
// send along, and without characters that no name should have.
func baseName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name)
}
