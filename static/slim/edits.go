package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// standIn is what the rest of package app still asks of the files left out.
//
//go:embed _standin.go
var standIn []byte

// packages are go-app's that are copied: app and what it imports.
var packages = []string{"pkg/app", "pkg/errors"}

// edits are all changes, by file of go-app v9.8.0.
var edits = map[string]edit{
	// The server's: net/http and text/template, and with them crypto/tls.
	"pkg/app/http.go":     {sum: "970d42ad2eb2897f5d179802189449eac5bcc162062707c759fa72b42cc48154", leave: true},
	"pkg/app/resource.go": {sum: "e291206c020f804adff4df09fa7fa792bb15a6fccacffe2c409833b6f1ffae19", leave: true},
	// AES for states that are to be stored encrypted. We store none.
	"pkg/app/crypto.go": {sum: "088647254b630cd5c4c17fedf499086c2ad3b6a7d6bbbe1d167d9b6840669789", leave: true},
	// Ids with crypto/rand, net and database/sql/driver behind them.
	"pkg/app/state.go":   {sum: "e39450e0918adde572b5405f818a1791ee084d5b11b92f36333b94d1e3dd7117", swaps: uuids},
	"pkg/app/context.go": {sum: "3836100697151f3e6530fbc0e93631c4d6dc0f49756e0cc323c012047b4cb83f", swaps: uuids},
	// Go's regular expressions, for the one route that has a pattern.
	"pkg/app/route.go": {sum: "164adabe8fbf70301f946a60ac22ee4f714b503ea4dbc170e57505057bd41365", swaps: []swap{
		{"\t\"regexp\"\n", ""},
		{"regexp.MustCompile(pattern)", "compile(pattern)"},
		{"*regexp.Regexp", "expression"},
	}},
}

var uuids = []swap{
	{"\t\"github.com/google/uuid\"\n", ""},
	{"uuid.NewString()", "newID()"},
}

// edit is what becomes of one file.
type edit struct {
	sum   string // SHA-256 of the file as released
	leave bool   // it is not copied
	swaps []swap
}

// swap replaces the one place where old stands.
type swap struct{ old, new string }

// slimmed returns the files of the copy by name below the folder that it goes
// to. Tests are not among them.
func slimmed(dir string) (map[string][]byte, error) {
	files := map[string][]byte{"go-app/pkg/app/standin.go": standIn}
	// go.mod as it is: what we require does not change, so that go.sum holds.
	names := []string{"go.mod", "LICENSE"}
	for _, p := range packages {
		found, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(p), "*.go"))
		if err != nil {
			return nil, fmt.Errorf("list %s: %w", p, err)
		}
		for _, f := range found {
			if !strings.HasSuffix(f, "_test.go") {
				names = append(names, path.Join(p, filepath.Base(f)))
			}
		}
	}
	done := 0
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return nil, fmt.Errorf("copy: %w", err)
		}
		if e, ok := edits[name]; ok {
			done++
			if b, err = e.apply(b); err != nil {
				return nil, fmt.Errorf("edit %s: %w", name, err)
			}
			if e.leave {
				continue
			}
		}
		files["go-app/"+name] = b
	}
	if done != len(edits) {
		return nil, fmt.Errorf("%w: %d of %d files to edit are there", errEdit, done, len(edits))
	}
	return files, nil
}

func (e edit) apply(b []byte) ([]byte, error) {
	if got := sum(b); got != e.sum {
		return nil, fmt.Errorf("%w: its SHA-256 is %s, not %s", errEdit, got, e.sum)
	}
	for _, s := range e.swaps {
		if n := bytes.Count(b, []byte(s.old)); n != 1 {
			return nil, fmt.Errorf("%w: it has %q %d times", errEdit, s.old, n)
		}
		b = bytes.Replace(b, []byte(s.old), []byte(s.new), 1)
	}
	return b, nil
}
