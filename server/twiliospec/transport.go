package twiliospec

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// Transport passes requests on and takes notes of what the documents do not
// allow, in the request or in its answer. It changes neither.
type Transport struct {
	Spec *Spec
	Next http.RoundTripper

	mu         sync.Mutex
	violations []string
	calls      map[string]int
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := drain(&r.Body)
	if err != nil {
		return nil, fmt.Errorf("read the request to check it: %w", err)
	}
	if iamHost.MatchString(r.URL.Host) && iamPath.MatchString(r.URL.EscapedPath()) {
		return t.iam(r, body)
	}
	route, params, err := t.Spec.find(r)
	if err != nil {
		t.note(r, err.Error())
		return t.Next.RoundTrip(r)
	}
	input := &openapi3filter.RequestValidationInput{Request: clone(r, body), PathParams: params, Route: route, Options: &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, MultiError: true,
	}}
	t.checkRequest(r, input, body)
	res, err := t.Next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	t.count(route.Method + " " + r.URL.Host + route.Path)
	answer, err := drain(&res.Body)
	if err != nil {
		return nil, fmt.Errorf("read the answer to check it: %w", err)
	}
	t.checkAnswer(r, input, res, answer)
	return res, nil
}

// Violations returns what was noted so far.
func (t *Transport) Violations() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.violations)
}

// Calls returns how often each operation ("POST video.twilio.com/v1/Rooms") was
// called and answered.
func (t *Transport) Calls() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := map[string]int{}
	for k, n := range t.calls {
		out[k] = n
	}
	return out
}

func (t *Transport) checkRequest(r *http.Request, input *openapi3filter.RequestValidationInput, body []byte) {
	if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
		t.note(r, "request: "+oneLine(err))
	}
	if len(body) == 0 {
		return
	}
	if err := input.Request.ParseForm(); err != nil {
		t.note(r, "request: the form cannot be read: "+err.Error())
		return
	}
	known := formFields(input.Route.Operation)
	for name, values := range input.Request.PostForm {
		if !known[name] {
			t.note(r, fmt.Sprintf("request: no form field is called %q", name))
		}
		for _, v := range values {
			if fault := prose(name, v); fault != "" {
				t.note(r, fmt.Sprintf("request: %s=%q %s", name, v, fault))
			}
		}
	}
}

func (t *Transport) checkAnswer(r *http.Request, input *openapi3filter.RequestValidationInput, res *http.Response, body []byte) {
	if res.StatusCode >= 400 {
		// The documents describe no errors; the SDK's own decoder sets the shape.
		if fault := errorShape(res, body); fault != "" {
			t.note(r, fmt.Sprintf("answer %d: %s", res.StatusCode, fault))
		}
		return
	}
	schema := answerSchema(input.Route.Operation, res.StatusCode)
	if input.Route.Operation.Responses.Status(res.StatusCode) == nil {
		t.note(r, fmt.Sprintf("answer: status %d is not described", res.StatusCode))
		return
	}
	if schema == nil {
		return
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: res.StatusCode, Header: res.Header,
		Options: &openapi3filter.Options{MultiError: true}}
	out.SetBodyBytes(body)
	if err := openapi3filter.ValidateResponse(context.Background(), out); err != nil {
		t.note(r, fmt.Sprintf("answer %d: %s", res.StatusCode, oneLine(err)))
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return
	}
	for name := range fields {
		if schema.Properties[name] == nil {
			t.note(r, fmt.Sprintf("answer %d: no field is called %q", res.StatusCode, name))
		}
	}
}

func (t *Transport) note(r *http.Request, what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.violations = append(t.violations, fmt.Sprintf("%s %s%s: %s", r.Method, r.URL.Host, r.URL.Path, what))
}

func (t *Transport) count(operation string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.calls == nil {
		t.calls = map[string]int{}
	}
	t.calls[operation]++
}

func formFields(op *openapi3.Operation) map[string]bool {
	known := map[string]bool{}
	if op.RequestBody == nil {
		return known
	}
	media := op.RequestBody.Value.Content.Get("application/x-www-form-urlencoded")
	if media == nil || media.Schema == nil {
		return known
	}
	for name := range media.Schema.Value.Properties {
		known[name] = true
	}
	return known
}

func answerSchema(op *openapi3.Operation, status int) *openapi3.Schema {
	res := op.Responses.Status(status)
	if res == nil || res.Value == nil {
		return nil
	}
	media := res.Value.Content.Get("application/json")
	if media == nil || media.Schema == nil {
		return nil
	}
	return media.Schema.Value
}

// errorShape says what is wrong with an error answer, which must be JSON with
// code, message, more_info and the HTTP status.
func errorShape(res *http.Response, body []byte) string {
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		return "not JSON"
	}
	var e struct {
		Code     *int    `json:"code"`
		Message  *string `json:"message"`
		MoreInfo *string `json:"more_info"`
		Status   int     `json:"status"`
	}
	if err := json.Unmarshal(body, &e); err != nil {
		return "not JSON: " + err.Error()
	}
	if e.Code == nil || e.Message == nil || e.MoreInfo == nil {
		return "lacks code, message or more_info"
	}
	if e.Status != res.StatusCode {
		return fmt.Sprintf("says status %d in its body", e.Status)
	}
	return ""
}

// drain reads a body and puts an equal one in its place.
func drain(body *io.ReadCloser) ([]byte, error) {
	if *body == nil {
		return nil, nil
	}
	b, err := io.ReadAll(*body)
	if err := errors.Join(err, (*body).Close()); err != nil {
		return nil, err
	}
	*body = io.NopCloser(bytes.NewReader(b))
	return b, nil
}

func clone(r *http.Request, body []byte) *http.Request {
	c := r.Clone(r.Context())
	c.Body = io.NopCloser(bytes.NewReader(body))
	c.GetBody = nil // whoever was before us may have changed the body, and not this
	return c
}

func oneLine(err error) string {
	var multi openapi3.MultiError
	if errors.As(err, &multi) {
		var parts []string
		for _, e := range multi {
			parts = append(parts, oneLine(e))
		}
		sort.Strings(parts)
		return strings.Join(parts, "; ")
	}
	line, _, _ := strings.Cut(err.Error(), "\nSchema:")
	return strings.ReplaceAll(line, "\n", " ")
}
