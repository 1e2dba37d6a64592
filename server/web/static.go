package web

import (
	"crypto/sha256"
	"encoding/base64"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/gorilla/mux"
)

// staticPath is where the static files are served.
const staticPath = "/static/"

// wasmName is the program. A fresh clone does not have it.
const wasmName = "app.wasm"

// types are the content types by extension. The system's own table is not
// asked: it differs between machines, and a wrong type stops a module from
// loading.
var types = map[string]string{
	".css":         "text/css; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".ico":         "image/x-icon",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".mjs":         "text/javascript; charset=utf-8",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm",
	".webmanifest": "application/manifest+json",
	".webp":        "image/webp",
	".woff2":       "font/woff2",
}

// encodings are the precompressed forms, best first, with their file suffix.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// asset is one static file with its precompressed forms.
type asset struct {
	hash string            // of the plain content
	kind string            // content type
	body map[string][]byte // by content encoding; "" is the plain one
}

// assets are all static files by name. It is fixed after readAssets.
type assets struct {
	files map[string]*asset
	log   *slog.Logger
}

// readAssets reads everything below the root of files, except names that start
// with a dot. What cannot be read is logged and missing.
func readAssets(files fs.FS, log *slog.Logger) *assets {
	a := &assets{files: map[string]*asset{}, log: log}
	if files == nil {
		return a
	}
	raw := map[string][]byte{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != "." && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			return nil
		}
		raw[name], err = fs.ReadFile(files, name)
		return err
	})
	if err != nil {
		log.Error("read static files", "err", err)
	}
	for name, body := range raw {
		if plain, _ := plainName(name); plain != name && raw[plain] != nil {
			continue // served in place of the plain one, never by itself
		}
		f := &asset{
			hash: hashOf(body),
			kind: types[path.Ext(name)],
			body: map[string][]byte{"": body},
		}
		if f.kind == "" {
			f.kind = "application/octet-stream"
		}
		for _, e := range encodings {
			if packed, ok := raw[name+e.suffix]; ok && len(packed) < len(body) {
				f.body[e.name] = packed
			}
		}
		a.files[name] = f
	}
	return a
}

// plainName is name without the suffix of a precompressed form.
func plainName(name string) (plain string, packed bool) {
	for _, e := range encodings {
		if p, ok := strings.CutSuffix(name, e.suffix); ok {
			return p, true
		}
	}
	return name, false
}

// hashOf names a content.
func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// StaticURL is the path and query at which a handler of New serves a static
// file of that name and content, for as long as it has it.
func StaticURL(name string, body []byte) string {
	return staticPath + name + "?v=" + url.QueryEscape(hashOf(body))
}

// URL is the address of a static file that may be cached for ever, because it
// changes with the content; the plain address when there is no such file.
func (a *assets) URL(name string) string {
	u := staticPath + name
	if f := a.files[name]; f != nil {
		u += "?v=" + url.QueryEscape(f.hash)
	}
	return u
}

// Has says that there is such a file.
func (a *assets) Has(name string) bool { return a.files[name] != nil }

// version names the whole set that the browser runs: it changes when one of
// its files does.
func (a *assets) version(names ...string) string {
	h := sha256.New()
	for _, n := range names {
		if f := a.files[n]; f != nil {
			_, _ = h.Write([]byte(f.hash)) // a hash never fails
		}
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:9])
}

// get serves one file in the best encoding that the client takes.
func (a *assets) get(w http.ResponseWriter, r *http.Request) error {
	name := mux.Vars(r)["name"]
	f := a.files[name]
	switch {
	case f == nil && name == wasmName:
		a.log.Error("app.wasm is not built: run make wasm")
		plainText(w, http.StatusServiceUnavailable, "The program for the browser is not built. Run \"make wasm\", then start the server again.\n")
		return nil
	case f == nil:
		return errNotFound
	}
	h := w.Header()
	h.Set("Vary", "Accept-Encoding")
	// These files are the same for everybody, and the plugin is loaded by
	// another origin's page.
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Del("X-Robots-Tag")
	h.Set("Cache-Control", "no-cache") // may be kept, but ask before use
	if r.URL.Query().Get("v") == f.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	encoding := f.pick(r.Header.Values("Accept-Encoding"))
	tag := `"` + f.hash + `"`
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
		tag = `"` + f.hash + "-" + encoding + `"`
	}
	h.Set("ETag", tag)
	if matches(r.Header.Values("If-None-Match"), tag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	body := f.body[encoding]
	h.Set("Content-Type", f.kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // an error here means that the client has gone
	}
	return nil
}

// getFavicon serves the icon that browsers ask for unasked.
func (a *assets) getFavicon(w http.ResponseWriter, r *http.Request) error {
	for _, name := range []string{"favicon.ico", "icon.svg"} {
		if a.Has(name) {
			http.Redirect(w, r, a.URL(name), http.StatusFound)
			return nil
		}
	}
	return noContent(w)
}

// getRobots keeps all crawlers out: there is nothing here for the public.
func getRobots(w http.ResponseWriter, _ *http.Request) error {
	plainText(w, http.StatusOK, "User-agent: *\nDisallow: /\n")
	return nil
}
