package docs

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDependencies wants a reason for every direct dependency of each of our modules and packages, and
// every tool.
func TestDependencies(t *testing.T) {
	t.Parallel()
	reasons := pages(t)["docs/dependencies.md"].text
	named := func(names ...string) bool {
		for _, name := range names {
			if strings.Contains(reasons, "`"+name+"`") {
				return true
			}
		}
		return false
	}
	version := regexp.MustCompile(`/v\d+$`)
	for _, file := range []string{"go.mod", "server/bench/media/go.mod", "docs/operate/check/go.mod", ".lint/go.mod"} {
		n := 0
		for _, module := range direct(t, file) {
			n++
			name := strings.TrimPrefix(module, "github.com/")
			plain := version.ReplaceAllString(name, "")
			// Of a house with many modules, the first is named whole.
			if !named(name, plain, path.Base(plain)) {
				t.Errorf("docs/dependencies.md has no reason for %s of %s", module, file)
			}
		}
		if n < 2 {
			t.Errorf("%s has %d direct dependencies", file, n)
		}
	}
	for _, file := range []string{"static/package.json", "static/flex/package.json"} {
		var p struct{ Dependencies, DevDependencies map[string]string }
		raw, err := os.ReadFile(filepath.Join(root, file))
		if err == nil {
			err = json.Unmarshal(raw, &p)
		}
		if err != nil || len(p.Dependencies) == 0 {
			t.Fatalf("read %s: %v", file, err)
		}
		for _, list := range []map[string]string{p.Dependencies, p.DevDependencies} {
			for name := range list {
				if !named(name) {
					t.Errorf("docs/dependencies.md has no reason for %s of %s", name, file)
				}
			}
		}
	}
}

// direct returns the modules that a go.mod requires itself, besides ours, and its tools.
func direct(t *testing.T, file string) (modules []string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	block := ""
	for line := range strings.Lines(string(raw)) {
		f := strings.Fields(line)
		switch {
		case len(f) == 0 || strings.HasSuffix(strings.TrimSpace(line), "// indirect"):
		case f[0] == ")":
			block = ""
		case len(f) == 2 && f[1] == "(":
			block = f[0]
		case block == "" && len(f) > 1 && (f[0] == "require" || f[0] == "tool"):
			modules = append(modules, f[1])
		case (block == "require" || block == "tool") && f[0] != "escalate":
			modules = append(modules, f[0])
		}
	}
	return modules
}
