package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	journeyStep = regexp.MustCompile(`(?m)^\d+\. .*$`)
	named       = regexp.MustCompile("`((?:app|server)/[\\w/]+)`,? (?:such as )?`(\\w+)`")
)

// TestJourneys wants every name that the journeys of architecture.md give to be
// declared in the package beside it.
func TestJourneys(t *testing.T) {
	t.Parallel()
	text := pages(t)["docs/architecture.md"].text
	begin, end := strings.Index(text, "## Five journeys"), strings.Index(text, "## The lock protocol")
	if begin < 0 || end < begin {
		t.Fatal("docs/architecture.md has no journeys")
	}
	names := 0
	for _, step := range journeyStep.FindAllString(text[begin:end], -1) {
		for _, m := range named.FindAllStringSubmatch(step, -1) {
			names++
			if !declares(t, m[1], m[2]) {
				t.Errorf("%s declares no %s, which docs/architecture.md names", m[1], m[2])
			}
		}
	}
	if names < 30 {
		t.Errorf("found %d names in the journeys", names)
	}
}

// declares says whether a package has a function, method, type, variable or field of
// an interface of the name.
func declares(t *testing.T, pkg, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, pkg, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(`(?m)^func (?:\([^)]*\) )?` + name + `\b|^(?:type|var) ` + name + `\b|^\t` + name + `\(`)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if declared.Match(b) {
			return true
		}
	}
	return false
}
