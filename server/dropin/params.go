package dropin

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
)

// maxBody is the most that a request may carry, in bytes; a Flex token has one
// or two thousand.
const maxBody = 64 << 10

// params are a request's parameters. Those of the body count before those of
// the query.
type params struct {
	query, body map[string]string
}

// get returns a parameter, or empty.
func (p params) get(name string) string {
	if v := p.body[name]; v != "" {
		return v
	}
	return p.query[name]
}

// need returns a parameter that must be there.
func (p params) need(name string) (string, error) {
	if v := p.get(name); v != "" {
		return v, nil
	}
	return "", &refusal{http.StatusBadRequest, "The parameter " + name + " is missing."}
}

// secret returns a parameter of the body. In a query it would be in logs and
// histories, so there it does not count.
func (p params) secret(name string) string { return p.body[name] }

// read reads the parameters: the query, and a body that is a form or a JSON
// object.
func read(w http.ResponseWriter, r *http.Request) (params, error) {
	p := params{query: firsts(r.URL.Query())}
	if r.Method != http.MethodPost {
		return p, nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return p, &refusal{http.StatusRequestEntityTooLarge, "That is too much at once."}
	case err != nil:
		return p, errBody
	case len(body) == 0:
		return p, nil
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return p, errBody
		}
		p.body = firsts(form)
	case err == nil && kind == "application/json":
		var fields map[string]any
		if err := json.Unmarshal(body, &fields); err != nil {
			return p, errBody
		}
		p.body = map[string]string{}
		for name, v := range fields {
			// Every parameter is a string; what is none is as good as missing.
			if text, ok := v.(string); ok {
				p.body[name] = text
			}
		}
	default:
		return p, &refusal{http.StatusUnsupportedMediaType, "The request must be a form (application/x-www-form-urlencoded) or JSON (application/json)."}
	}
	return p, nil
}

var errBody = &refusal{http.StatusBadRequest, "The request could not be understood."}

func firsts(values url.Values) map[string]string {
	m := map[string]string{}
	for name := range values {
		m[name] = values.Get(name)
	}
	return m
}
