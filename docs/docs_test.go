// Package docs holds the documents to what can be checked: links lead
// somewhere, files and make targets that are named exist, the README is short
// and the pictures are small.
package docs

import (
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

const (
	root = ".."
	// maxLines keeps the README a door, which one reads standing.
	maxLines = 120
	// maxPictures, in bytes, is what all pictures may have together: everybody who
	// clones the repository gets them.
	maxPictures = 400_000
)

// history is told of files as they were then.
const history = "docs/changes.md"

// page is a document, its path from the root of the repository.
type page struct {
	path, text string
	prose      string // without blocks of code
	anchors    []string
}

var (
	fence   = regexp.MustCompile("(?ms)^```.*?^```[ \t]*$")
	heading = regexp.MustCompile(`(?m)^#{1,6} +(.+?) *#*$`)
	link    = regexp.MustCompile(`\]\(([^()\s]+)\)|(?:src|href)="([^"]+)"`)
	quoted  = regexp.MustCompile("`([^`\n]+)`")
	inTree  = regexp.MustCompile(`^(?:app|server|static|wasm|docs)(?:/[\w.*-]+)*/?$`)
	target  = regexp.MustCompile(`(?m)(?:^|[\x60;&] ?|\()make ([a-z][a-z0-9-]*)`)
)

// pages reads README.md and everything in docs.
func pages(t *testing.T) map[string]page {
	t.Helper()
	all := map[string]page{}
	read := func(name string) {
		b, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		p := page{path: filepath.ToSlash(name), text: string(b)}
		p.prose = fence.ReplaceAllString(p.text, "")
		for _, h := range heading.FindAllStringSubmatch(p.prose, -1) {
			p.anchors = append(p.anchors, anchor(h[1]))
		}
		all[p.path] = p
	}
	read("README.md")
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(name) == ".md" {
			read(filepath.Join("docs", name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// anchor is what GitHub makes of a heading.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}

// links returns where the page's relative links lead, from the root, and the
// anchor there.
func (p page) links(t *testing.T) (to [][2]string) {
	for _, m := range link.FindAllStringSubmatch(quoted.ReplaceAllString(p.prose, ""), -1) {
		u, err := url.Parse(m[1] + m[2])
		if err != nil {
			t.Errorf("%s: %v", p.path, err)
			continue
		}
		if u.Scheme != "" || u.Host != "" {
			continue // others' pages come and go
		}
		file := p.path
		if u.Path != "" {
			file = path.Join(path.Dir(p.path), u.Path)
		}
		to = append(to, [2]string{file, u.Fragment})
	}
	return to
}

func TestLinks(t *testing.T) {
	t.Parallel()
	all := pages(t)
	for _, p := range all {
		for _, l := range p.links(t) {
			file, fragment := l[0], l[1]
			if _, err := os.Stat(filepath.Join(root, file)); err != nil {
				t.Errorf("%s links to %s, which is not there", p.path, file)
			} else if fragment != "" && !slices.Contains(all[file].anchors, fragment) {
				t.Errorf("%s links to %s#%s, which has no such heading", p.path, file, fragment)
			}
		}
	}
}

// TestReachable finds documents that nobody would find.
func TestReachable(t *testing.T) {
	t.Parallel()
	all := pages(t)
	seen := map[string]bool{}
	var follow func(file string)
	follow = func(file string) {
		if p, ok := all[file]; ok && !seen[file] {
			seen[file] = true
			for _, l := range p.links(t) {
				follow(l[0])
			}
		}
	}
	follow("README.md")
	for file := range all {
		if !seen[file] {
			t.Errorf("no link leads from the README to %s", file)
		}
	}
}

// TestNamedFiles wants every file and folder of ours that a document names, as
// `server/web` or `app/page/*.go`.
func TestNamedFiles(t *testing.T) {
	t.Parallel()
	for _, p := range pages(t) {
		if p.path == history {
			continue
		}
		for _, m := range quoted.FindAllStringSubmatch(p.prose, -1) {
			if !inTree.MatchString(m[1]) || built(m[1]) {
				continue
			}
			if found, err := filepath.Glob(filepath.Join(root, m[1])); err != nil || len(found) == 0 {
				t.Errorf("%s names %s, which is not there", p.path, m[1])
			}
		}
	}
}

// built says whether a file comes only by make.
func built(name string) bool {
	return strings.Contains(name, "/out") || strings.HasSuffix(name, ".wasm") || strings.Contains(name, "node_modules")
}

func TestNamedTargets(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	makefile := "\n" + string(b)
	for _, p := range pages(t) {
		if p.path == history {
			continue
		}
		for _, m := range target.FindAllStringSubmatch(p.text, -1) {
			if !strings.Contains(makefile, "\n"+m[1]+":") {
				t.Errorf("%s names make %s, which the Makefile has not", p.path, m[1])
			}
		}
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	if n := strings.Count(pages(t)["README.md"].text, "\n"); n > maxLines {
		t.Errorf("the README has %d lines, more than %d", n, maxLines)
	}
	var size int64
	entries, err := os.ReadDir("pictures")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	if size > maxPictures {
		t.Errorf("the pictures have %d bytes together, more than %d", size, maxPictures)
	}
}
