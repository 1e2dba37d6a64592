package demo

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed web
var files embed.FS

// contentSecurityPolicy lets the demo's pages run their own files only; what a
// customer types could do nothing even if it became markup. blob: are pictures
// that were chosen and are not sent yet.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; " +
	"frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// permissionsPolicy keeps for the demo what the plugin's frame on the desk is given,
// and leaves out what else is powerful.
const permissionsPolicy = "autoplay=(self), camera=(self), clipboard-write=(self), compute-pressure=(self), display-capture=(self), " +
	"fullscreen=(self), microphone=(self), picture-in-picture=(self), screen-wake-lock=(self), speaker-selection=(self), " +
	"geolocation=(), hid=(), midi=(), payment=(), serial=(), usb=()"

// page serves one of the HTML files.
func page(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { serve(w, r, "web/"+name) }
}

// static serves what the pages load, from the folders css, js and img.
func static(w http.ResponseWriter, r *http.Request) {
	name := path.Join("web", path.Clean("/"+strings.TrimPrefix(r.URL.Path, "/demo/static/")))
	serve(w, r, name)
}

func serve(w http.ResponseWriter, r *http.Request, name string) {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	sum := sha256.Sum256(data)
	h := w.Header()
	h.Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Type", contentType(name))
	if match := r.Header.Get("If-None-Match"); match != "" && match == h.Get("ETag") {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(data) // the browser has gone if this fails
	}
}

// contentType does not ask the system's tables for scripts: some systems call
// them text/plain, which browsers refuse for modules.
func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	default:
		return mime.TypeByExtension(ext)
	}
}
