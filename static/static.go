// Package static embeds the files that browsers fetch, so that the server is
// one binary: style sheet, icons, start script, and what `make wasm` puts
// beside them (app.wasm, the toolchain's wasm_exec.js, twilio-video.js). It
// serves nothing itself.
package static

import (
	"embed"
	"io/fs"
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
