// Package version says what this binary was built from.
package version

import (
	"cmp"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"

	"escalate/static"
)

// given is what the build names the version, by the linker's -X: where there is no
// repository to read it from, as in an image. Nothing else writes it.
var given string

// unknown stands for what the build did not write down.
const unknown = "unknown"

// Info is what the binary was built from. Each field has a value.
type Info struct {
	Version string // a tag, or what Go makes of the commit
	Commit  string // of Git, with "+dirty" where files were changed since
	Go      string // the toolchain's version
	SDK     string // of the twilio-video.js that browsers get
	Helper  string // of twilio-go
}

// Read returns what the build wrote into the binary.
func Read() Info { return read() }

var read = sync.OnceValue(func() Info {
	b, ok := debug.ReadBuildInfo()
	if !ok {
		b = &debug.BuildInfo{}
	}
	i := of(b, given)
	i.SDK = cmp.Or(static.SDK(), unknown)
	return i
})

// of returns what b says; a version that was given wins.
func of(b *debug.BuildInfo, given string) Info {
	i := Info{Version: given, Go: b.GoVersion}
	if i.Version == "" && b.Main.Version != "(devel)" {
		i.Version = b.Main.Version
	}
	dirty := ""
	for _, s := range b.Settings {
		switch s.Key {
		case "vcs.revision":
			i.Commit = s.Value
		case "vcs.modified":
			if s.Value == "true" {
				dirty = "+dirty"
			}
		}
	}
	if i.Commit != "" {
		i.Commit += dirty
	}
	for _, d := range b.Deps {
		if d.Path == "github.com/twilio/twilio-go" {
			i.Helper = d.Version
		}
	}
	for _, field := range []*string{&i.Version, &i.Commit, &i.Go, &i.Helper} {
		*field = cmp.Or(*field, unknown)
	}
	return i
}

// String is the lines that a person reads.
func (i Info) String() string {
	var b strings.Builder
	for _, l := range []struct{ name, value string }{
		{"escalate", i.Version}, {"commit", i.Commit}, {"go", strings.TrimPrefix(i.Go, "go")}, {"twilio-video.js", i.SDK}, {"twilio-go", i.Helper},
	} {
		fmt.Fprintf(&b, "%-16s %s\n", l.name, l.value)
	}
	return b.String()
}
