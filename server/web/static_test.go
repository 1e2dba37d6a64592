package web

import (
	"net/http"
	"strings"
	"testing"
)

func TestStaticNegotiation(t *testing.T) {
	t.Parallel()
	h := newRig().handler()
	cases := []struct {
		name, path, accept string
		encoding, kind     string
		body               string
	}{
		{"brotli first", "app.wasm", "gzip, deflate, br, zstd", "br", "application/wasm", "brotli"},
		{"gzip for older ones", "app.wasm", "gzip, deflate", "gzip", "application/wasm", "gzip"},
		{"brotli refused", "app.wasm", "br;q=0, gzip;q=0.5", "gzip", "application/wasm", "gzip"},
		{"anything", "app.wasm", "*", "br", "application/wasm", "brotli"},
		{"anything but brotli", "app.wasm", "br;q=0, *", "gzip", "application/wasm", "gzip"},
		{"nothing", "app.wasm", "", "", "application/wasm", strings.Repeat("wasm ", 100)},
		{"refused altogether", "app.wasm", "identity, *;q=0", "", "application/wasm", strings.Repeat("wasm ", 100)},
		{"not packed", "app.css", "br, gzip", "", "text/css; charset=utf-8", "body{}"},
		{"script", "start.js", "", "", "text/javascript; charset=utf-8", "// start"},
		{"picture", "icon.svg", "", "", "image/svg+xml", "<svg/>"},
		{"in a folder", "vendor/x.js", "", "", "text/javascript; charset=utf-8", "x"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := do(t, h, call{"GET", "/static/" + c.path, "", headers("Accept-Encoding", c.accept)})
			if w.Code != http.StatusOK || w.Body.String() != c.body {
				t.Errorf("status %d, body %q", w.Code, w.Body)
			}
			for name, want := range map[string]string{
				"Content-Encoding": c.encoding, "Content-Type": c.kind, "Vary": "Accept-Encoding",
				"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff",
			} {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestStaticCaching(t *testing.T) {
	t.Parallel()
	g := newRig()
	h := g.handler()
	versioned := readAssets(g.config.Static, nil).URL("app.wasm")
	const forever = "public, max-age=31536000, immutable"

	w := do(t, h, call{"GET", versioned, "", headers("Accept-Encoding", "br")})
	if cc := w.Header().Get("Cache-Control"); cc != forever {
		t.Errorf("versioned: Cache-Control %q", cc)
	}
	brotli := w.Header().Get("ETag")
	if cc := do(t, h, call{"GET", "/static/app.wasm?v=old", "", nil}).Header().Get("Cache-Control"); cc != "no-cache" {
		t.Errorf("old version: Cache-Control %q", cc)
	}
	plain := do(t, h, call{"GET", versioned, "", nil}).Header().Get("ETag")
	if brotli == plain || brotli == "" || plain == "" {
		t.Errorf("tags %q and %q: the two forms must be told apart", brotli, plain)
	}

	again := call{"GET", "/static/app.wasm", "", headers("Accept-Encoding", "br", "If-None-Match", `"other", W/`+brotli)}
	if w = do(t, h, again); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("known content: status %d with %d bytes", w.Code, w.Body.Len())
	}
	again.header["If-None-Match"] = plain
	if w = do(t, h, again); w.Code != http.StatusOK {
		t.Errorf("tag of the other form: status %d", w.Code)
	}
	if w = do(t, h, call{"HEAD", "/static/app.wasm", "", nil}); w.Body.Len() != 0 || w.Header().Get("Content-Length") != "500" {
		t.Errorf("HEAD: %d bytes, Content-Length %q", w.Body.Len(), w.Header().Get("Content-Length"))
	}
}

func TestStaticShowsNothingElse(t *testing.T) {
	t.Parallel()
	h := newRig().handler()
	for _, path := range []string{"", "vendor", "vendor/", ".hidden", "app.wasm.br", "../app.css", "..%2fapp.css", "vendor/../app.css"} {
		if w := do(t, h, call{"GET", "/static/" + path, "", nil}); w.Code != http.StatusNotFound {
			t.Errorf("%q: status %d, want 404", path, w.Code)
		}
	}
}

func TestMissingProgramIsSaidSo(t *testing.T) {
	t.Parallel()
	g := newRig()
	g.config.Static = nil
	h := g.handler()
	w := do(t, h, call{"GET", "/static/app.wasm", "", nil})
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "make wasm") {
		t.Errorf("status %d, body %q", w.Code, w.Body)
	}
	page := browse(t, h, "/join/"+liveCode)
	if page.Code != http.StatusOK || strings.Contains(page.Body.String(), "preload") {
		t.Errorf("page without the program: status %d\n%s", page.Code, page.Body)
	}
}

func TestSmallFilesBrowsersAskFor(t *testing.T) {
	t.Parallel()
	h := newRig().handler()
	if w := do(t, h, call{"GET", "/robots.txt", "", nil}); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Disallow: /") {
		t.Errorf("robots.txt: %d %q", w.Code, w.Body)
	}
	if w := do(t, h, call{"GET", "/favicon.ico", "", nil}); w.Code != http.StatusFound || !strings.HasPrefix(w.Header().Get("Location"), "/static/icon.svg") {
		t.Errorf("favicon: %d %q", w.Code, w.Header().Get("Location"))
	}
}
