package rest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// operation is a route as its source has it.
type operation struct {
	product, method, path string
	refused               []string // as refusing was given them
	// words are the string constants that stand in its handler and whatever of this
	// package that calls. A parameter is carried out if its name is among them.
	words map[string]bool
	// never is whether its handler returns nothing but errors: it is there to say why.
	never bool
}

// onlyRefuses reports whether a route's handler, which may stand in others, names a function all of
// whose ways end in an error.
func (s *source) onlyRefuses(handler ast.Expr) (never bool) {
	ast.Inspect(handler, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			for _, f := range s.functions[id.Name] {
				never = never || f.Body != nil && refuses(f.Body)
			}
		}
		return !never
	})
	return never
}

// refuses reports whether a function returns nothing but errors.
func refuses(body *ast.BlockStmt) bool {
	never := true
	ast.Inspect(body, func(n ast.Node) bool {
		r, ok := n.(*ast.ReturnStmt)
		if !ok {
			return never
		}
		never = never && len(r.Results) == 1 && isError(r.Results[0])
		return never
	})
	return never
}

// isError reports whether an expression is an error by its form: err, one that a package keeps, or
// one of what makes the answers of this package.
func isError(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return strings.HasPrefix(e.Name, "err")
	case *ast.SelectorExpr:
		return strings.HasPrefix(e.Sel.Name, "Err")
	case *ast.CallExpr:
		f, ok := e.Fun.(*ast.Ident)
		return ok && slices.Contains([]string{"invalid", "bad", "unsupported", "notFound"}, f.Name)
	}
	return false
}

// source is the package's own code.
type source struct {
	values    map[string]ast.Expr        // constants and variables
	functions map[string][]*ast.FuncDecl // by name, methods too
}

// operations reads the routes from the package's source: what a handler reads of a
// request cannot be asked of a running one, since much of it depends on what else there is.
func operations(t *testing.T) []operation {
	t.Helper()
	s := source{values: map[string]ast.Expr{}, functions: map[string][]*ast.FuncDecl{}}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				s.functions[d.Name.Name] = append(s.functions[d.Name.Name], d)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if v, ok := spec.(*ast.ValueSpec); ok {
						for i, name := range v.Names {
							if i < len(v.Values) {
								s.values[name.Name] = v.Values[i]
							}
						}
					}
				}
			}
		}
	}
	table, ok := s.values["routes"].(*ast.CompositeLit)
	if !ok {
		t.Fatal("routes is no composite literal")
	}
	var all []operation
	for _, e := range table.Elts {
		product := e.(*ast.KeyValueExpr)
		name := s.text(t, product.Key)
		list, ok := product.Value.(*ast.CompositeLit)
		if id, isName := product.Value.(*ast.Ident); isName {
			list, ok = s.values[id.Name].(*ast.CompositeLit)
		}
		if !ok {
			t.Fatalf("the routes of %s are no composite literal", name)
		}
		for _, r := range list.Elts {
			fields := r.(*ast.CompositeLit).Elts
			o := operation{product: name, path: s.text(t, fields[1]), words: map[string]bool{}}
			o.method = map[string]string{"get": "GET", "post": "POST", "del": "DELETE"}[fields[0].(*ast.Ident).Name]
			o.never = s.onlyRefuses(fields[2])
			s.follow(t, fields[2], &o, map[*ast.FuncDecl]bool{})
			all = append(all, o)
		}
	}
	// What is read is what is served.
	at := 0
	for _, o := range all {
		if !slices.ContainsFunc(routes[o.product], func(r route) bool { return r.method == o.method && r.path == o.path }) {
			t.Errorf("%s %s is in the source and not in routes", o.method, o.path)
		}
		at++
	}
	for _, list := range routes {
		at -= len(list)
	}
	if at != 0 {
		t.Errorf("the source has %d routes more than there are", at)
	}
	return all
}

// text is the value of a constant expression of strings.
func (s *source) text(t *testing.T, e ast.Expr) string {
	t.Helper()
	switch e := e.(type) {
	case *ast.BasicLit:
		v, err := strconv.Unquote(e.Value)
		if err != nil {
			t.Fatal(err)
		}
		return v
	case *ast.Ident:
		if v := s.values[e.Name]; v != nil {
			return s.text(t, v)
		}
	case *ast.BinaryExpr:
		return s.text(t, e.X) + s.text(t, e.Y)
	}
	t.Fatalf("%T is no constant text", e)
	return ""
}

// texts are the values of a constant, or of a variable that is a list of them.
func (s *source) texts(t *testing.T, e ast.Expr) (all []string) {
	t.Helper()
	id, ok := e.(*ast.Ident)
	if !ok {
		return []string{s.text(t, e)}
	}
	list, ok := s.values[id.Name].(*ast.CompositeLit)
	if !ok {
		return []string{s.text(t, e)}
	}
	for _, e := range list.Elts {
		all = append(all, s.text(t, e))
	}
	return all
}

// follow collects the words of n and of every function of the package that it names.
func (s *source) follow(t *testing.T, n ast.Node, o *operation, seen map[*ast.FuncDecl]bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		name := ""
		switch n := n.(type) {
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && f.Name == "refusing" {
				s.follow(t, n.Args[0], o, seen)
				for _, a := range n.Args[1:] {
					o.refused = append(o.refused, s.texts(t, a)...)
				}
				return false
			}
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				if v, err := strconv.Unquote(n.Value); err == nil {
					o.words[v] = true
				}
			}
		case *ast.Ident:
			name = n.Name
		}
		for _, f := range s.functions[name] {
			if !seen[f] && f.Body != nil {
				seen[f] = true
				s.follow(t, f.Body, o, seen)
			}
		}
		if v, ok := s.values[name].(*ast.BasicLit); ok && v.Kind == token.STRING {
			o.words[s.text(t, v)] = true
		}
		return true
	})
}
