package demo_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

func TestSessionTokenIsTheWorkers(t *testing.T) {
	b := newBench(t)
	var s struct {
		Token   string
		Expires time.Time
		Worker  struct{ SID, Identity, Name string }
	}
	b.ask("POST", "/demo/api/session", struct{}{}, 200, &s)
	got, err := b.store.FlexTokens.Validate(s.Token)
	if err != nil {
		t.Fatal(err)
	}
	if got.WorkerSID != s.Worker.SID || got.Identity != "alex.morgan" || s.Worker.Name != "Alex Morgan" || !got.Expires.Equal(s.Expires) {
		t.Errorf("token %+v, session %+v", got, s)
	}
}

func TestTasksOfEither(t *testing.T) {
	b := newBench(t)
	for query, want := range map[string]string{"": "Maya Lindqvist, Tom Becker", "?worker=other": "Priya Nair"} {
		var names []string
		for _, k := range b.tasks(query) {
			names = append(names, k.Customer)
			if k.Status != "assigned" || k.LastMessage == nil || k.Mine != (query == "") {
				t.Errorf("task %+v", k)
			}
		}
		if got := strings.Join(names, ", "); got != want {
			t.Errorf("tasks%s of %q, want %q", query, got, want)
		}
	}
}

func TestMessagesBothWays(t *testing.T) {
	b := newBench(t)
	ch := b.tasks("")[0].ConversationSID
	b.say(ch, "agent", "  Can you see the <b>plug</b>?  ")
	b.say(ch, "customer", "Now I can")
	if _, err := b.store.Conversations.AddMessage(ch, store.Message{Body: "from the system"}); err != nil {
		t.Fatal(err)
	}
	all := b.messages(ch)
	want := []message{
		{ch, 5, "agent", "Alex Morgan", "Can you see the <b>plug</b>?"},
		{ch, 6, "customer", "Maya Lindqvist", "Now I can"},
		{ch, 7, "system", "Automatic message", "from the system"},
	}
	if len(all) != 8 {
		t.Fatalf("%d messages, want 8", len(all))
	}
	for i, w := range want {
		if all[5+i] != w {
			t.Errorf("message %d is %+v, want %+v", 5+i, all[5+i], w)
		}
	}
	if last := b.tasks("")[0].LastMessage; last == nil || *last != want[2] {
		t.Errorf("last message of the Task is %+v", last)
	}
}

func TestNewChat(t *testing.T) {
	b := newBench(t)
	var made, found task
	b.ask("POST", "/demo/api/chats", struct{}{}, 200, &made)
	if made.Status != "assigned" || !made.Mine || made.Customer == "" {
		t.Errorf("new chat %+v", made)
	}
	if n := len(b.tasks("")); n != 3 {
		t.Errorf("%d Tasks, want 3", n)
	}
	b.ask("GET", "/demo/api/chat?c="+made.ConversationSID, nil, 200, &found)
	if found.TaskSID != made.TaskSID {
		t.Errorf("found %+v", found)
	}
	if all := b.messages(made.ConversationSID); len(all) != 1 || all[0].Role != "agent" {
		t.Errorf("messages %+v, want the greeting", all)
	}
	// The customer's page without an address still shows the desk's first Task.
	b.ask("GET", "/demo/api/chat", nil, 200, &found)
	if found.Customer != "Maya Lindqvist" {
		t.Errorf("default chat is %q's", found.Customer)
	}
}

func TestWrapUpAndComplete(t *testing.T) {
	b := newBench(t)
	k := b.tasks("")[0]
	path := "/demo/api/tasks/" + k.TaskSID + "/status"
	set := func(status string, want int) {
		t.Helper()
		b.ask("POST", path, map[string]string{"status": status}, want, nil)
	}
	check := func(taskStatus, reservation string) {
		t.Helper()
		got, err := b.store.Tasks.Get(k.TaskSID)
		if err != nil {
			t.Fatal(err)
		}
		rs, err := b.store.Reservations.OfTask(k.TaskSID)
		if err != nil || len(rs) != 1 {
			t.Fatalf("reservations %v, %v", rs, err)
		}
		if got.AssignmentStatus != taskStatus || rs[0].Status != reservation {
			t.Errorf("task %s, reservation %s; want %s, %s", got.AssignmentStatus, rs[0].Status, taskStatus, reservation)
		}
	}
	check("assigned", "accepted")
	set("wrapping", 200)
	check("wrapping", "wrapping")
	set("wrapping", 200) // a second click changes nothing
	b.ask("POST", "/demo/api/conversations/"+k.ConversationSID+"/messages", map[string]string{"as": "customer", "body": "one more"}, 409, nil)
	if n := len(b.tasks("")); n != 2 {
		t.Errorf("%d Tasks while wrapping, want 2", n)
	}
	set("completed", 200)
	check("completed", "completed")
	set("wrapping", 409)
	if n := len(b.tasks("")); n != 1 {
		t.Errorf("%d Tasks after completion, want 1", n)
	}
	var next task
	b.ask("GET", "/demo/api/chat", nil, 200, &next)
	if next.Customer != "Tom Becker" {
		t.Errorf("default chat is %q's", next.Customer)
	}
}

func TestBadRequests(t *testing.T) {
	b := newBench(t)
	mine, other := b.tasks("")[0], b.tasks("?worker=other")[0]
	messages := "/demo/api/conversations/" + mine.ConversationSID + "/messages"
	cases := []struct {
		name, method, path, body string
		header                   http.Header
		status                   int
		code                     string
	}{
		{"another site", "POST", "/demo/api/chats", `{}`, http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403, "forbidden_origin"},
		{"another port", "POST", "/demo/api/session", `{}`, http.Header{"Sec-Fetch-Site": {"same-site"}}, 403, "forbidden_origin"},
		{"another origin, old browser", "POST", messages, `{"as":"agent","body":"x"}`, http.Header{"Origin": {"https://example.com"}}, 403, "forbidden_origin"},
		{"a page in a sandbox", "POST", messages, `{"as":"agent","body":"x"}`, http.Header{"Origin": {"null"}}, 403, "forbidden_origin"},
		{"a name of someone else's", "GET", "/demo/api/tasks", "", http.Header{"Host": {"rebind.example.com"}}, 421, "forbidden_origin"},
		{"a form", "POST", "/demo/api/chats", `a=b`, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, 415, "unsupported_media_type"},
		{"not JSON", "POST", "/demo/api/chats", `{`, nil, 400, "bad_request"},
		{"too large", "POST", messages, `{"as":"agent","body":"` + strings.Repeat("x", 20<<10) + `"}`, nil, 413, "too_large"},
		{"empty message", "POST", messages, `{"as":"agent","body":"  "}`, nil, 400, "bad_request"},
		{"long message", "POST", messages, `{"as":"agent","body":"` + strings.Repeat("é", 1601) + `"}`, nil, 400, "bad_request"},
		{"as nobody", "POST", messages, `{"as":"system","body":"x"}`, nil, 400, "bad_request"},
		{"unknown conversation", "GET", "/demo/api/conversations/CH0/messages", "", nil, 404, "not_found"},
		{"someone else's conversation", "POST", "/demo/api/conversations/" + other.ConversationSID + "/messages", `{"as":"agent","body":"x"}`, nil, 404, "not_found"},
		{"unknown Task", "POST", "/demo/api/tasks/WT0/status", `{"status":"wrapping"}`, nil, 404, "not_found"},
		{"someone else's Task", "POST", "/demo/api/tasks/" + other.TaskSID + "/status", `{"status":"wrapping"}`, nil, 404, "not_found"},
		{"unknown status", "POST", "/demo/api/tasks/" + mine.TaskSID + "/status", `{"status":"assigned"}`, nil, 400, "bad_request"},
		{"unknown chat", "GET", "/demo/api/chat?c=CH0", "", nil, 404, "not_found"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := &bench{t: t, url: b.url}
			req, err := http.NewRequestWithContext(t.Context(), c.method, b.url+c.path, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if c.method == "POST" {
				req.Header.Set("Content-Type", "application/json")
			}
			for k, v := range c.header {
				req.Header[k] = v
			}
			req.Host = req.Header.Get("Host")
			var fault struct{ Code, Message string }
			b.do(req, c.status, &fault)
			if fault.Code != c.code || !strings.HasSuffix(fault.Message, ".") {
				t.Errorf("fault %+v, want code %q and a sentence", fault, c.code)
			}
		})
	}
	if n := len(b.messages(mine.ConversationSID)); n != 5 {
		t.Errorf("%d messages after refused requests, want the 5 seeded", n)
	}
}

func TestSameOriginIsLetIn(t *testing.T) {
	b := newBench(t)
	for _, header := range []http.Header{{"Sec-Fetch-Site": {"same-origin"}}, {"Origin": {b.url}}} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", b.url+"/demo/api/session", strings.NewReader(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = header.Clone()
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
		b.do(req, 200, nil)
	}
}
