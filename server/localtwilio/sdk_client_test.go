package localtwilio_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	twiliojwt "github.com/twilio/twilio-go/client/jwt"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
)

// clientLibraries are where the npm packages are installed by make test-flex.
const clientLibraries = "../../static/flex/node_modules"

// accessToken mints an Access Token with Twilio's own library. A ttl below
// zero makes one that has ended.
func accessToken(t *testing.T, s *localtwilio.Server, secret, identity string, ttl time.Duration, grants ...twiliojwt.BaseGrant) string {
	t.Helper()
	a := s.Account()
	now := time.Now()
	j := twiliojwt.CreateAccessToken(twiliojwt.AccessTokenParams{
		AccountSid: a.SID, SigningKeySid: a.KeySID, Secret: secret, Identity: identity,
		Nbf: float64(now.Add(-time.Hour).Unix()), ValidUntil: float64(now.Add(ttl).Unix()),
	})
	for _, g := range grants {
		j.AddGrant(g)
	}
	raw, err := j.ToJwt()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// runClient runs a script of testdata/sdk on the unmodified npm packages, after
// some preparations that have the first of its Workers.
func runClient(t *testing.T, script string, prepare ...func(s *localtwilio.Server, w store.Worker)) {
	t.Helper()
	modules := clientModules(t)
	s, workers, stage := newStage(t)
	for _, f := range prepare {
		f(s, workers[0])
	}
	runScript(t, modules, script, stage)
}

// clientModules is where the npm packages are; without them the test is skipped.
func clientModules(t *testing.T) string {
	t.Helper()
	modules, err := filepath.Abs(clientLibraries)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(modules); err != nil {
		if os.Getenv("FLEX") != "" {
			t.Fatal(err)
		}
		t.Skip("the client libraries are not installed: make flex-deps")
	}
	return modules
}

// startClock starts a clock that runs, and that whoever posts a number of seconds to its URL puts
// so far ahead.
func startClock(t *testing.T) (now func() time.Time, url string) {
	t.Helper()
	var ahead atomic.Int64
	r := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		n, bad := strconv.ParseInt(string(b), 10, 64)
		if err := errors.Join(err, bad); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		ahead.Store(n)
	}))
	t.Cleanup(r.Close)
	return func() time.Time { return time.Now().Add(time.Duration(ahead.Load()) * time.Second) }, r.URL
}

// newStage starts local Twilio with two Workers; the stage is what scripts find in env.
func newStage(t *testing.T) (s *localtwilio.Server, workers [2]store.Worker, stage map[string]string) {
	t.Helper()
	at, clock := startClock(t)
	s = start(t, localtwilio.Config{Now: at})
	a := s.Account()
	chat, sync := &twiliojwt.ChatGrant{ServiceSid: a.ChatServiceSID}, &twiliojwt.SyncGrant{ServiceSid: a.SyncServiceSID}
	for i := range workers {
		workers[i] = must(s.Store().Workers.Create(store.Worker{FriendlyName: fmt.Sprint("worker", i), Attributes: `{"team":"red"}`}))(t)
	}
	supervisor := func(ttl time.Duration) string {
		return must(s.Store().FlexTokens.Issue(store.FlexToken{WorkerSID: workers[0].SID, Roles: []string{"supervisor"}, Expires: s.Store().Now().Add(ttl)}))(t)
	}
	return s, workers, map[string]string{
		"account": a.SID, "address": a.AddressSID,
		"clock": clock, "socket": s.TwilsockURL(), "rest": s.URL(), "chatService": a.ChatServiceSID, "key": a.KeySID, "secret": a.KeySecret,
		"ada":        accessToken(t, s, a.KeySecret, "ada", time.Hour, chat, sync),
		"ada2":       accessToken(t, s, a.KeySecret, "ada", 2*time.Hour, chat, sync),
		"bob":        accessToken(t, s, a.KeySecret, "bob", time.Hour, chat, sync),
		"chatOnly":   accessToken(t, s, a.KeySecret, "cleo", time.Hour, chat),
		"bob2":       accessToken(t, s, a.KeySecret, "bob", 2*time.Hour, chat, sync),
		"expired":    accessToken(t, s, a.KeySecret, "ada", -time.Minute, sync),
		"supervisor": supervisor(time.Hour), "supervisor2": supervisor(2 * time.Hour),
		"workspace": a.WorkspaceSID, "worker": workers[0].SID, "worker2": workers[1].SID,
		"forged": accessToken(t, s, "another secret", "ada", time.Hour, sync),
	}
}

// runScript runs a script of testdata/sdk to its end.
func runScript(t *testing.T, modules, script string, stage map[string]string) {
	t.Helper()
	library, err := filepath.Abs("../../static/node_modules/twilio")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(stage)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", filepath.Join("testdata/sdk", script))
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules, "STAGE="+string(raw), "TWILIO="+library)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
}

func TestClientSync(t *testing.T)          { runClient(t, "sync.js") }
func TestClientToken(t *testing.T)         { runClient(t, "token.js") }
func TestClientLiveQuery(t *testing.T)     { runClient(t, "livequery.js") }
func TestClientConversations(t *testing.T) { runClient(t, "conversations.js") }
func TestClientMedia(t *testing.T)         { runClient(t, "media.js") }
func TestClientMethods(t *testing.T)       { runClient(t, "conversations_methods.js") }
func TestClientSyncMethods(t *testing.T)   { runClient(t, "sync_methods.js") }
func TestClientVideoApp(t *testing.T)      { runClient(t, "videoapp.js") }

// TestClientWebChat plays a web chat of which a Worker gets the Task, whoever
// offers it.
func TestClientWebChat(t *testing.T) {
	runClient(t, "webchat.js", func(s *localtwilio.Server, w store.Worker) {
		t.Cleanup(s.Store().Watch(func(e store.Event) {
			if c, ok := e.Change.(*store.TaskCreated); ok {
				if _, err := s.Store().Reservations.Create(c.Task.SID, w.SID); err != nil && !errors.Is(err, store.ErrTransition) {
					t.Errorf("offer the Task: %v", err)
				}
			}
		}))
	})
}
