package core

import (
	"io"
	"net/http"
	"regexp"
	"strconv"
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
	for i := range replicas {
		replicas[i], err = Start(t.Context(), config(t, map[string]string{
			"TWILIO_ACCOUNT_SID": account.SID, "TWILIO_API_KEY": account.KeySID, "TWILIO_API_SECRET": account.KeySecret,
			"TWILIO_AUTH_TOKEN": account.AuthToken, "TWILIO_FLEX_SYNC_SID": account.SyncServiceSID, "TWILIO_WORKSPACE_SID": account.WorkspaceSID,
			"TWILIO_API_URL": twilio.URL(), "TWILIO_SIGNALING_URL": twilio.SignalingURL(),
			"PUBLIC_URL": "https://video.example.com", "ADDR": "127.0.0.1:0", "OPERATOR_ADDR": "127.0.0.1:0", "NATS_URL": nats.ClientURL(),
		}))
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
	e, _, err := a.svc.Escalate(t.Context(), ana, r.TaskSID, false, "")
	if err != nil {
		t.Fatal(err)
	}
	changes, err := b.svc.Watch(t.Context(), e.Code)
	if err != nil {
		t.Fatal(err)
	}
	<-changes
	if err := a.svc.Progress(t.Context(), e.Code, escalation.Progress{Phase: "opened"}); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-changes:
		if got.Customer.Phase != "opened" {
			t.Errorf("the other replica is at %q", got.Customer.Phase)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the change did not arrive")
	}
	wait(t, "heard", func() bool { return b.metric(t, "escalate_news_heard_total") == 1 })
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
