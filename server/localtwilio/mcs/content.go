package mcs

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"escalate/server/localtwilio/store"
)

// contentPath begins the locations of files.
const contentPath = "/content/"

// shown are the types that browsers may show in place: none of them can run a
// script. Everything else is for downloading.
var shown = []string{
	"image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp", "image/avif", "image/bmp", "image/heic", "image/heif",
	"application/pdf", "text/plain",
}

// scripts are what the beginning of a file that can run a script looks like;
// http.DetectContentType does not know SVG.
var scripts = [][]byte{[]byte("<svg"), []byte("<html"), []byte("<script"), []byte("<!doctype"), []byte("<?xml")}

// sniffed is how much of a file browsers look at to tell its type.
const sniffed = 512

// Serve sends the file of m, also in parts (Range), so that it can harm nobody
// who opens it: with the type that it was sent with, which browsers are told to
// believe, and as a download unless it is known to be a picture or the like.
func (s *Server) Serve(w http.ResponseWriter, r *http.Request, m store.Media) {
	f, err := os.Open(s.path(m.SID))
	if err != nil {
		s.log.Error("media file is missing", "err", err)
		http.NotFound(w, r)
		return
	}
	defer f.Close()
	head := make([]byte, sniffed)
	n, err := io.ReadFull(f, head)
	if n == 0 && err != nil {
		s.log.Error("media file cannot be read", "media", m.SID, "err", err)
		http.Error(w, "the file cannot be read", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", m.ContentType)
	h.Set("Content-Disposition", disposition(m.Attachment, head[:n]))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; object-src 'self'; "+
		"base-uri 'none'; form-action 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", fmt.Sprintf("private, max-age=%d", int(contentTTL.Seconds())))
	// A large file takes longer than a listener gives to an answer.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
	http.ServeContent(w, r, "", m.Created, f)
}

// disposition says whether browsers may show a file of that beginning in place.
func disposition(a store.Attachment, head []byte) string {
	how := "attachment"
	if harmless(a.ContentType, head) {
		how = "inline"
	}
	if a.Filename == "" {
		return how
	}
	if v := mime.FormatMediaType(how, map[string]string{"filename": a.Filename}); v != "" {
		return v
	}
	return how
}

// harmless reports whether neither what a file is said to be nor what it looks
// like can run a script.
func harmless(contentType string, head []byte) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	if !slices.Contains(shown, kind) && !strings.HasPrefix(kind, "audio/") && !strings.HasPrefix(kind, "video/") {
		return false
	}
	looks := http.DetectContentType(head)
	if strings.HasPrefix(looks, "text/html") || strings.HasPrefix(looks, "text/xml") {
		return false
	}
	lower := bytes.ToLower(head)
	return kind == "text/plain" || !slices.ContainsFunc(scripts, func(s []byte) bool { return bytes.Contains(lower, s) })
}
