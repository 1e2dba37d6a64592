// Command pack lays the built and third-party front-end files beside our own
// in static/web, and compresses them once so that no request has to: the
// toolchain's wasm_exec.js, twilio-video.js with its licence, and a .br and a
// .gz twin of everything worth it. `make wasm` runs it after the WASM is built.
//
// Usage: go run ./static/pack [-quality 0..11] (from the root of the module)
package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

const (
	web = "static/web"
	sdk = "static/node_modules/twilio-video"
	// blur is Twilio's library for what is behind a person. Of its two models'
	// runtimes only the one for SIMD is taken: without SIMD it is too slow.
	blur = "static/node_modules/@twilio/video-processors"
)

func main() {
	// 11 is worth 5 % over 9 on the WASM and takes five times as long: releases
	// want it, a developer's `make run` does not.
	quality := flag.Int("quality", brotli.BestCompression, "brotli quality, 0 to 11")
	flag.Parse()
	if err := run(*quality); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func run(quality int) error {
	if _, err := os.Stat(filepath.Join(web, "app.wasm")); err != nil {
		return fmt.Errorf("the WASM is not built (make wasm builds it): %w", err)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("ask go for its root: %w", err)
	}
	copies := map[string]string{
		// go-app carries an older copy; the file must match the compiler.
		filepath.Join(strings.TrimSpace(string(root)), "lib/wasm/wasm_exec.js"): "wasm_exec.js",
		sdk + "/dist/twilio-video.min.js":                                       "vendor/twilio-video.min.js",
		sdk + "/LICENSE.md":                                                     "vendor/twilio-video.LICENSE.md",
	}
	for _, name := range []string{"twilio-video-processors.min.js", "twilio-gaussian-blur-background-processor-pipeline-worker.js",
		"tflite-simd-1-0-0.js", "tflite-simd-1-0-0.wasm", "selfie_segmentation_landscape.tflite"} {
		copies[blur+"/dist/build/"+name] = "vendor/video-processors/" + name
	}
	copies[blur+"/LICENSE.md"] = "vendor/video-processors/LICENSE.md"
	for from, to := range copies {
		if err := copyFile(from, filepath.Join(web, to)); err != nil {
			return fmt.Errorf("copy %s (make deps installs it): %w", from, err)
		}
	}
	return compressAll(quality)
}

// copyFile leaves a file alone that is the same already, so that its age keeps
// telling whether the compressed twins are current.
func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if old, err := os.ReadFile(to); err == nil && bytes.Equal(old, b) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o644)
}

func compressAll(quality int) error {
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		errs error
	)
	err := filepath.WalkDir(web, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch filepath.Ext(path) {
		case ".wasm", ".js", ".css", ".svg", ".json", ".webmanifest":
			wg.Go(func() {
				if err := compress(path, quality); err != nil {
					mu.Lock()
					defer mu.Unlock()
					errs = errors.Join(errs, fmt.Errorf("compress %s: %w", path, err))
				}
			})
		}
		return nil
	})
	wg.Wait()
	return errors.Join(err, errs)
}

func compress(path string, quality int) error {
	src, err := os.Stat(path)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	br := func(w io.Writer) (io.WriteCloser, error) { return brotli.NewWriterLevel(w, quality), nil }
	gz := func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, gzip.BestCompression) }
	if err := twin(path+".br", src, b, br); err != nil {
		return err
	}
	return twin(path+".gz", src, b, gz)
}

// twin writes the compressed copy of a file, unless there is one that is not
// older than the file.
func twin(path string, src os.FileInfo, content []byte, compressor func(io.Writer) (io.WriteCloser, error)) error {
	if t, err := os.Stat(path); err == nil && !t.ModTime().Before(src.ModTime()) {
		return nil
	}
	var out bytes.Buffer
	w, err := compressor(&out)
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(path, out.Bytes(), 0o644)
}
