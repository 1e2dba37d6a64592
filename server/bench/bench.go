package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"escalate/app/wire"
	"escalate/server/token"
)

// bench is the servers and what was measured.
type bench struct {
	settings
	nodeVersion string
	script      string // the Node server, in a temporary file

	mints   []*contender
	alones  []*loop
	product *child
	ours    []*endpoint
}

// contender is a server that mints, with its results.
type contender struct {
	name string
	*child
	samples []sample
}

// loop is a program that mints without HTTP.
type loop struct {
	name string
	env  []string
	args []string
	got  []float64 // µs of CPU time for one mint
}

// endpoint is one of the product's own, with its results.
type endpoint struct {
	name    string
	request func(s seat, code string) (*http.Request, error)
	samples []sample
}

// Names of the contenders; the report looks for them.
const (
	nameGo      = "Escalate"
	nameNode    = "Node"
	nameCluster = "Node, clustered"
	nameKey     = "Node, KeyObject"
)

// open starts all servers.
func open(ctx context.Context, s settings) (_ *bench, err error) {
	b := &bench{settings: s}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	modules, err := filepath.Abs(s.modules)
	if err != nil {
		return nil, fmt.Errorf("find npm packages: %w", err)
	}
	if _, err := os.Stat(filepath.Join(modules, "twilio")); err != nil {
		return nil, fmt.Errorf("the npm package twilio is not installed, run \"make deps-test\": %w", err)
	}
	out, err := exec.CommandContext(ctx, s.node, "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("run Node (-node chooses the program): %w", err)
	}
	b.nodeVersion = strings.TrimSpace(string(out))
	if b.script, err = nodeScript(); err != nil {
		return nil, err
	}
	node := []string{"NODE_PATH=" + modules, "NODE_ENV=production",
		"BENCH_ACCOUNT=" + key.AccountSID, "BENCH_KEY=" + key.KeySID, "BENCH_SECRET=" + key.Secret}
	object := append([]string{"BENCH_KEYOBJECT=1"}, node...)
	own := func(role string) []string {
		return []string{"-role", role, "-rounds", strconv.Itoa(s.rounds), "-connections", strconv.Itoa(s.connections), "-profile", s.profile}
	}
	for _, m := range []struct {
		name    string
		env     []string
		program string
		args    []string
	}{
		{nameGo, nil, self, own(roleMint)},
		{nameNode, node, s.node, []string{b.script}},
		{nameCluster, node, s.node, []string{b.script, "cluster", strconv.Itoa(runtime.NumCPU())}},
		{nameKey, object, s.node, []string{b.script}},
	} {
		c, err := startChild(ctx, m.env, m.program, m.args...)
		if err != nil {
			return nil, err
		}
		b.mints = append(b.mints, &contender{name: m.name, child: c})
		if err := check(ctx, c.URL); err != nil {
			return nil, fmt.Errorf("%s does not mint what it should: %w", m.name, err)
		}
	}
	const seconds = "0.4"
	b.alones = []*loop{
		{name: nameGo, args: []string{self, "-role", roleAlone, "-duration", seconds + "s"}},
		{name: nameNode, env: node, args: []string{s.node, b.script, "alone", seconds}},
		{name: nameKey, env: object, args: []string{s.node, b.script, "alone", seconds}},
	}
	if b.product, err = startChild(ctx, nil, self, own(roleProduct)...); err != nil {
		return nil, err
	}
	b.ours = endpoints(b.product.URL)
	return b, nil
}

func (b *bench) close() {
	for _, c := range b.mints {
		c.close()
	}
	if b.product != nil {
		b.product.close()
	}
	if b.script != "" {
		_ = os.Remove(b.script)
	}
}

// check asks a minting server once and verifies its token.
func check(ctx context.Context, base string) error {
	r, err := mintOnce(base)
	if err != nil {
		return err
	}
	var a mintAnswer
	if err := ask(r.WithContext(ctx), &a); err != nil {
		return err
	}
	claims, err := token.Verify(a.Token, key.AccountSID, func(sid string) (string, bool) { return key.Secret, sid == key.KeySID }, time.Now())
	if err != nil {
		return err
	}
	left := time.Until(claims.Expires)
	if !claims.HasVideo || claims.Identity != benchIdentity || claims.Room != benchRoom || a.mintRequest != (mintRequest{benchIdentity, benchRoom}) ||
		left > ttl || left < ttl-time.Minute {
		return fmt.Errorf("%w: %+v", errAnswer, claims)
	}
	return nil
}

// What is minted; both have the length of the product's.
const (
	benchIdentity = "customer:abc2345:4f6c1d2e"
	benchRoom     = "RM00000000000000000000000000000000"
)

func mintOnce(base string) (*http.Request, error) {
	return request(http.MethodPost, base+"/token", "", mintRequest{benchIdentity, benchRoom})
}

// endpoints are the product's calls that are measured, in this order: from the
// third on, the agent is in the Room.
func endpoints(base string) []*endpoint {
	return []*endpoint{
		{name: "escalate, resumed", request: func(s seat, _ string) (*http.Request, error) { return escalate(base, s) }},
		{name: "status", request: func(_ seat, code string) (*http.Request, error) {
			return request(http.MethodGet, base+wire.CodePath(code, ""), "", nil)
		}},
		{name: "customer's token", request: func(_ seat, code string) (*http.Request, error) {
			return request(http.MethodPost, base+wire.CodePath(code, wire.ActionToken), "", wire.JoinRequest{})
		}},
	}
}

func escalate(base string, s seat) (*http.Request, error) {
	return request(http.MethodPost, base+wire.EscalationsPath, s.Flex, wire.Escalate{TaskSID: s.Task})
}

// request makes a request with v as its JSON body.
func request(method, to, bearer string, v any) (*http.Request, error) {
	body := io.Reader(http.NoBody)
	if v != nil {
		raw, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("encode request: %w", err)
		}
		body = bytes.NewReader(raw)
	}
	r, err := http.NewRequest(method, to, body) //nolint:noctx // whoever sends it adds the context
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	if v != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	return r, nil
}

// ask sends a request and decodes the answer.
func ask(r *http.Request, v any) error {
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%w: %s: %s", errStatus, resp.Status, body)
	}
	if err := json.Unmarshal(body, v); err != nil {
		return fmt.Errorf("decode answer: %w", err)
	}
	return nil
}

// measure runs all rounds.
func (b *bench) measure(ctx context.Context) error {
	for round := range b.rounds {
		for _, l := range b.alones {
			var a alone
			if err := outcome(ctx, &a, l.env, l.args[0], l.args[1:]...); err != nil {
				return err
			}
			l.got = append(l.got, a.Micros)
		}
		for _, c := range b.mints {
			s, err := b.load(ctx, c.child, func(int) (*http.Request, error) { return mintOnce(c.URL) })
			if err != nil {
				return err
			}
			c.samples = append(c.samples, s)
		}
		if err := b.measureProduct(ctx, b.product.Seats[round*b.connections:][:b.connections]); err != nil {
			return err
		}
	}
	return nil
}

// measureProduct is one round of the product's endpoints: every connection
// stands for an agent, or for that agent's customer.
func (b *bench) measureProduct(ctx context.Context, seats []seat) error {
	codes := make([]string, len(seats))
	for i, s := range seats {
		var e wire.Escalation
		r, err := escalate(b.product.URL, s)
		if err != nil {
			return err
		}
		if err := ask(r.WithContext(ctx), &e); err != nil {
			return fmt.Errorf("escalate: %w", err)
		}
		codes[i] = e.Code
	}
	for n, e := range b.ours {
		if n == 2 {
			if err := b.joinAgents(ctx, seats, codes); err != nil {
				return err
			}
		}
		s, err := b.load(ctx, b.product, func(i int) (*http.Request, error) { return e.request(seats[i], codes[i]) })
		if err != nil {
			return err
		}
		e.samples = append(e.samples, s)
	}
	return nil
}

// joinAgents lets every agent into the Room of their escalation. Nobody really
// comes, but until that is noticed customers get their token.
func (b *bench) joinAgents(ctx context.Context, seats []seat, codes []string) error {
	for i, s := range seats {
		r, err := request(http.MethodPost, b.product.URL+wire.CodePath(codes[i], wire.ActionAgentToken), s.Flex, struct{}{})
		if err != nil {
			return err
		}
		var j wire.Join
		if err := ask(r.WithContext(ctx), &j); err != nil {
			return fmt.Errorf("join as agent: %w", err)
		}
	}
	return nil
}

// load asks one server on all connections.
func (b *bench) load(ctx context.Context, c *child, next func(connection int) (*http.Request, error)) (sample, error) {
	base, err := url.Parse(c.URL)
	if err != nil {
		return sample{}, fmt.Errorf("read address: %w", err)
	}
	var streams []stream
	for i := range b.connections {
		r, err := next(i)
		if err != nil {
			return sample{}, err
		}
		var raw bytes.Buffer
		if err := r.Write(&raw); err != nil {
			return sample{}, fmt.Errorf("write request: %w", err)
		}
		streams = append(streams, raw.Bytes())
	}
	return load(ctx, base.Host, c.cmd.Process.Pid, streams, b.warmUp, b.duration)
}

// failures is an error if any request failed: then the figures mean nothing.
func (b *bench) failures() error {
	var errs []error
	note := func(name string, samples []sample) {
		for _, s := range samples {
			if s.failed > 0 {
				errs = append(errs, fmt.Errorf("%s: %d requests failed, the first with: %w", name, s.failed, s.firstFailure))
			}
		}
	}
	for _, c := range b.mints {
		note(c.name, c.samples)
	}
	for _, e := range b.ours {
		note(e.name, e.samples)
	}
	return errors.Join(errs...)
}
