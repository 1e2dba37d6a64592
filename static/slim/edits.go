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

// edits are all changes, by file of go-app v9.8.0.
var edits = map[string]edit{
	// The server's: net/http and text/template, and with them crypto/tls.
	"pkg/app/http.go":     {sum: "970d42ad2eb2897f5d179802189449eac5bcc162062707c759fa72b42cc48154", leave: true},
	"pkg/app/resource.go": {sum: "e291206c020f804adff4df09fa7fa792bb15a6fccacffe2c409833b6f1ffae19", leave: true},
	// AES for states that are to be stored encrypted. We store none.
	"pkg/app/crypto.go": {sum: "088647254b630cd5c4c17fedf499086c2ad3b6a7d6bbbe1d167d9b6840669789", leave: true},
	// Ids with crypto/rand, net and database/sql/driver behind them. And states
	// that are kept or sent to other tabs: we have none, and where a browser
	// blocks storage, to look for them at the start ends the program.
	"pkg/app/state.go": {sum: "e39450e0918adde572b5405f818a1791ee084d5b11b92f36333b94d1e3dd7117", swaps: append([]swap{
		{"\ts.expireExpriredPersistentValues()\n", ""},
		{"\ts.initBroadcast()\n", "\ts.onBroadcastClose = func() {}\n"},
	}, uuids...)},
	"pkg/app/context.go": {sum: "3836100697151f3e6530fbc0e93631c4d6dc0f49756e0cc323c012047b4cb83f", swaps: uuids},
	// Go's regular expressions, for the one route that has a pattern.
	"pkg/app/route.go": {sum: "164adabe8fbf70301f946a60ac22ee4f714b503ea4dbc170e57505057bd41365", swaps: []swap{
		{"\t\"regexp\"\n", ""},
		{"regexp.MustCompile(pattern)", "compile(pattern)"},
		{"*regexp.Regexp", "expression"},
	}},
	// All that changes what is in the page: _settle.go says why. The page that
	// the server has drawn is found by its id; add-ons may stand before it.
	"pkg/app/html.go": {sum: "1dcd00776c86a3695ff91bb0aa041bd6872d8212fa507129cd85f76bae2a6567", swaps: []swap{
		{"\tif e.attributes == nil && v.getAttributes() != nil {\n", "\te.heal()\n\n\tif e.attributes == nil && v.getAttributes() != nil {\n"},
		{"\te.JSValue().replaceChild(new, old)\n", "\te.settle()\n"},
		{"\te.jsElement.removeChild(child)\n\tdismount(child)\n", ""},
		{"\te.children = children[:len(children)-1]\n", "\te.children = children[:len(children)-1]\n\te.settle()\n\tdismount(child)\n"},
		{"\te.JSValue().appendChild(v)\n\te.children = append(e.children, v)\n", "\te.children = append(e.children, v)\n\te.settle()\n"},
		{"\te.contextCancel()\n}", "\te.contextCancel()\n\tdrop(e.jsElement)\n}"},
	}},
	"pkg/app/text.go": {sum: "2105259e86f05f6f51c071d2e4d1413676a9149028720a5666696e99af918df9", swaps: []swap{
		{"\t\tt.JSValue().setNodeValue(o.value)\n", "\t\tt.JSValue().setNodeValue(o.value)\n\t\tsettleAbove(t)\n"},
		{"\tt.jsvalue = nil\n", "\tdrop(t.jsvalue)\n\tt.jsvalue = nil\n"},
	}},
	"pkg/app/raw.go": {sum: "e398532ceec75c116aaad92032c83e91430df2950cd5c7d35fb064dfb772557c", swaps: []swap{
		{"\tr.jsvalue = nil\n", "\tdrop(r.jsvalue)\n\tr.jsvalue = nil\n"},
	}},
	"pkg/app/component.go": {sum: "a55dd37d99fb083adc9a7119551acb0c34c31f93118158f93f912ff6dd11a204", swaps: []swap{
		{"\ta := c.root\n", "\tdefer c.heal()\n\ta := c.root\n"},
		{"\toldjs := old.JSValue()\n\tnewjs := v.JSValue()\n\tparent.JSValue().replaceChild(newjs, oldjs)\n", "\tsettleAbove(c)\n"},
	}},
	// Nor are there storages, for the reason above: these are memory.
	"pkg/app/app.go": {sum: "b3d67845446771739a368411d507414ecec4b71009b93a55628cb191b8fd050e", swaps: []swap{
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
	sum   string // SHA-256 of the file as released
	leave bool   // it is not copied
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
