package twilsock

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"escalate/server/localtwilio/store"
	"escalate/server/token"
)

const patience = 10 * time.Second

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// bench is a Server on a store of its own. Its Access Tokens are words: who,
// and what for ("ada chat sync"); they live for an hour.
type bench struct {
	t     testing.TB
	store *store.Store
	clock *clock
	url   string
}

func newBench(t testing.TB) *bench {
	t.Helper()
	b := &bench{t: t, clock: &clock{t: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}}
	var err error
	if b.store, err = store.Open("", store.Options{Now: b.clock.Now}); err != nil {
		t.Fatal(err)
	}
	start := b.clock.Now()
	s, err := Start(Config{Store: b.store, Verify: func(raw string) (token.Claims, error) {
		words := strings.Fields(raw)
		if len(words) == 0 {
			return token.Claims{}, token.ErrMalformed
		}
		c := token.Claims{Identity: words[0], Expires: start.Add(time.Hour)}
		if b.clock.Now().After(c.Expires) {
			return token.Claims{}, token.ErrExpired
		}
		for _, w := range words[1:] {
			switch w {
			case "chat":
				c.ChatService = b.store.Account().ChatServiceSID
			case "sync":
				c.SyncService = b.store.Account().SyncServiceSID
			}
		}
		return c, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	b.url = "ws" + strings.TrimPrefix(server.URL, "http")
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		server.Close()
		if err := b.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// client is a socket that a test speaks through.
type client struct {
	t    testing.TB
	ws   *websocket.Conn
	kept []frame // that came while another was waited for
}

type frame struct {
	header
	payload []byte
}

func (b *bench) dial() *client {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), patience)
	defer cancel()
	ws, _, err := websocket.Dial(ctx, b.url, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = ws.CloseNow() })
	return &client{t: b.t, ws: ws}
}

// client is a socket with a good token.
func (b *bench) client(raw string) *client {
	b.t.Helper()
	c := b.dial()
	if s := c.init(raw); s.Code != http.StatusOK {
		b.t.Fatalf("init answers %+v", s)
	}
	return c
}

func (c *client) send(h header, payload any) {
	c.t.Helper()
	b, err := encodeFrame(h, payload)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.ws.Write(c.t.Context(), websocket.MessageBinary, b); err != nil {
		c.t.Fatal(err)
	}
}

// until waits for a frame that test accepts.
func (c *client) until(what string, test func(frame) bool) frame {
	c.t.Helper()
	for i, f := range c.kept {
		if test(f) {
			c.kept = append(c.kept[:i], c.kept[i+1:]...)
			return f
		}
	}
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	for {
		_, raw, err := c.ws.Read(ctx)
		if err != nil {
			c.t.Fatalf("no %s: %v", what, err)
		}
		h, payload, err := decodeFrame(raw)
		if err != nil {
			c.t.Fatal(err)
		}
		f := frame{h, payload}
		if test(f) {
			return f
		}
		c.kept = append(c.kept, f)
	}
}

func (c *client) init(raw string) status { return c.token("init", raw) }

func (c *client) token(method, raw string) status {
	c.t.Helper()
	id := newID()
	c.send(header{Method: method, ID: id, Token: raw}, nil)
	return *c.until("reply to "+method, func(f frame) bool { return f.ID == id }).Status
}

// ask sends an HTTP request and wants its status; the answer is read into v.
func (c *client) ask(method, path string, body any, want int, v any) {
	c.t.Helper()
	id := newID()
	path, query, _ := strings.Cut(path, "?")
	params := map[string]json.RawMessage{}
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			params[name], _ = json.Marshal(value)
		}
	}
	c.send(header{Method: "message", ID: id, Request: &httpRequest{Host: "cds.us1.twilio.com", Path: path, Method: method, Params: params}}, body)
	f := c.until("reply to "+method+" "+path, func(f frame) bool { return f.ID == id })
	if f.HTTPStatus.Code != want {
		c.t.Fatalf("%s %s answers %d, want %d: %s", method, path, f.HTTPStatus.Code, want, f.payload)
	}
	if v != nil {
		if err := json.Unmarshal(f.payload, v); err != nil {
			c.t.Fatalf("%v in %s", err, f.payload)
		}
	}
}

// event is a notification of a Sync object.
type event struct {
	Type  string         `json:"event_type"`
	Event map[string]any `json:"event"`
}

func (c *client) event(kind string) event {
	c.t.Helper()
	var e event
	c.until(kind, func(f frame) bool {
		e = event{}
		return f.MessageType == syncEvent && json.Unmarshal(f.payload, &e) == nil && e.Type == kind
	})
	return e
}

func (c *client) follow(k kind, sid string, last any) {
	c.t.Helper()
	c.ask("POST", "/v4/Subscriptions", object{
		"action": "establish", "correlation_id": 1, "requests": []object{{"object_sid": sid, "object_type": k, "last_event_id": last}},
	}, 200, nil)
}

func TestTokensOpenTheirOwn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.dial()
	id := newID()
	c.send(header{Method: "message", ID: id, Request: &httpRequest{Method: "GET", Path: "/v3/Maps/x", Host: "h"}}, nil)
	if f := c.until("refusal before init", func(f frame) bool { return f.ID == id }); f.Status.Code != 401 {
		t.Errorf("before init %+v", f.Status)
	}
	if s := c.init(""); s.Code != 401 || s.ErrorCode != 20101 {
		t.Errorf("malformed token %+v", s)
	}
	if s := c.init("ada"); s.Code != 401 || s.ErrorCode != 20106 {
		t.Errorf("token without a grant %+v", s)
	}
	sync := b.client("ada sync")
	sync.ask("GET", chatPath+"/Configuration", nil, 403, nil)
	chat := b.client("ada chat")
	chat.ask("POST", "/v3/Documents", object{}, 403, nil)
	if s := chat.token("update", "bob chat"); s.Code != 401 {
		t.Errorf("token of another identity %+v", s)
	}
	chat.ask("GET", chatPath+"/Nothing", nil, 404, nil)
	chat.ask("DELETE", chatPath+"/Configuration", nil, 405, nil)
}

func TestOthersConversationsStayClosed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ch, err := b.store.Conversations.Create(store.Conversation{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.ChatParticipants.Add(ch.SID, store.ChatParticipant{Identity: "ada"}); err != nil {
		t.Fatal(err)
	}
	ada, eve := b.client("ada chat"), b.client("eve chat sync")
	ada.ask("GET", "/v3/Lists/"+messagesName(ch.SID), nil, 200, nil)
	for _, path := range []string{
		"/v3/Lists/" + messagesName(ch.SID), "/v3/Lists/" + messagesSID(ch.SID), "/v3/Documents/" + channelName(ch.SID), "/v3/Maps/" + rosterName(ch.SID),
		chatPath + "/Conversations/" + ch.SID, chatPath + "/Users/ada/Conversations",
	} {
		eve.ask("GET", path, nil, 403, nil)
	}
	eve.ask("POST", chatPath+"/Conversations/"+ch.SID+"/Messages", object{"body": "x"}, 403, nil)
	eve.ask("POST", chatPath+"/Conversations/"+ch.SID+"/Participants", object{"identity": "eve"}, 403, nil)
	ada.ask("POST", "/v3/Lists/"+messagesSID(ch.SID)+"/Items", object{"data": object{}}, 403, nil)
	eve.follow(syncList, messagesSID(ch.SID), nil)
	if e := eve.event("subscription_failed"); e.Event["error"].(map[string]any)["status"] != 403.0 {
		t.Errorf("event %+v", e)
	}

	// One who leaves hears no more of it.
	ada.follow(syncList, messagesSID(ch.SID), nil)
	ada.event("subscription_established")
	say := func(body string) {
		t.Helper()
		if _, err := b.store.Conversations.AddMessage(ch.SID, store.Message{Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	say("in")
	ada.event("list_item_added")
	var me struct {
		Objects map[string]string `json:"sync_objects"`
	}
	ada.ask("GET", chatPath+"/Configuration", nil, 200, &me)
	var mine struct{ SID string }
	ada.ask("GET", "/v3/Maps/"+me.Objects["my_conversations"], nil, 200, &mine)
	ada.follow(syncMap, mine.SID, nil)
	ada.event("subscription_established")
	if err := b.store.ChatParticipants.Remove(ch.SID, "ada"); err != nil {
		t.Fatal(err)
	}
	ada.event("map_item_removed")
	say("out")
	if _, err := b.store.ChatParticipants.Add(ch.SID, store.ChatParticipant{Identity: "ada"}); err != nil {
		t.Fatal(err)
	}
	ada.event("map_item_added") // came after the Message
	for _, f := range ada.kept {
		if strings.Contains(string(f.payload), `"out"`) {
			t.Errorf("told of what was said after leaving: %s", f.payload)
		}
	}
}

func TestReplayTellsWhatWasMissed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ada := b.client("ada sync")
	var m struct {
		SID  string
		Last int `json:"last_event_id"`
	}
	ada.ask("POST", "/v3/Maps", object{"unique_name": "m"}, 201, &m)
	ada.ask("PUT", "/v3/Maps/m/Items/stays", object{"data": object{"n": 1}}, 201, nil)
	ada.ask("PUT", "/v3/Maps/m/Items/goes", object{"data": object{}}, 201, nil)
	ada.ask("GET", "/v3/Maps/m", nil, 200, &m)
	if err := ada.ws.CloseNow(); err != nil {
		t.Fatal(err)
	}
	b.clock.add(time.Second)
	put := func(key string) {
		t.Helper()
		if _, _, err := b.store.Collections.PutItem(store.SyncMap, "m", store.Item{Key: key, Data: []byte(`{"n":2}`)}, false, ""); err != nil {
			t.Fatal(err)
		}
	}
	put("stays")
	put("comes")
	if _, err := b.store.Collections.RemoveItem(store.SyncMap, "m", store.Item{Key: "goes"}, ""); err != nil {
		t.Fatal(err)
	}
	ada = b.client("ada sync")
	ada.follow(syncMap, m.SID, m.Last)
	for kind, key := range map[string]string{"map_item_updated": "stays", "map_item_added": "comes", "map_item_removed": "goes"} {
		if e := ada.event(kind); e.Event["item_key"] != key {
			t.Errorf("%s of %v, want %s", kind, e.Event["item_key"], key)
		}
	}
	ada.event("subscription_established")
	// Whoever does not say what they know is sent nothing old.
	ada.follow(syncMap, m.SID, nil)
	ada.event("subscription_established")
	if len(ada.kept) > 0 {
		t.Errorf("sent %s as well", ada.kept[0].payload)
	}
}

// TestChangesKeepTheirOrder follows a List while it changes: what was missed comes
// before what happens meanwhile.
func TestChangesKeepTheirOrder(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ada := b.client("ada sync")
	var l struct{ SID string }
	ada.ask("POST", "/v3/Lists", object{"unique_name": "l"}, 201, &l)
	push := func(n int) error {
		for range n {
			if _, err := b.store.Collections.PushItem("l", store.Item{Data: []byte(`{}`)}); err != nil {
				return err
			}
		}
		return nil
	}
	if err := push(100); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		pushed := make(chan error, 1)
		go func() { pushed <- push(10) }()
		ada.follow(syncList, l.SID, 0)
		newest := -1
		for established := false; !established; {
			ada.until("what happens to the List", func(f frame) bool {
				var e event
				if f.MessageType != syncEvent || json.Unmarshal(f.payload, &e) != nil {
					return false
				}
				if established = e.Type == "subscription_established"; !established {
					index := int(e.Event["item_index"].(float64))
					if index > newest+1 {
						t.Fatalf("item %d comes after %d", index, newest)
					}
					newest = max(newest, index)
				}
				return true
			})
		}
		if err := <-pushed; err != nil {
			t.Fatal(err)
		}
		ada.ask("POST", "/v4/Subscriptions", object{
			"action": "cancel", "correlation_id": 1, "requests": []object{{"object_sid": l.SID, "object_type": syncList}},
		}, 200, nil)
		ada.event("subscription_canceled")
		ada.kept = nil
	}
}

func TestTokenEnds(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.client("ada sync")
	b.clock.add(58 * time.Minute)
	if f := c.until("warning", func(f frame) bool { return f.Method == "client_update" }); f.ClientUpdate != "token_about_to_expire" {
		t.Errorf("update %+v", f.header)
	}
	b.clock.add(2 * time.Minute)
	if f := c.until("close", func(f frame) bool { return f.Method == "close" }); f.Status.Code != 410 {
		t.Errorf("close %+v", f.Status)
	}
	b.clock.add(time.Second)
	if s := b.dial().init("ada sync"); s.Code != 401 || s.ErrorCode != 20104 {
		t.Errorf("expired token %+v", s)
	}
}

func TestFlexTokenIsTheWorkers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	w, err := b.store.Workers.Create(store.Worker{FriendlyName: "alex"})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := b.store.FlexTokens.Issue(store.FlexToken{WorkerSID: w.SID})
	if err != nil {
		t.Fatal(err)
	}
	var me struct{ Identity string }
	b.client(raw).ask("GET", chatPath+"/Configuration", nil, 200, &me)
	if me.Identity != "alex" {
		t.Errorf("identity %q", me.Identity)
	}
	// Supervisors see what they are not in.
	ch, err := b.store.Conversations.Create(store.Conversation{})
	if err != nil {
		t.Fatal(err)
	}
	raw, err = b.store.FlexTokens.Issue(store.FlexToken{WorkerSID: w.SID, Roles: []string{"supervisor"}})
	if err != nil {
		t.Fatal(err)
	}
	b.client(raw).ask("GET", chatPath+"/Conversations/"+ch.SID, nil, 200, nil)
}

func TestMalformedFrameEndsTheConnection(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.client("ada sync")
	if err := c.ws.Write(t.Context(), websocket.MessageBinary, []byte("GET / HTTP/1.1")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		if _, _, err := c.ws.Read(ctx); err != nil {
			if errors.Is(err, context.DeadlineExceeded) {
				t.Error("the connection stays open")
			}
			return
		}
	}
}

func TestStartWantsItsParts(t *testing.T) {
	t.Parallel()
	if _, err := Start(Config{}); !errors.Is(err, errConfig) {
		t.Errorf("error %v", err)
	}
}

// TestOthersMessagesStayAsTheyAre changes what somebody else wrote.
func TestOthersMessagesStayAsTheyAre(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ch, err := b.store.Conversations.Create(store.Conversation{})
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"ada", "bob"} {
		if _, err := b.store.ChatParticipants.Add(ch.SID, store.ChatParticipant{Identity: who}); err != nil {
			t.Fatal(err)
		}
	}
	m, err := b.store.Conversations.AddMessage(ch.SID, store.Message{Author: "bob", Body: "hello"})
	if err != nil {
		t.Fatal(err)
	}
	ada := b.client("ada chat")
	for _, change := range []object{{"body": "x"}, {"subject": "x"}, {"attributes": "{}"}, {}} {
		ada.ask("POST", chatPath+"/Conversations/"+ch.SID+"/Messages/"+m.SID, change, 403, nil)
	}
	// One who is deleted is gone, for those too who look on.
	if err := b.store.ChatUsers.Delete("bob"); err != nil {
		t.Fatal(err)
	}
	ada.ask("POST", chatPath+"/Conversations/"+ch.SID+"/Messages", object{"body": "after"}, 201, nil)
	if _, err := b.store.ChatUsers.Find("bob"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a deleted user: %v", err)
	}
}
