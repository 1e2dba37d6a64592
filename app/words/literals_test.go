package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// drawing are the packages that put texts before people.
var drawing = []string{"ui", "device", "stage", "page"}

// TestNoWordsInTheMarkup finds what people would read in one language only:
// texts that stand in the code and not in the tables.
func TestNoWordsInTheMarkup(t *testing.T) {
	var files []string
	for _, dir := range drawing {
		found, err := filepath.Glob(filepath.Join("..", dir, "*.go"))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s has no files: %v", dir, err)
		}
		files = append(files, found...)
	}
	words := regexp.MustCompile(`\pL{2,}`)
	spoken := map[string]int{ // methods and functions with a text, and which argument it is
		"Text": 0, "Title": 0, "Placeholder": 0, "Alt": 0, "Label": 0, "Say": 0, "Complain": 0, "SetTitle": 0,
		"Heading": 0, "Note": 1, "Button": 3, "Control": 2, "Aria": 1,
	}
	seen := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, file, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name := ""
			switch fun := call.Fun.(type) {
			case *ast.SelectorExpr:
				name = fun.Sel.Name
			case *ast.Ident:
				name = fun.Name
			}
			at, ok := spoken[name]
			if !ok || len(call.Args) <= at {
				return true
			}
			if name == "Aria" { // only these are read out; the rest are states and ids
				what, ok := call.Args[0].(*ast.BasicLit)
				if !ok || what.Value != `"label"` && what.Value != `"description"` && what.Value != `"roledescription"` {
					return true
				}
			}
			seen++
			ast.Inspect(call.Args[at], func(n ast.Node) bool {
				if inner, ok := n.(*ast.CallExpr); ok && inner != n {
					return false
				}
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					if text, err := strconv.Unquote(lit.Value); err == nil && words.MatchString(text) {
						t.Errorf("%s: %q belongs into package words", set.Position(lit.Pos()), text)
					}
				}
				return true
			})
			return true
		})
	}
	if seen < 50 {
		t.Errorf("only %d texts were looked at: does the test still know how texts are written?", seen)
	}
}
