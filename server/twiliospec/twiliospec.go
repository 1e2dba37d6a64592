// Package twiliospec holds HTTP traffic against the OpenAPI documents that
// Twilio publishes, so that a test can say that every request we make, and
// every answer local Twilio gives, is one that Twilio describes. The documents
// come from the npm package @twilio-alpha/mcp, a development dependency. It is
// for tests only, and knows nothing of what is sent.
package twiliospec

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Documents is where the npm package keeps the documents, from the root of
// the module.
const Documents = "static/node_modules/@twilio-alpha/mcp/twilio-oai/spec/json"

// products are the documents of the products that local Twilio speaks, by host.
var products = map[string][]string{
	"video.twilio.com":         {"twilio_video_v1.json"},
	"sync.twilio.com":          {"twilio_sync_v1.json"},
	"taskrouter.twilio.com":    {"twilio_taskrouter_v1.json"},
	"conversations.twilio.com": {"twilio_conversations_v1.json"},
	"flex-api.twilio.com":      {"twilio_flex_v1.json", "twilio_flex_v2.json"},
	"iam.twilio.com":           {"twilio_iam_v1.json"},
	"api.twilio.com":           {"twilio_api_v2010.json"},
	"insights.twilio.com":      {"twilio_insights_v1.json"},
}

// Spec is the documents. Those of a host are read when they are first asked for,
// since that of api.twilio.com alone takes as long as all others.
type Spec struct {
	hosts map[string]func() (described, error)
}

// described is what the documents of one host say.
type described struct {
	routers    []routers.Router
	operations []Operation
}

// Operation is one that a document describes.
type Operation struct {
	Method, Path string // "GET", "/v1/Rooms/{Sid}"
	// Parameters are the names of those of its query, its form and its headers,
	// in order.
	Parameters []string
}

// Load finds the documents in dir. The error wraps fs.ErrNotExist where the
// npm package is not installed.
func Load(dir string) (*Spec, error) {
	s := &Spec{hosts: map[string]func() (described, error){}}
	for host, files := range products {
		for _, file := range files {
			if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
				return nil, fmt.Errorf("find %s: %w", file, err)
			}
		}
		s.hosts[host] = sync.OnceValues(func() (described, error) {
			var all described
			for _, file := range files {
				if err := all.load(filepath.Join(dir, file)); err != nil {
					return described{}, fmt.Errorf("load %s: %w", file, err)
				}
			}
			return all, nil
		})
	}
	return s, nil
}

// Operations lists what the documents of a host describe, as "GET /v1/Rooms/{Sid}".
func (s *Spec) Operations(host string) ([]string, error) {
	all, err := s.Described(host)
	names := make([]string, len(all))
	for i, o := range all {
		names[i] = o.Method + " " + o.Path
	}
	return names, err
}

// Described returns the operations that the documents of a host describe, by path
// and method; none for a host without a document.
func (s *Spec) Described(host string) ([]Operation, error) {
	load, ok := s.hosts[host]
	if !ok {
		return nil, nil
	}
	d, err := load()
	return slices.Clone(d.operations), err
}

// load adds the document in a file.
func (d *described) load(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var tree map[string]any
	if err := json.Unmarshal(raw, &tree); err != nil {
		return err
	}
	jsonFormFields(tree)
	pages(tree)
	nullables(tree)
	if raw, err = json.Marshal(tree); err != nil {
		return err
	}
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		return err
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			d.operations = append(d.operations, Operation{method, path, parameters(item, op)})
		}
	}
	slices.SortFunc(d.operations, func(a, b Operation) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method)) })
	r, err := gorillamux.NewRouter(doc)
	d.routers = append(d.routers, r)
	return err
}

// parameters are the names of what an operation takes beside its path.
func parameters(item *openapi3.PathItem, op *openapi3.Operation) []string {
	names := slices.Collect(maps.Keys(formFields(op)))
	for _, p := range slices.Concat(item.Parameters, op.Parameters) {
		if p.Value != nil && p.Value.In != openapi3.ParameterInPath {
			names = append(names, p.Value.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// jsonFormFields makes strings of the form fields that the documents call an
// object, or leave untyped: on the wire they are JSON text (Data, Attributes,
// RecordingRules), and a form has no other way to carry an object.
func jsonFormFields(tree map[string]any) {
	for _, path := range object(tree["paths"]) {
		for _, op := range object(path) {
			body := object(object(object(object(op)["requestBody"])["content"])["application/x-www-form-urlencoded"])
			for _, field := range object(object(body["schema"])["properties"]) {
				f := object(field)
				_, ref := f["$ref"]
				if t := f["type"]; !ref && (t == nil || t == "object") {
					f["type"] = "string"
				}
				if items := object(f["items"]); items != nil && len(items) == 0 {
					items["type"] = "string" // the same, repeated (Plugins)
				}
			}
		}
	}
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// find returns the operation that a request is for.
func (s *Spec) find(r *http.Request) (*routers.Route, map[string]string, error) {
	load, ok := s.hosts[r.URL.Host]
	if !ok {
		return nil, nil, errNotCovered
	}
	d, err := load()
	if err != nil {
		return nil, nil, err
	}
	for _, router := range d.routers {
		var route *routers.Route
		var params map[string]string
		if route, params, err = router.FindRoute(r); err == nil {
			return route, params, nil
		}
	}
	return nil, nil, fmt.Errorf("no such operation: %w", err)
}

// errNotCovered marks hosts without a document.
var errNotCovered = errors.New("no document covers the host")
