package dropin_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"escalate/server/clientaddr"
	"escalate/server/dropin"
	"escalate/server/escalation"
	"escalate/server/joincode"
	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
	"escalate/server/token"
	"escalate/server/twilioapi"
	"escalate/server/web"
)

// closedService makes a Sync Service with access control, as an administrator does.
func closedService(t *testing.T, local *localtwilio.Server) (sid string) {
	t.Helper()
	a := local.Account()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://sync.twilio.com/v1/Services", strings.NewReader("AclEnabled=true"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(a.KeySID, a.KeySecret)
	resp, err := local.Transport().RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var made struct{ SID string }
	if err := json.NewDecoder(resp.Body).Decode(&made); err != nil || made.SID == "" {
		t.Fatalf("make a Sync Service: status %d, %v", resp.StatusCode, err)
	}
	return made.SID
}

// Both generations' front ends against the whole server on local Twilio.
func TestOverLocalTwilio(t *testing.T) {
	if testing.Short() {
		t.Skip("local Twilio opens UDP ports")
	}
	local, err := localtwilio.Start(t.Context(), localtwilio.Config{Addr: "127.0.0.1:0", MediaAddr: "127.0.0.1:0", TURNAddr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = local.Close() })
	account := local.Account()
	api, err := twilioapi.New(twilioapi.Config{AccountSID: account.SID, KeySID: account.KeySID, KeySecret: account.KeySecret, AuthToken: account.AuthToken,
		SyncServiceSID: account.SyncServiceSID, WorkspaceSID: account.WorkspaceSID, Transport: local.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	closed := closedService(t, local)
	notices := api.DocumentsIn(closed)
	srv := httptest.NewUnstartedServer(nil)
	base := "http://" + srv.Listener.Addr().String()
	links := joincode.NewLinks(account.KeySecret, 7)
	svc := escalation.New(escalation.Config{PublicURL: base, Link: links.Of}, escalation.Deps{
		Documents: api.Documents(), Rooms: api.Rooms(), Tasks: api.Tasks(), Chat: api.Chat(), Tokens: api.Tokens(), Notices: notices,
	})
	t.Cleanup(svc.Close)
	limiters := web.NewLimiters(web.Limits{}, clientaddr.Proxies{}, links, func(ctx context.Context, code string) error {
		_, err := svc.Get(ctx, code)
		return err
	}, nil, nil)
	template := dropin.New(dropin.Config{PublicURL: base, AllowedOrigins: []string{"https://flex.twilio.com"}, Link: links.Of},
		dropin.Deps{Escalations: svc, Agents: api, Documents: api.Documents(), Notices: notices, Rooms: api.Rooms(), Limiters: limiters})
	srv.Config.Handler = web.New(web.Config{PublicURL: base, Limiters: limiters},
		web.Deps{Escalations: svc, Agents: api, Callbacks: api, Mounts: map[string]http.Handler{dropin.Prefix: template}})
	srv.Start()
	t.Cleanup(srv.Close)

	call := func(method, path string, form url.Values) (int, map[string]any) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, base+dropin.Prefix+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		if method == http.MethodPost {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Origin", "https://flex.twilio.com")
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var body map[string]any
		if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
			t.Fatalf("%s %s: status %d: %v", method, path, resp.StatusCode, err)
		}
		if resp.Header.Get("X-Request-Id") == "" {
			t.Errorf("%s %s goes past the log", method, path)
		}
		return resp.StatusCode, body
	}

	s := local.Store()
	worker, err := s.Workers.Create(store.Worker{FriendlyName: "ana", Attributes: `{"full_name":"Ana"}`})
	if err != nil {
		t.Fatal(err)
	}
	flex, err := s.FlexTokens.Issue(store.FlexToken{WorkerSID: worker.SID})
	if err != nil {
		t.Fatal(err)
	}
	chat, err := s.Conversations.Create(store.Conversation{})
	if err != nil {
		t.Fatal(err)
	}
	reservation, err := s.Reservations.Assign(store.Task{Attributes: `{"conversationSid":"` + chat.SID + `"}`, TaskChannel: "chat"}, worker.SID)
	if err != nil {
		t.Fatal(err)
	}

	status, made := call("POST", "generate-unique-code", url.Values{"taskSid": {reservation.TaskSID}, "Token": {flex}})
	whole, _ := made["unique_code"].(string)
	code, _, _ := strings.Cut(whole, "-")
	if status != 200 || made["full_url"] != base+"/join/"+whole || whole == code {
		t.Fatalf("%d %v", status, made)
	}
	_, again := call("POST", "flex/generate-unique-code", url.Values{"taskSid": {reservation.TaskSID}, "Token": {flex}})
	if again["roomName"] != code {
		t.Errorf("the generations do not share the code: %v", again)
	}
	if status, _ := call("GET", "client-get-video-token?code="+code, nil); status != http.StatusMethodNotAllowed {
		t.Errorf("before the agent: %d", status)
	}

	status, sync := call("GET", "client-get-sync-token?code="+whole, nil)
	raw, _ := sync["token"].(string)
	var claims struct {
		Grants struct {
			Identity string          `json:"identity"`
			Video    json.RawMessage `json:"video"`
			Sync     struct {
				Service string `json:"service_sid"`
			} `json:"data_sync"`
		} `json:"grants"`
	}
	if parts := strings.Split(raw, "."); status != 200 || len(parts) != 3 {
		t.Errorf("Sync token: %d %v", status, sync)
	} else if payload, err := base64.RawURLEncoding.DecodeString(parts[1]); err != nil || json.Unmarshal(payload, &claims) != nil {
		t.Errorf("Sync token: %v", err)
	}
	notice, err := s.Documents.In(closed).Get(whole)
	if err != nil || string(notice.Data) != `{"task":"`+reservation.TaskSID+`","room":null}` {
		t.Errorf("before the agent the notice is %s, %v", notice.Data, err)
	}
	if p, err := s.Permissions.Get(notice.SID, claims.Grants.Identity); err != nil || !p.Read || p.Write || p.Manage || claims.Grants.Sync.Service != closed || claims.Grants.Video != nil {
		t.Errorf("the Sync token opens %+v with %+v, %v", claims.Grants, p, err)
	}

	// Whose token, for which Room.
	bearer := func(body map[string]any) token.Claims {
		t.Helper()
		raw, _ := body["token"].(string)
		c, err := token.Verify(raw, account.SID, func(string) (string, bool) { return account.KeySecret, true }, time.Now())
		if err != nil {
			t.Fatalf("%v: %v", body, err)
		}
		return c
	}
	doc, err := s.Documents.Get(code)
	if err != nil {
		t.Fatal(err)
	}
	_, got := call("POST", "agent-get-token", url.Values{"DocumentSid": {doc.SID}, "Token": {flex}})
	agent := bearer(got)
	if !strings.HasPrefix(agent.Identity, "agent:"+worker.SID+":") || !strings.HasPrefix(agent.Room, "RM") {
		t.Errorf("agent's token: %+v", agent)
	}
	if k, err := s.Tasks.Get(reservation.TaskSID); err != nil || !strings.Contains(k.Attributes, `"videoRoomSid":"`+agent.Room+`"`) || again["roomSid"] != agent.Room {
		t.Errorf("the Room is %s; the Task says %s, %v; the answer was %v", agent.Room, k.Attributes, err, again)
	}
	// The agent does not wait for it.
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		n, err := s.Documents.In(closed).Get(whole)
		if err == nil && string(n.Data) == `{"task":"`+reservation.TaskSID+`","room":"`+agent.Room+`"}` && n.Revision == 1 {
			break
		}
		if err != nil || n.Revision > 1 || time.Now().After(deadline) {
			t.Fatalf("notice %s, revision %d, %v", n.Data, n.Revision, err)
		}
	}
	for _, path := range []string{"client-get-video-token?code=" + whole, "common/client-get-token?identity=" + agent.Identity + "&roomName=" + code} {
		_, got := call("GET", path, nil)
		if c := bearer(got); !strings.HasPrefix(c.Identity, "customer:"+code+":") || c.Room != agent.Room {
			t.Errorf("%s: %+v", path, c)
		}
	}
	if status, done := call("POST", "flex/complete-room", url.Values{"roomSid": {agent.Room}, "Token": {flex}}); status != 200 || done["success"] != true {
		t.Errorf("complete: %d %v", status, done)
	}
	if room, err := s.Rooms.Get(agent.Room); err != nil || room.Status != store.RoomCompleted {
		t.Errorf("Room %+v, %v", room, err)
	}
	if status, _ := call("GET", "client-get-video-token?code="+code, nil); status != http.StatusForbidden {
		t.Errorf("after the end: %d", status)
	}
}
