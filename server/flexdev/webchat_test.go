package flexdev_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"escalate/server/flexdev"
	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
	accesstoken "escalate/server/token"
)

// TestChatServer begins, renews and ends a web chat as the customer's page does.
func TestChatServer(t *testing.T) {
	if testing.Short() {
		t.Skip("opens UDP ports")
	}
	tw, err := localtwilio.Start(t.Context(), localtwilio.Config{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tw.Close() })
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, flexdev.Bundle), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := flexdev.New(flexdev.Config{Dir: dir, Twilio: tw.URL(), Account: tw.Account()})
	if err != nil {
		t.Fatal(err)
	}
	r := mux.NewRouter()
	p.Routes(r)
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	ask := func(path string, in map[string]string, status int) (v struct{ Token, ConversationSID, Identity, Twilsock string }) {
		t.Helper()
		body, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.Post(server.URL+"/webchat/api/"+path, "application/json", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.StatusCode != status {
			t.Fatalf("%s: %s, want %d", path, res.Status, status)
		}
		if status == http.StatusOK {
			if err := json.NewDecoder(res.Body).Decode(&v); err != nil {
				t.Fatal(err)
			}
		}
		return v
	}
	a := tw.Account()
	begun := ask("begin", map[string]string{"name": "Maya", "query": "E07"}, 200)
	claims, err := accesstoken.Verify(begun.Token, a.SID, func(string) (string, bool) { return a.KeySecret, true }, time.Now())
	if err != nil || claims.Identity != begun.Identity || claims.ChatService != a.ChatServiceSID || begun.Twilsock == "" {
		t.Errorf("begun %+v, claims %+v, %v", begun, claims, err)
	}
	if all, err := tw.Store().Conversations.Messages(begun.ConversationSID, 0); err != nil || len(all) != 1 || all[0].Body != "E07" || all[0].Author != begun.Identity {
		t.Errorf("messages %+v, %v", all, err)
	}
	if again := ask("refresh", map[string]string{"token": begun.Token, "conversationSid": begun.ConversationSID}, 200); again.Identity != begun.Identity {
		t.Errorf("refreshed %+v", again)
	}
	ask("refresh", map[string]string{"token": "x"}, 502)
	other := ask("begin", map[string]string{"name": "Tom"}, 200)
	ask("end", map[string]string{"token": other.Token, "conversationSid": begun.ConversationSID}, 502)
	ask("end", map[string]string{"token": begun.Token, "conversationSid": begun.ConversationSID}, 200)
	if v, err := tw.Store().Conversations.Get(begun.ConversationSID); err != nil || v.State != store.ChatClosed {
		t.Errorf("conversation %+v, %v", v, err)
	}
}

// The page of a chat draws each Message once, in their order.
func TestThread(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node here")
	}
	if out, err := exec.CommandContext(t.Context(), node, filepath.Join("testdata", "thread.mjs")).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
