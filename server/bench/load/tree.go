package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"escalate/app/client"
	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
)

// offices is how many addresses the requests of agents and customers come from; event streams
// have an address each.
const offices = 64

// stopWithin is what a replica gets at SIGTERM: DRAIN_SECONDS, and 20 s for requests.
const stopWithin = 30 * time.Second

// setup is what a tree is made of.
type setup struct {
	// command makes one of the product's commands.
	command  func(args ...string) *exec.Cmd
	data     string            // folder for local Twilio's data; empty is a temporary one
	size     int               // replicas
	tasks    int               // chat Tasks
	agents   int               // who have accepted them
	drain    int               // DRAIN_SECONDS
	settings map[string]string // more of the replicas'
	// between may put something between a replica and local Twilio, whose URL it is given.
	between func(replica int, twilio string) (string, error)
}

// tree is local Twilio, replicas of the product and a balancer before them: processes of
// their own, but for the balancer, which is in this one.
type tree struct {
	setup
	dir       string
	temporary bool // dir is ours
	account   localtwilio.Account
	workers   []worker
	seats     []seat
	addr      string // of local Twilio
	twilio    *program
	printed   []string // the settings of a product on that local Twilio
	replicas  []*replica
	balancer  *balancer
	people    []*http.Transport
	more      []func() // what ends with it, newest last
}

// worker is a Worker who is signed in.
type worker struct{ sid, token string }

// seat is a chat Task that a Worker has accepted.
type seat struct {
	worker             int
	task, conversation string
}

// replica is one process of the product.
type replica struct {
	*backend
	twilio  string // where it finds Twilio
	program *program
}

// plant makes the agents and their Tasks and starts everything. The tree has to be felled.
func plant(ctx context.Context, s setup) (_ *tree, err error) {
	t := &tree{setup: s, dir: s.data}
	defer func() {
		if err != nil {
			t.fell()
		}
	}()
	if t.dir == "" {
		t.temporary = true
		if t.dir, err = os.MkdirTemp(memory(), "escalate-load-"); err != nil {
			return nil, fmt.Errorf("make data folder: %w", err)
		}
	}
	if err := t.seed(ctx); err != nil {
		return nil, fmt.Errorf("make agents and Tasks: %w", err)
	}
	addrs, err := freeAddrs(1 + 2*s.size)
	if err != nil {
		return nil, err
	}
	t.addr = addrs[0]
	if err := t.startTwilio(ctx); err != nil {
		return nil, err
	}
	var backends []*backend
	for i := range s.size {
		r := &replica{backend: &backend{addr: addrs[1+2*i], operator: addrs[2+2*i]}, twilio: "http://" + t.addr}
		if s.between != nil {
			if r.twilio, err = s.between(i, r.twilio); err != nil {
				return nil, err
			}
		}
		t.replicas, backends = append(t.replicas, r), append(backends, r.backend)
	}
	if t.balancer, err = newBalancer(ctx, backends); err != nil {
		return nil, err
	}
	for i := range offices {
		t.people = append(t.people, t.balancer.crowd.transport(1<<20+i))
	}
	for i := range t.replicas {
		if err := t.startReplica(ctx, i); err != nil {
			return nil, err
		}
	}
	return t, t.whole(ctx)
}

// also has f called when the tree is felled, before its processes end.
func (t *tree) also(f func()) { t.more = append(t.more, f) }

// memory is a folder that is kept in memory, where there is one: every change of local Twilio is
// synced to its file, and disks are not the subject. Empty is the usual one.
func memory() string {
	const shm = "/dev/shm"
	if i, err := os.Stat(shm); err != nil || !i.IsDir() {
		return ""
	}
	return shm
}

// fell ends all processes.
func (t *tree) fell() {
	for _, f := range slices.Backward(t.more) {
		f()
	}
	for _, r := range t.replicas {
		if r.program != nil {
			r.program.kill()
		}
	}
	if t.twilio != nil {
		t.twilio.kill()
	}
	for _, p := range t.people {
		p.CloseIdleConnections()
	}
	if t.balancer != nil {
		t.balancer.close()
	}
	if t.temporary {
		_ = os.RemoveAll(t.dir)
	}
}

// freeAddrs finds loopback addresses for servers that come back at the same place.
func freeAddrs(n int) (addrs []string, err error) {
	for range n {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		defer ln.Close()
		addrs = append(addrs, ln.Addr().String())
	}
	return addrs, nil
}

// seed makes Workers, signed in, and chats that they have accepted, in local Twilio's data
// before it starts.
func (t *tree) seed(ctx context.Context) (err error) {
	local, err := localtwilio.Start(ctx, localtwilio.Config{Addr: "127.0.0.1:0", DataDir: t.dir})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, local.Close()) }()
	t.account = local.Account()
	s := local.Store()
	for i := range t.agents {
		w, err := s.Workers.Create(store.Worker{FriendlyName: fmt.Sprintf("agent%d", i), Attributes: `{"full_name":"Alex Morgan"}`})
		if err != nil {
			return err
		}
		token, err := s.FlexTokens.Issue(store.FlexToken{WorkerSID: w.SID})
		if err != nil {
			return err
		}
		t.workers = append(t.workers, worker{w.SID, token})
	}
	for i := range t.tasks {
		c, err := s.Conversations.Create(store.Conversation{})
		if err != nil {
			return err
		}
		who := i % len(t.workers)
		r, err := s.Reservations.Assign(store.Task{
			Attributes:  `{"customerName":"Kim Park","channelType":"web","direction":"inbound","conversationSid":"` + c.SID + `"}`,
			TaskChannel: "chat",
		}, t.workers[who].sid)
		if err != nil {
			return err
		}
		t.seats = append(t.seats, seat{who, r.TaskSID, c.SID})
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// startTwilio starts local Twilio on its data.
func (t *tree) startTwilio(ctx context.Context) error {
	p, err := launch(ctx, "local Twilio", t.command("local-twilio", "-addr", t.addr, "-media-addr", "127.0.0.1:0", "-turn-addr", "127.0.0.1:0",
		"-data-dir", t.dir, "-log-level", "error"), regexp.MustCompile(`^TWILIO_WORKSPACE_SID=`))
	if err != nil {
		return err
	}
	t.twilio, t.printed = p, nil
	for _, line := range p.lines() { // its own words are the product's settings
		if name, _, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(name, "#") && name != "TWILIO_API_URL" {
			t.printed = append(t.printed, line)
		}
	}
	return nil
}

// startReplica starts the ith replica, with settings as an operator would give them.
func (t *tree) startReplica(ctx context.Context, i int) error {
	r := t.replicas[i]
	cmd := t.command("serve")
	cmd.Dir = t.dir // no .env of a developer's
	cmd.Env = append(cmd.Env, t.printed...)
	cmd.Env = append(cmd.Env, "TWILIO_API_URL="+r.twilio, "ADDR="+r.addr, "OPERATOR_ADDR="+r.operator, "PUBLIC_URL="+t.balancer.url,
		"TRUST_PROXY=true", "LOG_LEVEL=warn", "DRAIN_SECONDS="+strconv.Itoa(t.drain))
	for name, value := range t.settings {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	p, err := launch(ctx, fmt.Sprintf("replica %d", i+1), cmd, regexp.MustCompile(`Escalate is at `))
	if err != nil {
		return err
	}
	r.program = p
	return nil
}

// whole waits until the balancer sends people to all replicas.
func (t *tree) whole(ctx context.Context) error {
	for i, r := range t.replicas {
		if err := eventually(ctx, startWithin, func() error {
			if !r.ready.Load() {
				return fmt.Errorf("replica %d is not ready", i+1)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// crashed returns an error for each program that has ended by itself.
func (t *tree) crashed() error {
	errs := []error{t.twilio.crashed()}
	for _, r := range t.replicas {
		errs = append(errs, r.program.crashed())
	}
	return errors.Join(errs...)
}

// eventually tries f until it returns nil, and returns its last error after a time.
func eventually(ctx context.Context, within time.Duration, f func() error) error {
	deadline := time.Now().Add(within)
	for {
		err := f()
		if err == nil || ctx.Err() != nil || time.Now().After(deadline) {
			return err
		}
		rest(ctx, 100*time.Millisecond)
	}
}

// rest waits for a time, or until ctx ends.
func rest(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// api is the product's API through the balancer, for somebody in the nth office; token is an
// agent's. by, unless nil, is told which replica answered.
func (t *tree) api(n int, token string, by func(replica string)) *client.Client {
	h := &http.Client{Transport: t.people[n%len(t.people)]}
	return client.New(func(ctx context.Context, r client.Request) (client.Response, error) {
		q, err := http.NewRequestWithContext(ctx, r.Method, "http://balancer"+r.Path, bytes.NewReader(r.Body))
		if err != nil {
			return client.Response{}, err
		}
		for k, v := range r.Header {
			q.Header.Set(k, v)
		}
		resp, err := h.Do(q)
		if err != nil {
			return client.Response{}, err
		}
		defer resp.Body.Close()
		if by != nil {
			by(resp.Header.Get(replicaHeader))
		}
		body, err := io.ReadAll(resp.Body)
		return client.Response{Status: resp.StatusCode, Body: body}, err
	}, func() string { return token })
}
