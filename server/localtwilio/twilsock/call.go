package twilsock

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"escalate/server/localtwilio/reached"
	"escalate/server/localtwilio/store"
)

// newID is an id of a frame of ours.
func newID() string { return store.NewSID("TM") }

// call is one HTTP request that came in a message, and its answer. It is used
// on the connection's reading goroutine alone.
type call struct {
	conn   *conn
	holder holder
	base   string // what URLs in the answer begin with
	path   func(name string) string
	query  url.Values
	header http.Header
	body   []byte
	form   bool // the body is a form

	status int
	answer any
}

// endpoint serves a call: it sets its status and body, or returns an error.
type endpoint func(*call) error

// message replies to the HTTP request of a message.
func (c *conn) message(h header, payload []byte) {
	if h.Request == nil {
		c.reply(h, &status{Code: http.StatusBadRequest, Status: "BAD_REQUEST", Description: "no http_request"})
		return
	}
	a := &call{conn: c, holder: *c.who(), base: "https://" + h.Request.Host, body: payload, status: http.StatusOK}
	if err := a.serve(h.Request); err != nil {
		f, known := faultOf(err)
		if !known {
			c.srv.log.Error("twilsock request", "method", h.Request.Method, "path", reached.Shape(h.Request.Path), "err", err)
		}
		a.status, a.answer = f.Status, f
	}
	c.send(header{
		Method: "reply", ID: h.ID, Status: ok, HTTPHeaders: map[string]string{},
		HTTPStatus: &status{Code: a.status, Status: strings.ToUpper(strings.ReplaceAll(http.StatusText(a.status), " ", "_"))},
	}, a.answer)
}

func (a *call) serve(q *httpRequest) error {
	query, err := q.query()
	if err != nil {
		return invalid(err.Error())
	}
	a.query, a.header = query, http.Header{}
	for name, v := range q.Headers {
		a.header.Set(name, fmt.Sprint(v))
	}
	kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	a.form = kind == "application/x-www-form-urlencoded"
	u, err := url.ParseRequestURI(q.Path)
	if err != nil {
		return invalid("Invalid path")
	}
	// The router is the standard library's; what it writes by itself is an error.
	r := &http.Request{Method: q.Method, URL: u, Host: q.Host, Header: a.header}
	w := &router{call: a}
	a.conn.srv.routes.ServeHTTP(w, r)
	if w.status == 0 {
		return w.err
	}
	return &fault{Status: w.status, Code: 20000 + w.status, Message: "The requested resource " + q.Path + " was not found"}
}

// query are the parameters, which arrive percent-encoded.
func (q *httpRequest) query() (url.Values, error) {
	v := url.Values{}
	for name, raw := range q.Params {
		var many []string
		if json.Unmarshal(raw, &many) != nil {
			var one any
			if err := json.Unmarshal(raw, &one); err != nil {
				return nil, fmt.Errorf("invalid parameter %s", name)
			}
			many = []string{fmt.Sprint(one)}
		}
		for _, s := range many {
			text, err := url.QueryUnescape(s)
			if err != nil {
				return nil, fmt.Errorf("invalid parameter %s", name)
			}
			v.Add(name, text)
		}
	}
	return v, nil
}

// router carries a call through an http.ServeMux.
type router struct {
	call   *call
	err    error
	header http.Header
	status int // set by the mux itself: nothing matched
}

func (w *router) Header() http.Header {
	if w.header == nil {
		w.header = http.Header{}
	}
	return w.header
}
func (w *router) WriteHeader(status int)      { w.status = status }
func (w *router) Write(b []byte) (int, error) { return len(b), nil }

// ServeHTTP runs the endpoint.
func (e endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := w.(*router)
	c.call.path = r.PathValue
	c.err = e(c.call)
}

// read reads the body, JSON or a form of the same names, into v.
func (a *call) read(v any) error {
	body := a.body
	if a.form {
		values, err := url.ParseQuery(string(body))
		if err != nil {
			return invalid("Request body could not be read as a form")
		}
		flat := map[string]string{}
		for k := range values {
			flat[k] = values.Get(k)
		}
		if body, err = marshal(flat); err != nil {
			return err
		}
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, v); err != nil {
		return invalid("Request body could not be read as JSON")
	}
	return nil
}

// respond sets the answer.
func (a *call) respond(status int, v any) error {
	a.status, a.answer = status, v
	return nil
}

// ifMatch is the If-Match header without quotes; empty for none and for "*".
func (a *call) ifMatch() string {
	v := strings.Trim(a.header.Get("If-Match"), `"`)
	if v == "*" {
		return ""
	}
	return v
}

// number is a query parameter that must lie in [lo, hi]; otherwise without it.
func (a *call) number(name string, otherwise, lo, hi int) (int, error) {
	text := a.query.Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < lo || n > hi {
		return 0, invalid("Invalid parameter " + name)
	}
	return n, nil
}

type object map[string]any

// orNull is s, null for empty.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
