// Package twiliospec holds HTTP traffic against the OpenAPI documents that
// Twilio publishes, so that a test can say that every request we make, and
// every answer local Twilio gives, is one that Twilio describes. The documents
// come from the npm package @twilio-alpha/mcp, a development dependency. It is
// for tests only, and knows nothing of what is sent.
package twiliospec

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Documents is where the npm package keeps the documents, from the root of
// the module.
const Documents = "static/node_modules/@twilio-alpha/mcp/twilio-oai/spec/json"

// products are the documents that Escalate has to do with, by host.
var products = map[string]string{
	"video.twilio.com":         "twilio_video_v1.json",
	"sync.twilio.com":          "twilio_sync_v1.json",
	"taskrouter.twilio.com":    "twilio_taskrouter_v1.json",
	"conversations.twilio.com": "twilio_conversations_v1.json",
	"flex-api.twilio.com":      "twilio_flex_v1.json",
}

// Spec is the loaded documents.
type Spec struct {
	routers    map[string]routers.Router // by host
	operations map[string][]string       // likewise
}

// Load reads the documents in dir. The error wraps fs.ErrNotExist where the
// npm package is not installed.
func Load(dir string) (*Spec, error) {
	s := &Spec{routers: map[string]routers.Router{}, operations: map[string][]string{}}
	for host, file := range products {
		r, ops, err := load(filepath.Join(dir, file))
		if err != nil {
			return nil, fmt.Errorf("load %s: %w", file, err)
		}
		s.routers[host], s.operations[host] = r, ops
	}
	return s, nil
}

// Operations lists what the document of a host describes, as "GET /v1/Rooms/{Sid}".
func (s *Spec) Operations(host string) []string { return slices.Clone(s.operations[host]) }

func load(path string) (routers.Router, []string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	var tree map[string]any
	if err := json.Unmarshal(raw, &tree); err != nil {
		return nil, nil, err
	}
	jsonFormFields(tree)
	if raw, err = json.Marshal(tree); err != nil {
		return nil, nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		return nil, nil, err
	}
	var ops []string
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			ops = append(ops, method+" "+path)
		}
	}
	slices.Sort(ops)
	r, err := gorillamux.NewRouter(doc)
	return r, ops, err
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
	router, ok := s.routers[r.URL.Host]
	if !ok {
		return nil, nil, errNotCovered
	}
	route, params, err := router.FindRoute(r)
	if err != nil {
		return nil, nil, fmt.Errorf("no such operation: %w", err)
	}
	return route, params, nil
}

// errNotCovered marks hosts without a document; for IAM see iam.go.
var errNotCovered = errors.New("no document covers the host")
