package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"escalate/app/client"
	"escalate/app/eventsource"
	"escalate/app/wire"
)

// rounds is how often the tests of replicas play, from REPLICA_ROUNDS.
func rounds() int {
	n, _ := strconv.Atoi(os.Getenv("REPLICA_ROUNDS"))
	return max(n, 1)
}

// fleet is local Twilio alone, two product servers on it as processes of their
// own, a and b, and a balancer that prefers b.
type fleet struct {
	t        *testing.T // of the round
	owner    *testing.T // of the processes
	twilio   *process
	a, b     *process
	balancer *balancer
	addrs    []string // of a and b
	settings []string // of both
	desk     string   // the demo's desk, in front of a
}

func newFleet(t *testing.T) *fleet {
	t.Helper()
	needWASM(t)
	if testing.Short() {
		t.Skip("opens UDP ports")
	}
	f := &fleet{t: t, owner: t, addrs: freeAddrs(t, 2)}
	f.balancer = newBalancer(t, f.addrs[1], f.addrs[0])
	f.twilio = startChild(t, "local-twilio", regexp.MustCompile(`agent's desk: (\S+)/demo/agent`), []string{
		"-addr", "127.0.0.1:0", "-media-addr", "127.0.0.1:0", "-turn-addr", "127.0.0.1:0", "-log-level", "warn",
		"-product", "http://" + f.addrs[0], "-desk-addr", "127.0.0.1:0"})
	f.desk = f.twilio.url
	f.settings = []string{"PUBLIC_URL=" + f.balancer.url, "TRUST_PROXY=true", "LOG_LEVEL=warn"}
	for _, line := range f.twilio.printed() { // its own words are the product's settings
		if name, _, ok := strings.Cut(line, "="); ok && !strings.HasPrefix(name, "#") {
			f.settings = append(f.settings, line)
		}
	}
	f.a, f.b = f.start(0), f.start(1)
	t.Cleanup(func() {
		if t.Failed() {
			for name, p := range map[string]*process{"local Twilio": f.twilio, "a": f.a, "b": f.b} {
				t.Logf("the log of %s:\n%s", name, strings.Join(p.lines(), "\n"))
			}
		}
	})
	return f
}

// start starts one of the two replicas.
func (f *fleet) start(i int) *process {
	f.t.Helper()
	return startChild(f.owner, "serve", regexp.MustCompile(`Escalate is at (\S+)`), nil, append([]string{"ADDR=" + f.addrs[i]}, f.settings...)...)
}

// api is the product's API at base, for the demo's Worker.
func (f *fleet) api(base string) *client.Client {
	token := f.twilio.find(f.t, `^# Flex token, until \S+ (\S+)$`)
	return client.New(func(ctx context.Context, r client.Request) (client.Response, error) {
		q, err := http.NewRequestWithContext(ctx, r.Method, base+r.Path, bytes.NewReader(r.Body))
		if err != nil {
			return client.Response{}, err
		}
		for k, v := range r.Header {
			q.Header.Set(k, v)
		}
		resp, err := http.DefaultClient.Do(q)
		if err != nil {
			return client.Response{}, err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		return client.Response{Status: resp.StatusCode, Body: body}, err
	}, func() string { return token })
}

// rest asks local Twilio as anybody with the account's key could.
func (f *fleet) rest(method, path, form string, out any) {
	f.t.Helper()
	r, err := http.NewRequest(method, f.twilio.find(f.t, `^TWILIO_API_URL=(\S+)$`)+path, strings.NewReader(form))
	if err != nil {
		f.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(f.twilio.find(f.t, `^TWILIO_API_KEY=(\S+)$`), f.twilio.find(f.t, `^TWILIO_API_SECRET=(\S+)$`))
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode > 299 {
		f.t.Fatalf("%s %s: %s %s %v", method, path, resp.Status, b, err)
	}
	if err := json.Unmarshal(b, out); err != nil {
		f.t.Fatalf("%s %s: %v in %s", method, path, err, b)
	}
}

// source is a browser's EventSource: it comes back by itself with
// Last-Event-ID, and gives up for good when it is answered anything but events.
type source struct {
	t      *testing.T
	states chan wire.State
	url    string

	mu    sync.Mutex
	opens int // streams that were answered
	gone  error
}

// follow opens the events of code at base until the end of the test.
func follow(t *testing.T, base, code string) *source {
	s := &source{t: t, states: make(chan wire.State, 1000), url: base + wire.CodePath(code, wire.ActionEvents)}
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() { s.run(ctx) })
	t.Cleanup(func() {
		cancel()
		done.Wait()
	})
	return s
}

func (s *source) run(ctx context.Context) {
	at := eventsource.Start()
	for ctx.Err() == nil {
		if err := s.once(ctx, &at); err != nil {
			s.mu.Lock()
			s.gone = err
			s.mu.Unlock()
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(at.Pause): // as the HTML standard has it
		}
	}
}

// errStop is a 204, with which a server ends an EventSource.
var errStop = errors.New("the server said that nothing will follow")

// once reads one stream to its end; an error is a reason never to come back.
func (s *source) once(ctx context.Context, at *eventsource.Position) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil {
		return err
	}
	if at.ID != "" {
		r.Header.Set("Last-Event-ID", at.ID)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil // a network error: comes back
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNoContent:
		return errStop
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("the events answered %s", resp.Status)
	}
	s.mu.Lock()
	s.opens++
	s.mu.Unlock()
	if err := at.Read(resp.Body, func(st wire.State) error {
		s.states <- st
		return nil
	}); errors.Is(err, eventsource.ErrEvent) {
		return err
	}
	return nil
}

func (s *source) opened() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opens
}

// until reads states until one is as wanted. They must never go back.
func (s *source) until(what string, ok func(wire.State) bool) wire.State {
	s.t.Helper()
	deadline := time.After(patience)
	var last wire.State
	for {
		select {
		case st := <-s.states:
			if st.Version < last.Version {
				s.t.Errorf("version %d came after %d", st.Version, last.Version)
			}
			if last = st; ok(st) {
				return st
			}
		case <-deadline:
			s.mu.Lock()
			defer s.mu.Unlock()
			s.t.Fatalf("not within %v: %s; the last state was %+v, the stream %v", patience, what, last, s.gone)
		}
	}
}

// TestReplicaIsKilled has the agent on one replica and the customer, through
// the balancer, on the other, which is killed in the middle.
func TestReplicaIsKilled(t *testing.T) {
	f := newFleet(t)
	for n := range rounds() {
		t.Run(strconv.Itoa(n+1), func(t *testing.T) {
			f.t = t
			f.round()
		})
		if t.Failed() {
			return
		}
	}
}

func (f *fleet) round() {
	t, ctx := f.t, f.t.Context()
	no := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	agent, customer := f.api("http://"+f.addrs[0]), f.api(f.balancer.url)
	task := f.twilio.find(t, `^# Task (\S+)`)
	e, err := agent.Escalate(ctx, wire.Escalate{TaskSID: task, SendInvite: true})
	no(err)
	if !strings.HasPrefix(e.JoinURL, f.balancer.url+"/") {
		t.Errorf("the link is %s, not at %s", e.JoinURL, f.balancer.url)
	}
	seenByAgent := follow(t, "http://"+f.addrs[0], e.Code)
	seenByCustomer := follow(t, f.balancer.url, e.Code)
	seenByCustomer.until("the invitation", func(st wire.State) bool { return st.Status == wire.StatusInvited })
	if at := f.balancer.replica(wire.ActionEvents); at != f.addrs[1] {
		t.Fatalf("the customer's events come from %s, not from b at %s", at, f.addrs[1])
	}

	// What b has said yes to must outlive it.
	no(customer.Progress(ctx, e.Code, wire.Progress{Phase: wire.PhaseReady}))
	answer, err := customer.Join(ctx, e.Code, wire.JoinRequest{})
	no(err)
	if !answer.Waiting || f.balancer.replica(wire.ActionToken) != f.addrs[1] {
		t.Fatalf("answer %+v of %s, want b's to wait", answer, f.balancer.replica(wire.ActionToken))
	}
	f.b.kill()
	killed := time.Now()
	seenByAgent.until("the agent sees the customer waiting", func(st wire.State) bool { return st.Customer.Phase == wire.PhaseWaiting })
	waiting := time.Since(killed)

	// Waiting leads to the call, with the other.
	_, err = agent.AgentJoin(ctx, e.Code)
	no(err)
	seenByCustomer.until("the customer hears of the agent", func(st wire.State) bool { return st.AgentPresent })
	heard := time.Since(killed)
	if n := seenByCustomer.opened(); n != 2 || f.balancer.replica(wire.ActionEvents) != f.addrs[0] {
		t.Errorf("%d event streams, the last from %s; want 2, the second from a", n, f.balancer.replica(wire.ActionEvents))
	}
	answer, err = customer.Join(ctx, e.Code, wire.JoinRequest{})
	no(err)
	if answer.Waiting || answer.Token == "" || answer.Signaling != f.twilio.find(t, `^TWILIO_SIGNALING_URL=(\S+)$`) {
		t.Fatalf("answer %+v, want a token", answer)
	}
	for _, s := range []*source{seenByAgent, seenByCustomer} {
		s.until("both are in the call", func(st wire.State) bool { return st.Status == wire.StatusInCall })
	}
	joined := time.Since(killed)

	// The end and the rating arrive on both, whoever is told. No browser is in
	// the Room here: the report of the call is what tells that one was.
	no(customer.Leave(ctx, e.Code, wire.Leave{Identity: answer.Identity, Key: answer.LeaveKey, Call: &wire.CallReport{Quality: 5}}))
	_, err = customer.Rate(ctx, e.Code, wire.Rating{Score: 4, Comment: "Carried on.", Identity: answer.Identity, Key: answer.LeaveKey})
	no(err)
	seenByAgent.until("the agent sees the rating", func(st wire.State) bool { return st.Rated && st.Status == wire.StatusOpen })
	f.b = f.start(1)
	var room struct{ Status string }
	f.rest(http.MethodPost, "/video/v1/Rooms/"+answer.Room, "Status=completed", &room)
	completed := time.Now()
	for _, s := range []*source{seenByAgent, seenByCustomer} {
		s.until("the Room's end has come back as a status callback", func(st wire.State) bool { return st.Status == wire.StatusEnded })
	}
	if at := f.balancer.replica("video"); at != f.addrs[1] {
		t.Errorf("the callback went to %q, want b at %s: others must learn of it", at, f.addrs[1])
	}
	t.Logf("after the kill: customer waiting seen by the agent %v, agent seen by the customer %v, in the call %v; Room's end told after %v",
		round(waiting), round(heard), round(joined), round(time.Since(completed)))
}

func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }
