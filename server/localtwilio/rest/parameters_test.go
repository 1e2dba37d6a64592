package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"escalate/server/localtwilio/store"
	"escalate/server/twiliospec"
)

var update = flag.Bool("update", false, "write docs/local-twilio-rest.md anew")

// table is the document that TestTable holds the routes against.
const table = "../../../docs/local-twilio-rest.md"

// undocumented are the operations that Twilio answers and its OpenAPI documents lack, by
// where they are known from.
var undocumented = map[string]string{
	"iam POST /v1/Accounts/{}/Tokens/validate":   "Twilio's validator of Flex tokens for Node.js",
	"video GET /v1/Recordings/{}/Media":          "links.media of a Recording",
	"video GET /v1/Rooms/{}/Recordings/{}/Media": "likewise",
	"video GET /v1/Compositions/{}/Media":        "links.media of a Composition",
}

// openAPI are Twilio's documents, if they are installed.
var openAPI = sync.OnceValues(func() (*twiliospec.Spec, error) {
	return twiliospec.Load(filepath.Join("../../..", twiliospec.Documents))
})

// described returns what Twilio's documents say of the operations of all products.
func described(t *testing.T) map[string]twiliospec.Operation {
	t.Helper()
	spec, err := openAPI()
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("Twilio's documents are not installed: run npm ci in static")
	}
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]twiliospec.Operation{}
	for _, product := range Products {
		ops, err := spec.Described(product + ".twilio.com")
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range ops {
			all[key(product, o.Method, o.Path)] = o
		}
	}
	return all
}

var inBraces = regexp.MustCompile(`\{[^}]+\}`)

// key names an operation whatever its path's variables are called.
func key(product, method, path string) string {
	return product + " " + method + " " + inBraces.ReplaceAllString(path, "{}")
}

// TestDocumentedParameters wants every parameter that Twilio documents for an operation
// to be carried out, which is to say read, or refused.
func TestDocumentedParameters(t *testing.T) {
	all := described(t)
	for _, o := range operations(t) {
		d, ok := all[key(o.product, o.method, o.path)]
		if ok == (undocumented[key(o.product, o.method, o.path)] != "") {
			t.Errorf("%s %s %s: in Twilio's documents is %t, and not what undocumented says", o.product, o.method, o.path, ok)
			continue
		}
		refused := map[string]bool{}
		for _, p := range o.refused {
			name, _, some := strings.Cut(p, "=")
			if ok && !slices.Contains(d.Parameters, name) {
				t.Errorf("%s %s %s refuses %s, of which Twilio's documents know nothing", o.product, o.method, o.path, name)
			}
			if some && !slices.Contains(o.refused, name) {
				t.Errorf("%s %s %s takes %s and does not refuse %s", o.product, o.method, o.path, p, name)
			}
			refused[name] = true
		}
		var dropped, both []string
		for _, name := range d.Parameters {
			switch {
			case !o.words[name] && !refused[name]:
				dropped = append(dropped, name)
			case o.words[name] && refused[name]:
				both = append(both, name)
			}
		}
		if dropped != nil {
			t.Errorf("%s %s %s drops %q: carry them out, or give them to refusing", o.product, o.method, o.path, dropped)
		}
		if both != nil {
			t.Errorf("%s %s %s carries out %q and refuses them", o.product, o.method, o.path, both)
		}
	}
}

// TestRefusing gives every operation each parameter that it refuses, and a value that it
// takes, and looks at the answer; then again where they are to be ignored.
func TestRefusing(t *testing.T) {
	s, err := store.Open("", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var log bytes.Buffer
	strict := New(s, Config{})
	lenient := New(s, Config{IgnoreUnsupported: true, Log: slog.New(slog.NewTextHandler(&log, nil))})
	answer := func(a *API, o operation, name, value string) string {
		target := "https://" + o.product + ".twilio.com" + inBraces.ReplaceAllString(o.path, "x")
		form := url.Values{}
		header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
		if http.CanonicalHeaderKey(name) == name && strings.Contains(name, "-") {
			header.Set(name, value)
		} else {
			form.Set(name, value)
		}
		r := httptest.NewRequest(o.method, target, strings.NewReader(form.Encode()))
		if o.method != http.MethodPost {
			r = httptest.NewRequest(o.method, target+"?"+form.Encode(), nil)
		}
		r.Header = header
		r.SetBasicAuth(s.Account().SID, s.Account().AuthToken)
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		var e Error
		if w.Code == http.StatusBadRequest && json.Unmarshal(w.Body.Bytes(), &e) == nil && e.Code == codeInvalidParameter {
			return e.Message
		}
		return ""
	}
	tried := 0
	for _, o := range operations(t) {
		for _, p := range o.refused {
			name, value, takes := strings.Cut(p, "=")
			want := unsupported(name).Message
			tried++
			if takes {
				if got := answer(strict, o, name, value); got == want {
					t.Errorf("%s %s refuses %s", o.method, o.path, p)
				}
				continue
			}
			if got := answer(strict, o, name, "something"); got != want {
				t.Errorf("%s %s with %s answers %q, want %q", o.method, o.path, name, got, want)
			}
			log.Reset()
			if got := answer(lenient, o, name, "something"); got == want || !strings.Contains(log.String(), "parameter="+name) {
				t.Errorf("%s %s with %s, ignoring what is not carried out: %q, logged %q", o.method, o.path, name, got, &log)
			}
		}
		if got := answer(strict, o, "NobodyKnowsThis", "x"); strings.Contains(got, "NobodyKnowsThis") {
			t.Errorf("%s %s refuses what Twilio does not know: %s", o.method, o.path, got)
		}
	}
	if tried == 0 {
		t.Error("nothing is refused")
	}
}

// TestTable holds the document of what is there to the routes.
func TestTable(t *testing.T) {
	all := described(t)
	byProduct := map[string][]operation{}
	for _, o := range operations(t) {
		byProduct[o.product] = append(byProduct[o.product], o)
	}
	var out bytes.Buffer
	out.WriteString(`# REST operations of local Twilio

What local Twilio answers over REST, by product; [local-twilio.md](local-twilio.md) says how to
reach it. Any other path is 404. An operation that is "always" refused is there to say why.
Parameters that Twilio documents are carried out, except those
under "refused": with one of them the answer is 400 with code 20001 and a sentence that says so,
or, with ` + "`--ignore-unsupported`" + `, as if it were not there, and a warning in the log. "not =" names
the values that are not refused, since they ask for what is done anyway. What Twilio does not
know either is ignored, as Twilio ignores it.

A test makes this page from the routes:
` + "`go test ./server/localtwilio/rest -run TestTable -update`" + `.
`)
	for _, product := range Products {
		known, refused := 0, 0
		for _, o := range byProduct[product] {
			if o.never {
				refused++
			}
		}
		for k := range all {
			if strings.HasPrefix(k, product+" ") {
				known++
			}
		}
		fmt.Fprintf(&out, "\n## %s.twilio.com\n\n%d operations%s; Twilio's document has %d.\n\n| operation | refused |\n|---|---|\n", product, len(byProduct[product])-refused, alsoRefused(refused), known)
		list := byProduct[product]
		slices.SortFunc(list, func(a, b operation) int { return strings.Compare(a.path+" "+a.method, b.path+" "+b.method) })
		for _, o := range list {
			path := o.path
			if d, ok := all[key(product, o.method, o.path)]; ok {
				path = d.Path
			}
			refusals := strings.Join(shownRefusals(o.refused), ", ")
			if o.never {
				refusals = "always"
			}
			fmt.Fprintf(&out, "| `%s %s` | %s |\n", o.method, path, refusals)
		}
	}
	if *update {
		if err := os.WriteFile(table, out.Bytes(), 0o644); err != nil { //nolint:gosec // a document for everybody
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), want) {
		t.Error("docs/local-twilio-rest.md is not what the routes are: go test ./server/localtwilio/rest -run TestTable -update")
	}
}

// alsoRefused says how many operations are always refused, for people.
func alsoRefused(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", and %d that are always refused", n)
}

// shownRefusals are what refusing was given, for people.
func shownRefusals(refused []string) (shown []string) {
	for _, p := range refused {
		if strings.Contains(p, "=") {
			continue
		}
		not := ""
		for _, q := range refused {
			if v, ok := strings.CutPrefix(q, p+"="); ok {
				not += " (not =" + v + ")"
			}
		}
		shown = append(shown, p+not)
	}
	slices.Sort(shown)
	return shown
}
