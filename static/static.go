// Package static embeds the files that browsers fetch, so that the server is
// one binary: style sheet, icons, start script, and what `make wasm` puts
// beside them (app.wasm, the toolchain's wasm_exec.js, twilio-video.js). It
// serves nothing itself.
package static

import (
	"embed"
	"io"
	"io/fs"
	"strings"
)

// all: takes the built files along when they are there; a fresh clone compiles
// without them.
//
//go:embed all:web
var web embed.FS

// WASM is the name of the compiled browser half within Files. It is missing
// until `make wasm` has run.
const WASM = "app.wasm"

// Files returns the embedded tree, rooted so that "app.css" is a file in it.
func Files() (fs.FS, error) {
	return fs.Sub(web, "web")
}

// SDK returns the version of twilio-video.js within Files, by what its first line
// says; empty where `make wasm` has not put it there.
func SDK() string {
	f, err := web.Open("web/vendor/twilio-video.min.js")
	if err != nil {
		return ""
	}
	defer f.Close()
	head := make([]byte, 64)
	n, _ := io.ReadFull(f, head) // a file that is shorter says nothing
	line, _, _ := strings.Cut(string(head[:n]), "\n")
	version, ok := strings.CutPrefix(line, "/*! twilio-video.js ")
	if !ok {
		return ""
	}
	return version
}
