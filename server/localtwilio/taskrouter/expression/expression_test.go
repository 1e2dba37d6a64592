package expression_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"escalate/server/localtwilio/taskrouter/expression"
)

const document = `{"string_const":"foo","n":5.5,"big":20,"yes":true,"none":null,
	"object":{"array":["a","b","c"],"attr":"bar","numbers":[1,2]},"skills":["support","sales"],"language":"en",
	"worker":{"languages":["en","es"],"sid":"WK1"},"task":{"language":"es","lost":false}}`

func doc(t testing.TB) expression.Document {
	t.Helper()
	var d expression.Document
	if err := json.Unmarshal([]byte(document), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestMatches(t *testing.T) {
	d := doc(t)
	tests := []struct {
		text string
		want bool
	}{
		{"1==1", true}, {"1 == 1", true}, {"0 != 1", true}, {"1 = 1", true}, {"1.0 == 1", true},
		{`"apple" != "orange"`, true}, {`'it\'s' == "it's"`, true}, {`"say \"x\"" == 'say "x"'`, true},
		{"n > 1", true}, {"n >= 5.5", true}, {"n < 5.5", false}, {"n <= 5.5", true}, {"big > n", true},
		{"string_const == 'foo'", true}, {"object.array[2] == 'c'", true}, {"object.array[9] == null", true},
		{"object.attr != 'apple'", true}, {"object.attr.deeper == null", true},
		{"string_const CONTAINS 'oo'", true}, {"string_const contains 'x'", false}, {"big CONTAINS '2'", true},
		{"skills HAS 'support'", true}, {"skills has 'x'", false}, {"object.numbers HAS 2", true},
		{"language IN ['en', \"es\"]", true}, {"language in []", false}, {"language NOT IN ['de']", true}, {"language NOT IN ['en']", false},
		{"task.language IN worker.languages", true}, {"worker.sid == 'WK1'", true}, {"n IN [1, 5.5, true]", true},
		// What is missing is null.
		{"missing == null", true}, {"missing != true", true}, {"string_const != null", true}, {"missing > 1", false}, {"none == null", true},
		{"missing IN ['a']", false}, {"missing NOT IN ['a']", true},
		// Scalar operators are false for lists, a list's for scalars.
		{"skills == 'support'", false}, {"skills != 'support'", false}, {"skills CONTAINS 'support'", false}, {"object == null", false},
		{"string_const HAS 'foo'", false}, {"'a' IN string_const", false}, {"'a' NOT IN string_const", false}, {"'a' NOT IN missing", false},
		// Types are not converted.
		{"big == '20'", false}, {"big != '20'", true}, {"yes == true", true}, {"yes == 'true'", false}, {"big > '1'", false}, {"yes > 0", false},
		{"(yes == true) OR (n == 0)", true}, {"(language == 'en' OR language == 'fr') AND n >= 5.1", true},
		{"1 == 1 OR 1 == 2 AND 1 == 2", true}, {"(1 == 1 OR 1 == 2) AND 1 == 2", false}, {"1==2 or 1==1 and yes==true", true},
	}
	for _, tt := range tests {
		e, err := expression.Parse(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if got := e.Matches(d); got != tt.want {
			t.Errorf("%s is %v", tt.text, got)
		}
	}
	if (expression.Expression{}).Matches(d) {
		t.Error("the zero Expression matches")
	}
}

func TestSyntaxErrors(t *testing.T) {
	tests := []struct {
		text   string
		offset int
	}{
		{"", 0}, {"1 ==", 4}, {"== 1", 0}, {"(1 == 1", 7}, {"1 == 1)", 6}, {"skills LIKE 'x'", 7}, {"skills", 6}, {"NOT 1 == 1", 0},
		{"skill-level > 3", 5}, {"a == 'open", 5}, {"a NOT 3", 6}, {"a == 1 b == 2", 7}, {"a.1 == 1", 2}, {"a[x] == 1", 2}, {"a[1.5] == 1", 2},
		{"a IN ['b'", 9}, {"a IN [['b']]", 6}, {"a IN ('b')", 5}, {"1a == 1", 0}, {"a && b", 2}, {"a == AND", 5}, {"a == 1 AND", 10}, {"1 'IN' 2", 2},
		{strings.Repeat("(", 200) + "1==1" + strings.Repeat(")", 200), 100},
		{"a == " + strings.Repeat("9", 400), 5},
	}
	for _, tt := range tests {
		_, err := expression.Parse(tt.text)
		var syntax *expression.SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%.40q: error %v", tt.text, err)
		} else if syntax.Offset != tt.offset {
			t.Errorf("%.40q: error at %d, want %d: %v", tt.text, syntax.Offset, tt.offset, err)
		}
	}
}

func TestOrder(t *testing.T) {
	a := expression.Document{"worker": map[string]any{"level": 3.0, "name": "x"}}
	b := expression.Document{"worker": map[string]any{"level": 5.0, "name": "x"}}
	c := expression.Document{}
	tests := []struct {
		text string
		a, b expression.Document
		want int
	}{
		{"worker.level", a, b, -1}, {"worker.level DESC", a, b, 1}, {"worker.name, worker.level desc", a, b, 1},
		{"worker.name ASC", a, b, 0}, {"worker.level DESC", a, c, -1}, {"worker.level", c, a, 1},
	}
	for _, tt := range tests {
		o, err := expression.ParseOrder(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if got := o.Compare(tt.a, tt.b); max(-1, min(1, got)) != tt.want {
			t.Errorf("%s: %d, want %d", tt.text, got, tt.want)
		}
	}
	for _, text := range []string{"", "worker.level UP", "worker.level,", "1", "a DESC b"} {
		if _, err := expression.ParseOrder(text); err == nil {
			t.Errorf("%q is an order", text)
		}
	}
}

// FuzzParse looks for texts that hang, panic or parse to what cannot be asked.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"1==1", "(a HAS 'b') AND c.d[3] NOT IN [1, true, null]", `"x`, "((((", "a.b DESC, c"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := expression.Parse(text)
		if err == nil {
			e.Matches(doc(t))
		} else if syntax := new(expression.SyntaxError); !errors.As(err, &syntax) || syntax.Offset < 0 || syntax.Offset > len(text) {
			t.Errorf("error %#v", err)
		}
		if o, err := expression.ParseOrder(text); err == nil {
			o.Compare(doc(t), nil)
		}
	})
}
