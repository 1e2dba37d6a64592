package layers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// eachFile reads every Go file in the folders below dir, but for what no package
// of ours is made of, and calls f with its package's path below dir and its name.
func eachFile(t *testing.T, dir string, folders []string, f func(pkg, name string, file *ast.File)) {
	t.Helper()
	for _, folder := range folders {
		top := filepath.Join(dir, folder)
		err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && name != top && (d.Name() == "node_modules" || d.Name() == "testdata"):
				return fs.SkipDir
			case d.IsDir() || !strings.HasSuffix(name, ".go"):
				return nil
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			in, err := filepath.Rel(dir, filepath.Dir(name))
			if err != nil {
				return err
			}
			f(filepath.ToSlash(in), d.Name(), file)
			return nil
		})
		if err != nil {
			t.Fatalf("read the Go files of %s: %v", folder, err)
		}
	}
}
