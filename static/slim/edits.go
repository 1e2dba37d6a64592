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

// settle keeps the page whole where others change it.
//
//go:embed _settle.go
var settle []byte

// packages are go-app's that are copied: app and what it imports.
var packages = []string{"pkg/app", "pkg/errors"}

// release is the version of go-app that the edits were written for.
const release = "v9.8.0"

// edits are all changes, by file of that release.
var edits = map[string]edit{
	// The server's: net/http and text/template, and with them crypto/tls.
	"pkg/app/http.go":     {leave: true},
	"pkg/app/resource.go": {leave: true},
	// AES for states that are to be stored encrypted. We store none.
	"pkg/app/crypto.go": {leave: true},
	// Ids with crypto/rand, net and database/sql/driver behind them. And states
	// that are kept or sent to other tabs: we have none, and where a browser
	// blocks storage, to look for them at the start ends the program.
	"pkg/app/state.go": {swaps: append([]swap{
		{"\ts.expireExpriredPersistentValues()\n", ""},
		{"\ts.initBroadcast()\n", "\ts.onBroadcastClose = func() {}\n"},
	}, uuids...)},
	"pkg/app/context.go": {swaps: uuids},
	// Go's regular expressions, for the one route that has a pattern.
	"pkg/app/route.go": {swaps: []swap{
		{"\t\"regexp\"\n", ""},
		{"regexp.MustCompile(pattern)", "compile(pattern)"},
		{"*regexp.Regexp", "expression"},
	}},
	// All that changes what is in the page: _settle.go says why. The page that
	// the server has drawn is found by its id; add-ons may stand before it.
	"pkg/app/html.go": {swaps: []swap{
		{"\tif e.attributes == nil && v.getAttributes() != nil {\n", "\te.heal()\n\n\tif e.attributes == nil && v.getAttributes() != nil {\n"},
		{"\te.JSValue().replaceChild(new, old)\n", "\te.settle()\n"},
		{"\te.jsElement.removeChild(child)\n\tdismount(child)\n", ""},
		{"\te.children = children[:len(children)-1]\n", "\te.children = children[:len(children)-1]\n\te.settle()\n\tdismount(child)\n"},
		{"\te.JSValue().appendChild(v)\n\te.children = append(e.children, v)\n", "\te.children = append(e.children, v)\n\te.settle()\n"},
		{"\te.contextCancel()\n}", "\te.contextCancel()\n\tdrop(e.jsElement)\n}"},
	}},
	"pkg/app/text.go": {swaps: []swap{
		{"\t\tt.JSValue().setNodeValue(o.value)\n", "\t\tt.JSValue().setNodeValue(o.value)\n\t\tsettleAbove(t)\n"},
		{"\tt.jsvalue = nil\n", "\tdrop(t.jsvalue)\n\tt.jsvalue = nil\n"},
	}},
	"pkg/app/raw.go": {swaps: []swap{
		{"\tr.jsvalue = nil\n", "\tdrop(r.jsvalue)\n\tr.jsvalue = nil\n"},
	}},
	"pkg/app/component.go": {swaps: []swap{
		{"\ta := c.root\n", "\tdefer c.heal()\n\ta := c.root\n"},
		{"\toldjs := old.JSValue()\n\tnewjs := v.JSValue()\n\tparent.JSValue().replaceChild(newjs, oldjs)\n", "\tsettleAbove(c)\n"},
	}},
	// Nor are there storages, for the reason above: these are memory.
	"pkg/app/app.go": {swaps: []swap{
		{"body.JSValue().firstElementChild()", "Window().GetElementByID(pageID)"},
		{"\t\tLocalStorage:           newJSStorage(\"localStorage\"),\n\t\tSessionStorage:         newJSStorage(\"sessionStorage\"),\n", ""},
	}},
}

var uuids = []swap{
	{"\t\"github.com/google/uuid\"\n", ""},
	{"uuid.NewString()", "newID()"},
}

// edit is what becomes of one file.
type edit struct {
	leave bool // it is not copied
	swaps []swap
}

// swap replaces the one place where old stands.
type swap struct{ old, new string }

// slimmed returns the files of the copy by name below the folder that it goes
// to. Tests are not among them.
func slimmed(dir string) (map[string][]byte, error) {
	files := map[string][]byte{"go-app/pkg/app/standin.go": standIn, "go-app/pkg/app/settle.go": settle}
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
	for _, s := range e.swaps {
		if n := bytes.Count(b, []byte(s.old)); n != 1 {
			return nil, fmt.Errorf("%w: it has %q %d times", errEdit, s.old, n)
		}
		b = bytes.Replace(b, []byte(s.old), []byte(s.new), 1)
	}
	return b, nil
}
