package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"image/png"
	"net/http"
	"strconv"
)

// Look is how a brand looks, besides its name. The zero Look is the product's
// own.
type Look struct {
	Logo   *Picture // beside the name on every page
	Icon   *Picture // square, for home screens
	Accent Accent   // colour of buttons and links
}

// The paths of what a Look consists of.
const (
	brandStyle = "/brand.css"
	brandLogo  = "/brand/logo"
	brandIcon  = "/brand/icon"
)

// Picture is an SVG or PNG file.
type Picture struct {
	kind string // content type
	body []byte
	hash string
	size int // pixels of a square PNG's side; 0 for SVG, which has any size
}

// maxPicture is the most that a picture may weigh, in bytes: every customer
// loads it, also on a bad line.
const maxPicture = 200 << 10

// ReadPicture recognizes SVG and PNG by their content. square wants a square
// one of at least 192 pixels, as home screens do.
func ReadPicture(body []byte, square bool) (*Picture, error) {
	sum := sha256.Sum256(body)
	p := &Picture{body: body, hash: base64.RawURLEncoding.EncodeToString(sum[:12])}
	head := bytes.ToLower(body[:min(len(body), 1024)])
	switch {
	case len(body) > maxPicture:
		return nil, fmt.Errorf("has %d kB, more than %d: make it smaller, or an SVG", len(body)>>10, maxPicture>>10)
	case bytes.HasPrefix(body, []byte("\x89PNG\r\n\x1a\n")):
		p.kind = types[".png"]
		c, err := png.DecodeConfig(bytes.NewReader(body))
		if err != nil {
			return nil, fmt.Errorf("is a broken PNG: %w", err)
		}
		if square && (c.Width != c.Height || c.Width < 192) {
			return nil, fmt.Errorf("is %d by %d pixels: it must be square and at least 192 pixels wide, or an SVG", c.Width, c.Height)
		}
		p.size = c.Width
	case bytes.Contains(head, []byte("<svg")):
		p.kind = types[".svg"]
	default:
		return nil, errors.New("is neither SVG nor PNG")
	}
	return p, nil
}

// url is where the picture is served, in this very version.
func (p *Picture) url(path string) string { return path + "?v=" + p.hash }

// getPicture serves p. An SVG is a document that may hold scripts: it gets a
// policy under which it is only a picture, also when opened by itself.
func getPicture(p *Picture) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if p == nil {
			return errNotFound
		}
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
		return versioned(w, r, p.kind, p.hash, p.body)
	}
}

// versioned serves what is fixed while the server runs; with the hash in the
// query it may be kept for ever.
func versioned(w http.ResponseWriter, r *http.Request, kind, hash string, body []byte) error {
	h := w.Header()
	h.Del("X-Robots-Tag")
	h.Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	tag := `"` + hash + `"`
	h.Set("ETag", tag)
	if matches(r.Header.Values("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // an error here means that the client has gone
	}
	return nil
}

// logoURL is the logo for the pages, or "".
func (l Look) logoURL() string {
	if l.Logo == nil {
		return ""
	}
	return l.Logo.url(brandLogo)
}

// brand is the company whose pages these are.
type brand struct {
	name string // may be empty
	look Look
}

// titled returns the title of a page with the brand's name.
func (b brand) titled(title string) string {
	if b.name == "" {
		return title
	}
	return title + " · " + b.name
}

// version changes with the brand.
func (b brand) version() string {
	sum := sha256.Sum256([]byte(b.name + b.look.logoURL() + b.look.Accent.hash()))
	return base64.RawURLEncoding.EncodeToString(sum[:6])
}

// getStyle serves the accent as custom properties, over those of app.css.
func (b brand) getStyle(w http.ResponseWriter, r *http.Request) error {
	if b.look.Accent.IsZero() {
		return errNotFound
	}
	return versioned(w, r, types[".css"], b.look.Accent.hash(), []byte(b.look.Accent.style()))
}

// styleURL is where the accent's style sheet is, or "".
func (b brand) styleURL() string {
	if b.look.Accent.IsZero() {
		return ""
	}
	return brandStyle + "?v=" + b.look.Accent.hash()
}
