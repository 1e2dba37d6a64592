package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/andybalholm/brotli"
)

// startFront stands before the product and serves the static files that dir
// has itself, as another build of the product would.
func startFront(product, dir string) (*httptest.Server, error) {
	if _, err := os.Stat(filepath.Join(dir, "app.wasm.br")); err != nil {
		return nil, fmt.Errorf("find a packed WASM: %w", err)
	}
	to, err := url.Parse(product)
	if err != nil {
		return nil, fmt.Errorf("read address: %w", err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.FlushInterval = -1
	proxy.ErrorLog = log.New(io.Discard, "", 0) // pages that close with a request open are no news
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, static := strings.CutPrefix(path.Clean(r.URL.Path), "/static/")
		if b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)+".br")); static && err == nil {
			kind := mime.TypeByExtension(path.Ext(name))
			if path.Ext(name) == ".wasm" {
				kind = "application/wasm"
			}
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Content-Encoding", "br")
			w.Header().Set("Content-Length", fmt.Sprint(len(b)))
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			_, _ = w.Write(b) // an error here means that the page has gone
			return
		}
		proxy.ServeHTTP(w, r)
	})), nil
}

// startControl builds and serves testdata/hello, packed as well as ours.
func startControl(ctx context.Context, dir string, quality int) (*child, error) {
	const hello = "./server/bench/testdata/hello"
	server, program := filepath.Join(dir, "hello"), filepath.Join(dir, "app.wasm")
	for _, b := range []struct {
		env []string
		out string
	}{{nil, server}, {[]string{"GOOS=js", "GOARCH=wasm"}, program}} {
		cmd := exec.CommandContext(ctx, "go", "build", "-o", b.out, hello)
		cmd.Env = append(os.Environ(), b.env...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("build: %w\n%s", err, out)
		}
	}
	plain, err := os.ReadFile(program)
	if err != nil {
		return nil, fmt.Errorf("read what was built: %w", err)
	}
	var packed bytes.Buffer
	w := brotli.NewWriterLevel(&packed, quality)
	if _, err := w.Write(plain); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if err := os.WriteFile(program+".br", packed.Bytes(), 0o600); err != nil {
		return nil, fmt.Errorf("keep what was compressed: %w", err)
	}
	return startChild(ctx, nil, server, program+".br")
}
