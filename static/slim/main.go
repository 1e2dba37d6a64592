// Command slim makes the go-app that the browser half is built with: a copy
// from the module cache, in the git-ignored folder bin/slim, without what a
// browser has no use for. `make wasm` runs it before the WASM is built.
//
// go-app keeps its HTTP handler, for servers, in the package that browsers need
// too. Through it net/http, and through that TLS and all of its curves, end up
// in the WASM: the linker cannot drop package initialisers. They are a quarter
// of all that a customer waits for. `go build -overlay` would do without a copy,
// but is refused for files of the module cache; hence a copy, and a go.mod
// beside it with a replace directive, for this one build (go build -modfile).
// Everything else, also the server, is built with go-app as released.
//
// The copy also keeps the page whole where others change it, which go-app as
// released does not survive: see _settle.go.
//
// What is taken out and what stands in is in edits.go and _standin.go. The
// module must be the release that the edits were written for, and have the sum
// that go.sum has for it; anything else fails the build.
//
// Usage: go run ./static/slim [-out bin/slim] (from the root of the module)
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	out := flag.String("out", "bin/slim", "where copy and go.mod go; relative to the root of the module, or absolute")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "slim:", err)
		os.Exit(1)
	}
}

func run(out string) error {
	m, err := find(".")
	if err != nil {
		return err
	}
	if err := m.verify("go.sum"); err != nil {
		return err
	}
	files, err := slimmed(m.Dir)
	if err != nil {
		return fmt.Errorf("%s@%s: %w", m.Path, m.Version, err)
	}
	if err := modFiles(files, ".", out); err != nil {
		return err
	}
	return write(out, files)
}
