package layers

import (
	"go/ast"
	"path/filepath"
	"strings"
	"testing"
)

// A type that is larger than this cannot be read whole. One that has to be says
// why, in a line of its doc comment that begins with sizeReason.
const (
	mostMethods = 30
	mostFields  = 20
	sizeReason  = "//layers:size "
)

// mostPageFiles is how many files the flow of the pages may take, besides tests.
const mostPageFiles = 15

// size is what a type consists of in the files that are not tests.
type size struct {
	methods, fields int
	reason          string
}

func TestSizes(t *testing.T) {
	for name, s := range sizes(t, root(t), "app", "server", "static", "wasm") {
		switch big := s.methods > mostMethods || s.fields > mostFields; {
		case big && s.reason == "":
			t.Errorf("%s has %d methods (at most %d) and %d fields (at most %d): part it, or say why not after %q",
				name, s.methods, mostMethods, s.fields, mostFields, sizeReason)
		case !big && s.reason != "":
			t.Errorf("%s is small: its %q is for nothing", name, sizeReason)
		}
	}
}

func TestPageFiles(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root(t), "app/page/*.go"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") {
			n++
		}
	}
	if n == 0 || n > mostPageFiles {
		t.Errorf("app/page has %d files besides tests, not 1 to %d", n, mostPageFiles)
	}
}

// TestSizesAreCounted counts types whose size is known.
func TestSizesAreCounted(t *testing.T) {
	got := sizes(t, "testdata", "sizes")
	want := map[string]size{
		"sizes.Struct":    {methods: 3, fields: 4},
		"sizes.Generic":   {methods: 1, fields: 1},
		"sizes.Interface": {methods: 2},
		"sizes.Reasoned":  {fields: 1, reason: "a table has a column for each"},
	}
	for name, w := range want {
		if got[name] != w {
			t.Errorf("%s: %+v, want %+v", name, got[name], w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d types, want %d: %v", len(got), len(want), got)
	}
}

// sizes counts the types of the folders below dir, by package and name.
func sizes(t *testing.T, dir string, folders ...string) map[string]size {
	t.Helper()
	all := map[string]size{}
	eachFile(t, dir, folders, func(pkg, name string, f *ast.File) {
		if !strings.HasSuffix(name, "_test.go") && !ast.IsGenerated(f) {
			count(all, pkg, f)
		}
	})
	return all
}

// count adds what a file says of types.
func count(all map[string]size, pkg string, f *ast.File) {
	add := func(name string, change func(*size)) {
		key := pkg + "." + name
		s := all[key]
		change(&s)
		all[key] = s
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv != nil {
				add(receiver(d.Recv.List[0].Type), func(s *size) { s.methods++ })
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				spec, ok := spec.(*ast.TypeSpec)
				if !ok {
					continue
				}
				add(spec.Name.Name, func(s *size) {
					s.reason = reason(d.Doc, spec.Doc)
					switch is := spec.Type.(type) {
					case *ast.StructType:
						s.fields = names(is.Fields)
					case *ast.InterfaceType:
						s.methods = names(is.Methods)
					}
				})
			}
		}
	}
}

// names counts what a list declares; what is embedded counts as one.
func names(l *ast.FieldList) (n int) {
	for _, f := range l.List {
		n += max(1, len(f.Names))
	}
	return n
}

// receiver is the name of a method's type, without pointer and parameters.
func receiver(e ast.Expr) string {
	for {
		switch is := e.(type) {
		case *ast.StarExpr:
			e = is.X
		case *ast.IndexExpr:
			e = is.X
		case *ast.IndexListExpr:
			e = is.X
		case *ast.Ident:
			return is.Name
		default:
			return ""
		}
	}
}

func reason(docs ...*ast.CommentGroup) string {
	for _, doc := range docs {
		if doc == nil {
			continue
		}
		for _, c := range doc.List {
			if why, ok := strings.CutPrefix(c.Text, sizeReason); ok {
				return strings.TrimSpace(why)
			}
		}
	}
	return ""
}
