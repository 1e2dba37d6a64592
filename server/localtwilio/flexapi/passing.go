package flexapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"escalate/server/localtwilio/store"
)

// passing hands requests on to TaskRouter's REST API, as Twilio's event bridge does: what a
// desktop may do, and what becomes of it, is decided in one place.
type passing struct {
	rest  http.Handler
	store *store.Store
}

// refusal is an answer of the REST API that is no success.
type refusal struct {
	status int
	body   []byte
}

// Error is the answer's body.
func (r *refusal) Error() string { return string(r.body) }

// do makes a request below the Workspace, with the parameters of the client library as a
// form, and reads the answer into v.
func (p passing) do(ctx context.Context, method, path string, form url.Values, ifMatch string, v any) error {
	a := p.store.Account()
	u := "https://taskrouter.twilio.com/v1/Workspaces/" + a.WorkspaceSID + path
	body := ""
	if method == http.MethodGet {
		u += "?" + form.Encode()
	} else {
		body = form.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, method, u, strings.NewReader(body))
	if err != nil {
		return fmt.Errorf("%w: %w", errRequest, err)
	}
	r.SetBasicAuth(a.SID, a.AuthToken)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if ifMatch != "" {
		r.Header.Set("If-Match", ifMatch)
	}
	w := &answer{header: http.Header{}, status: http.StatusOK}
	p.rest.ServeHTTP(w, r)
	if w.status >= http.StatusMultipleChoices {
		return &refusal{w.status, w.body.Bytes()}
	}
	if err := json.Unmarshal(w.body.Bytes(), v); err != nil {
		return fmt.Errorf("read what %s %s answers: %w", method, path, err)
	}
	return nil
}

// listed is one page of a list.
type listed struct {
	sids []string
	more bool
}

// list reads one page of a list whose things stand under key.
func (p passing) list(ctx context.Context, path, key string, form url.Values) (listed, error) {
	var body map[string]json.RawMessage
	if err := p.do(ctx, http.MethodGet, path, form, "", &body); err != nil {
		return listed{}, err
	}
	var all []struct{ SID string }
	var meta struct {
		Next *string `json:"next_page_url"`
	}
	if err := json.Unmarshal(body[key], &all); err != nil {
		return listed{}, fmt.Errorf("read %s: %w", key, err)
	}
	if err := json.Unmarshal(body["meta"], &meta); err != nil {
		return listed{}, fmt.Errorf("read the page of %s: %w", key, err)
	}
	l := listed{more: meta.Next != nil}
	for _, v := range all {
		l.sids = append(l.sids, v.SID)
	}
	return l, nil
}

// renamed are parameters that REST has by another name.
var renamed = map[string]string{"TaskChannelUniqueName": "TaskChannel", "TaskChannelSid": "TaskChannel"}

// formOf is the form of parameters that came as any JSON; null is none.
func formOf(params map[string]json.RawMessage) url.Values {
	form := url.Values{}
	for name, raw := range params {
		if string(raw) == "null" {
			continue
		}
		v, _ := text(params, name)
		if other, is := renamed[name]; is {
			name = other
		}
		form.Set(name, v)
	}
	return form
}

// answer keeps what a handler answers. It implements http.ResponseWriter.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) { a.status = status }

func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }
