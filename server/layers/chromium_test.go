package layers

import (
	"go/ast"
	"go/build/constraint"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestChromiumTestsArePlayed keeps tests of the browser from being left out: a
// package that has them beside others is listed in the Makefile, which plays
// those whose names end in InChromium.
func TestChromiumTestsArePlayed(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root(t), "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^CHROMIUM_TESTS := (.*)$`).FindSubmatch(makefile)
	if line == nil {
		t.Fatal("the Makefile has no CHROMIUM_TESTS")
	}
	listed := strings.Fields(string(line[1]))
	whole := []string{"./server/e2e", "./server/flexdev"} // all of their tests are played

	seen := 0
	eachFile(t, root(t), []string{"app", "docs", "server"}, func(in, name string, f *ast.File) {
		pkg := "./" + in
		if !strings.HasSuffix(name, "_test.go") || slices.Contains(whole, pkg) || !needsTag(f, "e2e") {
			return
		}
		for _, test := range tests(f) {
			seen++
			if !strings.HasSuffix(test, "InChromium") {
				t.Errorf("%s in %s drives a browser: call it %sInChromium, or make e2e does not play it", test, pkg, test)
			}
			if !slices.Contains(listed, pkg) {
				t.Errorf("%s has %s and is not among the Makefile's CHROMIUM_TESTS", pkg, test)
			}
		}
	})
	if seen == 0 {
		t.Error("no test of the browser was found")
	}
}

// needsTag says whether a file is left out without a build tag.
func needsTag(f *ast.File, tag string) bool {
	for _, group := range f.Comments {
		for _, c := range group.List {
			if group.Pos() > f.Package || !constraint.IsGoBuild(c.Text) {
				continue
			}
			if x, err := constraint.Parse(c.Text); err == nil {
				return !x.Eval(func(t string) bool { return t != tag })
			}
		}
	}
	return false
}

// tests are the names of a file's tests.
func tests(f *ast.File) (names []string) {
	for _, d := range f.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil && strings.HasPrefix(d.Name.Name, "Test") && d.Name.Name != "TestMain" {
			names = append(names, d.Name.Name)
		}
	}
	return names
}
