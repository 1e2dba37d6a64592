package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// table is one Text as it stands in the source.
type table struct {
	name  string // of the variable it is in, for messages
	field string // of that variable's struct, if it is one
	at    token.Position
	texts map[string]string // by language
}

// tables reads the sentences of this package from its source, where a language
// that is missing shows.
func tables(t *testing.T) (all []table) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				if v.Names[0].Name == "tags" {
					continue
				}
				for _, x := range v.Values {
					field := ""
					ast.Inspect(x, func(n ast.Node) bool {
						switch n := n.(type) {
						case *ast.KeyValueExpr:
							field = n.Key.(*ast.Ident).Name
						case *ast.CompositeLit:
							if texts, ok := sentences(t, n); ok && len(n.Elts) > 0 {
								all = append(all, table{v.Names[0].Name, field, set.Position(n.Pos()), texts})
								return false
							}
						}
						return true
					})
				}
			}
		}
	}
	if len(all) < 250 {
		t.Fatalf("only %d sentences were found: does the test still know how they are written?", len(all))
	}
	return all
}

// sentences reads a literal whose elements are strings.
func sentences(t *testing.T, lit *ast.CompositeLit) (texts map[string]string, ok bool) {
	texts = map[string]string{}
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return nil, false
		}
		b, ok := kv.Value.(*ast.BasicLit)
		if !ok {
			return nil, false
		}
		text, err := strconv.Unquote(b.Value)
		if err != nil {
			t.Fatal(err)
		}
		texts[kv.Key.(*ast.Ident).Name] = text
	}
	return texts, true
}

var verbs = regexp.MustCompile(`%[a-z%]`)

func TestEveryLanguageSaysEverything(t *testing.T) {
	want := slices.Sorted(slices.Values(Languages()))
	for _, s := range tables(t) {
		if got := slices.Sorted(maps.Keys(s.texts)); !slices.Equal(got, want) {
			t.Errorf("%s: %s is in %q, want %q", s.at, s.name, got, want)
		}
		gaps := verbs.FindAllString(s.texts["en"], -1)
		for tag, text := range s.texts {
			if text == "" {
				t.Errorf("%s: %s says nothing in %s", s.at, s.name, tag)
			}
			if got := verbs.FindAllString(text, -1); !slices.Equal(got, gaps) {
				t.Errorf("%s: %s takes %q in %s, in English %q: %s", s.at, s.name, got, tag, gaps, text)
			}
		}
	}
}

// TestNothingIsLeftInEnglish finds sentences that were copied and not
// translated. Single words may be the same.
func TestNothingIsLeftInEnglish(t *testing.T) {
	sentence := regexp.MustCompile(`\S+ \S+ \S+`)
	for _, s := range tables(t) {
		for tag, text := range s.texts {
			if tag != "en" && text == s.texts["en"] && sentence.MatchString(text) {
				t.Errorf("%s: %s is not translated into %s: %s", s.at, s.name, tag, text)
			}
		}
	}
}

func TestEverySentenceWithANameHasOneGap(t *testing.T) {
	n := 0
	for _, s := range tables(t) {
		gaps := map[string]int{"Named": 1, "Unnamed": 0}
		want, of := gaps[s.field]
		if !of {
			continue
		}
		n++
		for tag, text := range s.texts {
			if strings.Count(text, gap) != want || strings.Count(text, "%") != want {
				t.Errorf("%s: %s of %s has not %d gaps in %s: %s", s.at, s.field, s.name, want, tag, text)
			}
		}
	}
	if n < 40 {
		t.Errorf("only %d sentences of the customer were looked at", n)
	}
}

func TestIn(t *testing.T) {
	for _, ca := range []struct {
		tag  string
		want Language
	}{
		{"de", German}, {"de-AT", German}, {"PT-br", Portuguese}, {"xx", English}, {"", English}, {"e", English},
	} {
		if got := In(ca.tag); got != ca.want {
			t.Errorf("%q is spoken to in %s, want %s", ca.tag, tags[got], tags[ca.want])
		}
	}
	if got := Languages(); !slices.Equal(got, []string{"en", "es", "de", "fr", "pt"}) {
		t.Errorf("languages are %q", got)
	}
}

func TestWithBeginsWithACapital(t *testing.T) {
	for l := range languages {
		agent := Agent.In(l)
		if got := InviteHeading.With(l, agent); got[:1] == agent[:1] && l != German {
			t.Errorf("%s: %q", tags[l], got)
		}
	}
	if got := DidLeave.With(English, "éva"); got != "Éva has left the call." {
		t.Error(got)
	}
}

func TestSentence(t *testing.T) {
	about := func(text, name string) Sentence { return (&Text{text}).About(English, name) }
	for _, c := range []struct {
		s    Sentence
		text string
	}{
		{(&Text{"All <is> well."}).Plain(English), "All <is> well."},
		{about("Call with %s.", "Ann"), "Call with Ann."},
		{about("%s is here.", "éva"), "Éva is here."},
		{about("%s is here.", "<b>&"), "<b>& is here."},
		{about("%s", ""), ""},
		{about("Call with %s", "50%s off"), "Call with 50%s off"},
		{Sentence{}, ""},
	} {
		if got := c.s.String(); got != c.text {
			t.Errorf("%+v reads %q, want %q", c.s, got, c.text)
		}
		before, name, after, named := c.s.Parts()
		if got := before + name + after; named && got != c.text {
			t.Errorf("the parts of %+v read %q, want %q", c.s, got, c.text)
		}
	}
}
