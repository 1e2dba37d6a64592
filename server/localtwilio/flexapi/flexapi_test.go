package flexapi_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"escalate/server/localtwilio/flexapi"
	"escalate/server/localtwilio/rest"
	"escalate/server/localtwilio/store"
)

const patience = 10 * time.Second

// bench is a Server on a store of its own with a Worker, a chat and its Task.
type bench struct {
	t            *testing.T
	store        *store.Store
	flex         *flexapi.Server
	url          string
	worker       store.Worker
	token        string
	conversation store.Conversation
	task         store.Task
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, store: must(store.Open("", store.Options{}))(t)}
	b.worker = must(b.store.Workers.Create(store.Worker{FriendlyName: "alex", Attributes: `{"full_name":"Alex"}`}))(t)
	b.token = must(b.store.FlexTokens.Issue(store.FlexToken{WorkerSID: b.worker.SID}))(t)
	b.conversation = must(b.store.Conversations.Create(store.Conversation{}))(t)
	b.task = must(b.store.Tasks.Create(store.Task{Attributes: `{"conversationSid":"` + b.conversation.SID + `"}`}))(t)
	b.flex = must(flexapi.Start(flexapi.Config{Store: b.store, REST: rest.New(b.store, rest.Config{})}))(t)
	server := httptest.NewServer(b.flex)
	b.url = server.URL
	t.Cleanup(func() {
		if err := b.flex.Close(); err != nil {
			t.Error(err)
		}
		server.Close()
		if err := b.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *bench) workspace(path string) string {
	return "Workspaces/" + b.store.Account().WorkspaceSID + "/" + path
}

// ask sends a request of the TaskRouter library and reads the payload into v.
func (b *bench) ask(token, method, path string, params map[string]string, want int, v any) {
	b.t.Helper()
	raw, err := json.Marshal(map[string]any{"url": path, "method": method, "params": params, "token": token})
	if err != nil {
		b.t.Fatal(err)
	}
	res, err := http.Post(b.url+"/event-bridge/v1/wschannels", "application/x-www-form-urlencoded", bytes.NewReader(raw))
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body := must(io.ReadAll(res.Body))(b.t)
	if res.StatusCode != want {
		b.t.Fatalf("%s %s answers %d, want %d: %s", method, path, res.StatusCode, want, body)
	}
	if v == nil {
		return
	}
	answer := struct{ Payload any }{v}
	if err := json.Unmarshal(body, &answer); err != nil {
		b.t.Fatalf("%v in %s", err, body)
	}
}

// follow is the bridge of a token's Worker.
func (b *bench) follow(token string) *websocket.Conn {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), patience)
	defer cancel()
	ws, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(b.url, "http")+"/event-bridge/v1/wschannels?token="+token, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = ws.CloseNow() })
	return ws
}

// event waits for an event and reads its payload into v.
func (b *bench) event(ws *websocket.Conn, kind string, v any) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), patience)
	defer cancel()
	for {
		_, raw, err := ws.Read(ctx)
		if err != nil {
			b.t.Fatalf("no %s: %v", kind, err)
		}
		var e struct {
			Type    string `json:"event_type"`
			Payload json.RawMessage
		}
		if json.Unmarshal(raw, &e) != nil || e.Type != kind {
			continue
		}
		if v != nil {
			if err := json.Unmarshal(e.Payload, v); err != nil {
				b.t.Fatalf("%s: %v in %s", kind, err, raw)
			}
		}
		return
	}
}

// seated waits until the Worker is in the Conversation, or no longer is.
func (b *bench) seated(want bool) {
	b.t.Helper()
	changed := make(chan struct{}, 1)
	defer b.store.Watch(func(store.Event) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	for deadline := time.After(patience); ; {
		_, err := b.store.ChatParticipants.Get(b.conversation.SID, "alex")
		if (err == nil) == want {
			return
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			b.t.Fatal(err)
		}
		select {
		case <-changed:
		case <-deadline:
			b.t.Fatalf("the Worker is in the chat: want %v", want)
		}
	}
}

type reservation struct {
	SID    string
	Status string `json:"reservation_status"`
	Task   struct {
		SID    string
		Status string `json:"assignment_status"`
	}
}

func TestReservationFromOfferToCompletion(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ws := b.follow(b.token)
	var init map[string]any
	b.event(ws, "init", &init)
	if init["channel_id"] != b.worker.SID || init["token_lifetime"].(float64) < 3600 {
		t.Errorf("init %v", init)
	}
	r := must(b.store.Reservations.Create(b.task.SID, b.worker.SID))(t)
	var offered reservation
	b.event(ws, "reservation.created", &offered)
	if offered.SID != r.SID || offered.Status != "pending" || offered.Task.SID != b.task.SID {
		t.Errorf("offered %+v", offered)
	}
	path := b.workspace("Workers/" + b.worker.SID + "/Reservations")
	var list struct{ Contents []reservation }
	b.ask(b.token, "GET", path, map[string]string{"Active": "true"}, 200, &list)
	if len(list.Contents) != 1 || list.Contents[0].Task.Status != "reserved" {
		t.Errorf("list %+v", list)
	}
	for _, step := range []struct{ status, event, task string }{
		{"accepted", "reservation.accepted", "assigned"}, {"wrapping", "reservation.wrapup", "wrapping"}, {"completed", "reservation.completed", "completed"},
	} {
		var got, told reservation
		b.ask(b.token, "POST", path+"/"+r.SID, map[string]string{"ReservationStatus": step.status}, 200, &got)
		b.event(ws, step.event, &told)
		if got.Status != step.status || told.Status != step.status || told.Task.Status != step.task {
			t.Errorf("answer %+v, event %+v, want %+v", got, told, step)
		}
		b.seated(step.status != "completed")
	}
	b.ask(b.token, "POST", path+"/"+r.SID, map[string]string{"ReservationStatus": "accepted"}, 400, nil)
	b.ask(b.token, "GET", path, nil, 200, &list)
	if len(list.Contents) != 0 {
		t.Errorf("list after completion %+v", list)
	}
}

func TestWhatRESTDoesIsSeen(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	r := must(b.store.Reservations.Create(b.task.SID, b.worker.SID))(t)
	must(b.store.Reservations.SetStatus(r.SID, store.ReservationAccepted))(t)
	ws := b.follow(b.token)
	b.event(ws, "init", nil)
	must(b.store.Tasks.Update(b.task.SID, "", func(k *store.Task) error { k.Attributes = `{"a":1}`; return nil }))(t)
	var k struct{ Attributes string }
	b.event(ws, "task.updated", &k)
	if k.Attributes != `{"a":1}` {
		t.Errorf("task %+v", k)
	}
	must(b.store.Tasks.Update(b.task.SID, "", func(k *store.Task) error { k.AssignmentStatus = store.TaskWrapping; return nil }))(t)
	b.event(ws, "reservation.wrapup", nil)
	// And the other way round.
	b.ask(b.token, "POST", b.workspace("Tasks/"+b.task.SID), map[string]string{"Attributes": `{"b":2}`}, 200, nil)
	if k := must(b.store.Tasks.Get(b.task.SID))(t); k.Attributes != `{"b":2}` {
		t.Errorf("task %+v", k)
	}
	b.ask(b.token, "POST", b.workspace("Tasks/"+b.task.SID), map[string]string{"Attributes": `[]`}, 400, nil)
	long := map[string]string{"Attributes": `{"a":"` + strings.Repeat("x", store.MaxAttributes) + `"}`}
	b.ask(b.token, "POST", b.workspace("Tasks/"+b.task.SID), long, 400, nil)
	b.ask(b.token, "POST", b.workspace("Workers/"+b.worker.SID), long, 400, nil)
}

// TestWhoComesHearsNoOldNews: a desktop is told of what happens once it is there,
// however much before is still on its way.
func TestWhoComesHearsNoOldNews(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	r := must(b.store.Reservations.Create(b.task.SID, b.worker.SID))(t)
	must(b.store.Reservations.SetStatus(r.SID, store.ReservationAccepted))(t)
	update := func(attributes string) {
		t.Helper()
		must(b.store.Tasks.Update(b.task.SID, "", func(k *store.Task) error { k.Attributes = attributes; return nil }))(t)
	}
	for n := range 300 {
		update(fmt.Sprintf(`{"before":%d}`, n))
	}
	ws := b.follow(b.token)
	update(`{"after":1}`)
	var k struct{ Attributes string }
	b.event(ws, "task.updated", &k)
	if k.Attributes != `{"after":1}` {
		t.Errorf("the first news is %+v", k)
	}
}

func TestActivities(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var list struct {
		Contents []struct {
			SID, Name string
			Available bool
		}
	}
	b.ask(b.token, "GET", b.workspace("Activities"), nil, 200, &list)
	at := slices.IndexFunc(list.Contents, func(a struct {
		SID, Name string
		Available bool
	}) bool {
		return !a.Available
	})
	if len(list.Contents) < 2 || list.Contents[0].SID != b.worker.ActivitySID || at < 0 {
		t.Fatalf("activities %+v", list)
	}
	ws := b.follow(b.token)
	b.event(ws, "init", nil)
	b.ask(b.token, "POST", b.workspace("Workers/"+b.worker.SID), map[string]string{"ActivitySid": list.Contents[at].SID}, 200, nil)
	b.event(ws, "worker.activity.update", nil)
	if w := must(b.store.Workers.Get(b.worker.SID))(t); w.Available || w.ActivitySID != list.Contents[at].SID {
		t.Errorf("worker %+v", w)
	}
	b.ask(b.token, "POST", b.workspace("Workers/"+b.worker.SID), map[string]string{"ActivitySid": "WA0"}, 400, nil)
}

func TestOthersTasksStayClosed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	r := must(b.store.Reservations.Create(b.task.SID, b.worker.SID))(t)
	other := must(b.store.Workers.Create(store.Worker{FriendlyName: "eve"}))(t)
	eve := must(b.store.FlexTokens.Issue(store.FlexToken{WorkerSID: other.SID}))(t)
	b.ask(eve, "POST", b.workspace("Workers/"+other.SID+"/Reservations/"+r.SID), map[string]string{"ReservationStatus": "accepted"}, 404, nil)
	b.ask(eve, "POST", b.workspace("Workers/"+b.worker.SID+"/Reservations/"+r.SID), map[string]string{"ReservationStatus": "accepted"}, 404, nil)
	b.ask(eve, "GET", b.workspace("Tasks/"+b.task.SID), nil, 404, nil)
	b.ask(eve, "POST", b.workspace("Tasks/"+b.task.SID), map[string]string{"AssignmentStatus": "canceled"}, 404, nil)
	b.ask("nonsense", "GET", b.workspace("Activities"), nil, 401, nil)
	b.ask(b.token, "GET", "Workspaces/WS0/Activities", nil, 404, nil)
}

func TestWhoHasChatsIsSeatedAtTheStart(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	r := must(b.store.Reservations.Create(b.task.SID, b.worker.SID))(t)
	if err := b.flex.Close(); err != nil {
		t.Fatal(err)
	}
	must(b.store.Reservations.SetStatus(r.SID, store.ReservationAccepted))(t)
	again := must(flexapi.Start(flexapi.Config{Store: b.store, REST: rest.New(b.store, rest.Config{})}))(t)
	defer again.Close()
	must(b.store.ChatParticipants.Get(b.conversation.SID, "alex"))(t)
}

func TestWorkersJoinChatsOfTheirOwn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	r := must(b.store.Reservations.Create(b.task.SID, b.worker.SID))(t)
	other := must(b.store.Workers.Create(store.Worker{FriendlyName: "eve"}))(t)
	eve := must(b.store.FlexTokens.Issue(store.FlexToken{WorkerSID: other.SID}))(t)
	join := func(token string, want int) {
		t.Helper()
		req := must(http.NewRequestWithContext(t.Context(), http.MethodPost,
			b.url+"/flex-api/v1/Channels/"+b.conversation.SID+"/Roles/agent/Users", strings.NewReader("Identity=alex")))(t)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.SetBasicAuth("token", token)
		res := must(http.DefaultClient.Do(req))(t)
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("status %d, want %d", res.StatusCode, want)
		}
	}
	join(b.token, http.StatusNotFound) // offered, not accepted
	must(b.store.Reservations.SetStatus(r.SID, store.ReservationAccepted))(t)
	join(b.token, http.StatusOK)
	join(b.token, http.StatusOK)
	must(b.store.ChatParticipants.Get(b.conversation.SID, "alex"))(t)
	join(eve, http.StatusNotFound)
	join("nonsense", http.StatusUnauthorized)
}

func TestPlainRequests(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.flex.SetPlugins(flexapi.Plugin{Name: "p", Version: "1.0.0", Src: "http://127.0.0.1/p.js"})
	late := must(b.store.FlexTokens.Issue(store.FlexToken{WorkerSID: b.worker.SID, Expires: b.store.Now()}))(t)
	info := "/flex-api/v1/Accounts/" + b.store.Account().SID + "/Tokens/Info"
	for _, c := range []struct {
		name, method, path, form string
		header                   http.Header
		status                   int
		body                     string
	}{
		{"configuration", "GET", "/flex-api/v1/Configuration", "", nil, 200, b.store.Account().WorkspaceSID},
		{"provisioning of e-mail", "GET", "/flex-api/v1/account/provision/status", "", http.Header{"Authorization": {basic("token", b.token)}}, 200, `"status":"not-configured"`},
		{"provisioning of e-mail over REST", "GET", "/flex-api/v1/account/provision/status", "", http.Header{"Authorization": {basic(b.store.Account().SID, b.store.Account().AuthToken)}}, 200, "/v1/account/provision/status"},
		{"provisioning of e-mail for nobody", "GET", "/flex-api/v1/account/provision/status", "", nil, 401, "20003"},
		{"a bracket too many", "GET", "/flex-api/v1/account/provision/status", "", http.Header{"Authorization": {basic("token", b.token) + ")"}}, 200, "not-configured"},
		{"session", "POST", "/flex/api/v1/Session", "", nil, 200, `"id":"file-attachments-in-chat"`},
		{"plugins", "GET", "/flex/plugins?roles=agent", "", http.Header{"X-Flex-Jwe": {b.token}}, 200, `"src":"http://127.0.0.1/p.js"`},
		{"plugins for nobody", "GET", "/flex/plugins", "", nil, 401, "no Flex token"},
		{"token in a form", "POST", info, "Token=" + b.token, nil, 200, `"identity":"alex"`},
		{"expired token", "POST", info, "Token=" + late, nil, 401, "20104"},
		{"status", "GET", "/status/api/v2/summary.json", "", nil, 200, "operational"},
		{"something else", "GET", "/flex-api/v1/Nothing", "", nil, 404, "20404"},
		{"bridge for nobody", "GET", "/event-bridge/v1/wschannels?token=x", "", nil, 401, "an Access Token is none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := must(http.NewRequestWithContext(t.Context(), c.method, b.url+c.path, strings.NewReader(c.form)))(t)
			req.Header = c.header.Clone()
			if req.Header == nil {
				req.Header = http.Header{}
			}
			if c.form != "" {
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			res := must(http.DefaultClient.Do(req))(t)
			defer res.Body.Close()
			body := must(io.ReadAll(res.Body))(t)
			if res.StatusCode != c.status || !strings.Contains(string(body), c.body) {
				t.Errorf("status %d, want %d; body %s", res.StatusCode, c.status, body)
			}
		})
	}
}

// TestProvisioningIsWhereItWasAsked: the URL of a status is the one by which it was reached.
func TestProvisioningIsWhereItWasAsked(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, c := range []struct{ host, proto, want string }{
		{"127.0.0.1:9100", "", "http://127.0.0.1:9100/flex-api"}, {"video.example", "https", "https://video.example/flex-api"},
		{"flex-api.twilio.com", "", "https://flex-api.twilio.com"}, {"Flex-API.twilio.com:443", "", "https://flex-api.twilio.com"},
	} {
		req := must(http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/flex-api/v1/account/provision/status", nil))(t)
		req.Host = c.host
		req.SetBasicAuth("token", b.token)
		if c.proto != "" {
			req.Header.Set("X-Forwarded-Proto", c.proto)
		}
		res := must(http.DefaultClient.Do(req))(t)
		var v struct{ URL string }
		err := json.NewDecoder(res.Body).Decode(&v)
		res.Body.Close()
		if want := c.want + "/v1/account/provision/status"; err != nil || v.URL != want {
			t.Errorf("asked at %s: %q (%v), want %q", c.host, v.URL, err, want)
		}
	}
}

// basic is the header of Basic credentials.
func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func TestStartWantsAStore(t *testing.T) {
	t.Parallel()
	if _, err := flexapi.Start(flexapi.Config{}); !errors.Is(err, flexapi.ErrConfig) {
		t.Errorf("error %v", err)
	}
}
