package client

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"time"

	"escalate/app/wire"
)

// request makes a Request that asks for JSON; body may be nil.
func request(method, path string, body []byte) Request {
	h := map[string]string{"Accept": "application/json"}
	if body != nil {
		h["Content-Type"] = "application/json"
	}
	return Request{Method: method, Path: path, Header: h, Body: body}
}

func (c *Client) get(ctx context.Context, limit time.Duration, path string, out any, agent bool) error {
	r := request("GET", path, nil)
	c.authorize(&r, agent)
	return c.do(ctx, limit, r, out)
}

func (c *Client) post(ctx context.Context, limit time.Duration, path string, in, out any, agent bool) error {
	body, err := json.Marshal(in)
	if err != nil {
		return internal(err)
	}
	r := request("POST", path, body)
	c.authorize(&r, agent)
	return c.do(ctx, limit, r, out)
}

// authorize adds the agent's token. Without one the server's own refusal is
// the answer, so that both kinds of "not signed in" read the same.
func (c *Client) authorize(r *Request, agent bool) {
	if !agent || c.token == nil {
		return
	}
	if t := c.token(); t != "" {
		r.Header["Authorization"] = "Bearer " + t
	}
}

// pauses are the waits before a request is sent again, on average: a balancer
// needs about as long to find out that one of its servers is gone.
var pauses = [...]time.Duration{400 * time.Millisecond, 1200 * time.Millisecond}

// do sends r, again where no answer of our server's came, and decodes the
// answer into out, which may be nil. Each try ends within limit. r must do no
// more when it is sent twice than when it is sent once: the answer may be what
// was lost.
func (c *Client) do(ctx context.Context, limit time.Duration, r Request, out any) error {
	silent := 0
	for _, p := range pauses {
		began := time.Now()
		lost, err := c.once(ctx, limit, r, out)
		if !lost || ctx.Err() != nil {
			return err
		}
		if time.Since(began) >= limit {
			// A request that was swallowed is worth one more; who waits for the
			// third has waited too long.
			if silent++; silent == maxSilent {
				return err
			}
		}
		t := time.NewTimer(p/2 + rand.N(p))
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
	}
	_, err := c.once(ctx, limit, r, out)
	return err
}

// once sends r and decodes the answer into out, which may be nil. lost says
// that there was no answer within limit, or that one from between us and the
// server said so.
func (c *Client) once(ctx context.Context, limit time.Duration, r Request, out any) (lost bool, err error) {
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	a, err := c.fetch(within, r)
	if err != nil {
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		return true, &wire.Error{Code: wire.CodeUnavailable}
	}
	if a.Status < 200 || a.Status > 299 {
		e, ours := failure(a)
		return !ours && e.Code == wire.CodeUnavailable, e
	}
	if out == nil || a.Status == 204 { // a server before this one may have had nothing to say
		return false, nil
	}
	if err := json.Unmarshal(a.Body, out); err != nil {
		// A success that is not ours: a captive portal's page, a proxy's.
		return false, &wire.Error{Code: wire.CodeUnavailable}
	}
	return false, nil
}

// failure reads the wire.Error of an answer. What stands between us and the
// server (a proxy, a load balancer) answers without one; the status then
// decides, and ours is false. It then has no sentence, which is for the page to
// find, in its language.
func failure(a Response) (err *wire.Error, ours bool) {
	var e wire.Error
	if json.Unmarshal(a.Body, &e) == nil && e.Code != "" {
		return &e, true
	}
	return byStatus(a.Status), false
}

func byStatus(status int) *wire.Error {
	switch status {
	case 401:
		return &wire.Error{Code: wire.CodeUnauthorized}
	case 403:
		return &wire.Error{Code: wire.CodeForbidden}
	case 404:
		return &wire.Error{Code: wire.CodeNotFound}
	case 413:
		return &wire.Error{Code: wire.CodeTooLarge}
	case 429:
		return &wire.Error{Code: wire.CodeRateLimited}
	}
	if status >= 400 && status < 500 {
		return &wire.Error{Code: wire.CodeBadRequest}
	}
	return &wire.Error{Code: wire.CodeUnavailable}
}

func internal(error) *wire.Error {
	return &wire.Error{Code: wire.CodeInternal}
}
