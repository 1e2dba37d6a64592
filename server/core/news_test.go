package core

import (
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"escalate/server/escalation"
	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
)

// metric reads one series without labels from the operator's port.
func (s *System) metric(t *testing.T, name string) float64 {
	t.Helper()
	resp, err := http.Get("http://" + s.opAddr + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindSubmatch(body)
	if m == nil {
		t.Fatalf("there is no metric %s", name)
	}
	v, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// deaf keeps Documents from being read while its gate is shut.
type deaf struct {
	next http.RoundTripper
	gate *gate
}

// gate is closed from shut to open.
type gate struct {
	mu     sync.Mutex
	opened chan struct{} // nil: open
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.opened = make(chan struct{})
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.opened != nil {
		close(g.opened)
		g.opened = nil
	}
}

func (g *gate) closed() chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.opened
}

// RoundTrip is part of http.RoundTripper.
func (d deaf) RoundTrip(r *http.Request) (*http.Response, error) {
	if c := d.gate.closed(); c != nil && r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/Documents") {
		select {
		case <-c:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	return d.next.RoundTrip(r)
}

// TestReplicasTellEachOther plays two replicas on one account and one NATS.
func TestReplicasTellEachOther(t *testing.T) {
	needWASM(t)
	nats, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	nats.Start()
	t.Cleanup(nats.Shutdown)
	twilio, err := localtwilio.Start(t.Context(), localtwilio.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = twilio.Close() })
	account := twilio.Account()
	var replicas [2]*System
	var reads gate // of the second, which hears
	for i := range replicas {
		c := config(t, map[string]string{
			"TWILIO_ACCOUNT_SID": account.SID, "TWILIO_API_KEY": account.KeySID, "TWILIO_API_SECRET": account.KeySecret,
			"TWILIO_AUTH_TOKEN": account.AuthToken, "TWILIO_FLEX_SYNC_SID": account.SyncServiceSID, "TWILIO_WORKSPACE_SID": account.WorkspaceSID,
			"TWILIO_API_URL": twilio.URL(), "TWILIO_SIGNALING_URL": twilio.SignalingURL(),
			"PUBLIC_URL": "https://video.example.com", "NATS_URL": nats.ClientURL(),
		})
		if i == 1 {
			c.WrapTransport = func(next http.RoundTripper) http.RoundTripper { return deaf{next, &reads} }
		}
		replicas[i], err = Start(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(replicas[i].Close)
	}
	a, b := replicas[0], replicas[1]
	for _, r := range replicas {
		wait(t, "connected to NATS", func() bool { return r.metric(t, "escalate_news_connected") == 1 })
	}

	worker, err := twilio.Store().Workers.Create(store.Worker{FriendlyName: "ana"})
	if err != nil {
		t.Fatal(err)
	}
	chat, err := twilio.Store().Conversations.Create(store.Conversation{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := twilio.Store().Reservations.Assign(store.Task{Attributes: `{"conversationSid":"` + chat.SID + `"}`, TaskChannel: "chat"}, worker.SID)
	if err != nil {
		t.Fatal(err)
	}
	ana := escalation.Agent{Worker: worker.SID, Identity: "ana", Name: "Ana", Roles: []string{"agent"}}
	e, _, err := a.svc.Escalate(t.Context(), ana, r.TaskSID, escalation.Invite{})
	if err != nil {
		t.Fatal(err)
	}
	changes, err := b.svc.Watch(t.Context(), e.Code)
	if err != nil {
		t.Fatal(err)
	}
	<-changes
	// What it would find by itself comes no earlier than the news.
	reads.shut()
	defer reads.open()
	if err := a.svc.Progress(t.Context(), e.Code, escalation.Progress{Phase: "opened"}); err != nil {
		t.Fatal(err)
	}
	wait(t, "heard", func() bool { return b.metric(t, "escalate_news_heard_total") == 1 })
	select {
	case got := <-changes:
		t.Fatalf("the other replica is at %q without reading", got.Customer.Phase)
	default:
	}
	reads.open()
	select {
	case got := <-changes:
		if got.Customer.Phase != "opened" {
			t.Errorf("the other replica is at %q", got.Customer.Phase)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the change did not arrive")
	}
	if n := a.metric(t, "escalate_news_heard_total"); n != 0 {
		t.Errorf("a replica heard %v of its own changes", n)
	}
}

// wait waits until ok holds.
func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not %s in 30 s", what)
		}
	}
}
