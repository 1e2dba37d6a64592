// Package client speaks the HTTP API of package wire, as typed calls over a
// Fetch function. It knows neither an HTTP stack nor a browser, so it weighs
// little in the page and runs in tests against a plain function.
package client

import (
	"context"
	"encoding/json"

	"escalate/app/wire"
)

// Request is one HTTP request of the API.
type Request struct {
	Method, Path string
	Header       map[string]string
	Body         []byte
	// Keepalive lets the request outlive the page that makes it.
	Keepalive bool
}

// Response is the answer to a Request, whatever its status.
type Response struct {
	Status int
	Body   []byte
}

// Fetch sends a Request. Its error means that no answer came.
type Fetch func(ctx context.Context, r Request) (Response, error)

// Client is the API over a Fetch. Every request ends: see the limits. One that
// got no answer is sent again a few times. Every error is a
// *wire.Error, or the context's when that has ended.
type Client struct {
	fetch Fetch
	token func() string
}

// New makes a Client. token supplies the agent's current Flex token for the
// calls that need one; it is nil on the customer's page.
func New(fetch Fetch, token func() string) *Client {
	return &Client{fetch: fetch, token: token}
}

// State is the escalation as it stands.
func (c *Client) State(ctx context.Context, code string) (s wire.State, err error) {
	err = c.get(ctx, stateLimit, wire.CodePath(code, ""), &s, false)
	return s, err
}

// EventsPath is where the server-sent events of an escalation come from.
func (c *Client) EventsPath(code string) string { return wire.CodePath(code, wire.ActionEvents) }

// LeavePath is where a wire.Leave is posted when the page has no time left
// to wait (navigator.sendBeacon).
func (c *Client) LeavePath(code string) string { return wire.CodePath(code, wire.ActionLeave) }

// Join asks for the customer's Access Token; the answer may say to wait.
func (c *Client) Join(ctx context.Context, code string, r wire.JoinRequest) (j wire.Join, err error) {
	err = c.post(ctx, tokenLimit, wire.CodePath(code, wire.ActionToken), r, &j, false)
	return j, err
}

// Progress reports how far the customer has come.
func (c *Client) Progress(ctx context.Context, code string, p wire.Progress) error {
	return c.post(ctx, reportLimit, wire.CodePath(code, wire.ActionProgress), p, nil, false)
}

// Leave says that a Participant has left.
func (c *Client) Leave(ctx context.Context, code string, l wire.Leave) error {
	body, err := json.Marshal(l)
	if err != nil {
		return internal(err)
	}
	r := request("POST", c.LeavePath(code), body)
	r.Keepalive = true // the page is often on its way out
	return c.do(ctx, reportLimit, r, nil)
}

// Rate stores the customer's verdict, unless there is one already, and returns
// the one that is kept.
func (c *Client) Rate(ctx context.Context, code string, r wire.Rating) (kept wire.Rating, err error) {
	err = c.post(ctx, writeLimit, wire.CodePath(code, wire.ActionRating), r, &kept, false)
	return kept, err
}

// Escalate asks for a join code for a Task, as its agent. An invite without a key is
// asked for once, or it would be in the chat twice.
func (c *Client) Escalate(ctx context.Context, r wire.Escalate) (e wire.Escalation, err error) {
	if !r.SendInvite || r.InviteKey != "" {
		err = c.post(ctx, tokenLimit, wire.EscalationsPath, r, &e, true)
		return e, err
	}
	body, err := json.Marshal(r)
	if err != nil {
		return e, internal(err)
	}
	q := request("POST", wire.EscalationsPath, body)
	c.authorize(&q, true)
	_, err = c.once(ctx, tokenLimit, q, &e)
	return e, err
}

// AgentJoin makes the Room, if need be, and asks for the agent's Access Token.
func (c *Client) AgentJoin(ctx context.Context, code string) (j wire.Join, err error) {
	err = c.post(ctx, tokenLimit, wire.CodePath(code, wire.ActionAgentToken), struct{}{}, &j, true)
	return j, err
}

// End ends the escalation for both.
func (c *Client) End(ctx context.Context, code string) (s wire.State, err error) {
	err = c.post(ctx, writeLimit, wire.CodePath(code, wire.ActionEnd), struct{}{}, &s, true)
	return s, err
}

// Task says whether a Task may be wrapped up, and its live escalation.
func (c *Client) Task(ctx context.Context, taskSID string) (t wire.Task, err error) {
	err = c.get(ctx, stateLimit, wire.TaskPath(taskSID), &t, true)
	return t, err
}
