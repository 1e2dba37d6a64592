package localtwilio_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/twilio/twilio-go/client"
	conversations "github.com/twilio/twilio-go/rest/conversations/v1"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
)

// posts starts a receiver of webhooks that checks what they are signed with.
func posts(t *testing.T, s *localtwilio.Server) (target string, got chan url.Values) {
	t.Helper()
	got = make(chan url.Values, 100)
	check := client.NewRequestValidator(s.Account().AuthToken)
	var r *httptest.Server
	r = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		if err != nil {
			t.Error(err)
		}
		v, err := url.ParseQuery(string(body))
		if err != nil {
			t.Error(err)
		}
		if !check.ValidateBody(r.URL+q.URL.RequestURI(), body, q.Header.Get("X-Twilio-Signature")) {
			t.Errorf("bad signature of %v", v)
		}
		got <- v
	}))
	t.Cleanup(r.Close)
	return r.URL + "/hook", got
}

// nextPost waits for a webhook's call.
func nextPost(t *testing.T, got chan url.Values) url.Values {
	t.Helper()
	select {
	case v := <-got:
		return v
	case <-time.After(10 * time.Second):
		t.Fatal("no webhook within 10 s")
		return nil
	}
}

// TestWebhooks sets webhooks with twilio-go and changes things with and without the
// header that asks for them.
func TestWebhooks(t *testing.T) {
	s := startSDK(t)
	target, got := posts(t, s.Server)
	g := must(s.conversations.UpdateConfigurationWebhook(&conversations.UpdateConfigurationWebhookParams{
		PostWebhookUrl: ptr(target + "?of=account"), Filters: &[]string{"onConversationAdded", "onMessageAdded", "onMessageAdd"}, Method: ptr("POST"),
	}))(t)
	if *g.PostWebhookUrl != target+"?of=account" || len(*g.Filters) != 3 || *g.Method != "POST" {
		t.Errorf("webhook of the account %+v", *g)
	}
	if *must(s.conversations.FetchConfigurationWebhook())(t).PostWebhookUrl != *g.PostWebhookUrl {
		t.Error("the account's webhook was not kept")
	}
	c := must(s.conversations.CreateConversation(&conversations.CreateConversationParams{XTwilioWebhookEnabled: ptr("true"), FriendlyName: ptr("C")}))(t)
	if v := nextPost(t, got); v.Get("EventType") != "onConversationAdded" || v.Get("ConversationSid") != *c.Sid || v.Get("Source") != "API" || v.Get("FriendlyName") != "C" {
		t.Errorf("got %v", v)
	}
	w := must(s.conversations.CreateConversationScopedWebhook(*c.Sid, &conversations.CreateConversationScopedWebhookParams{
		Target: ptr("webhook"), ConfigurationUrl: ptr(target), ConfigurationFilters: &[]string{"onParticipantAdded"},
	}))(t)
	w = must(s.conversations.UpdateConversationScopedWebhook(*c.Sid, *w.Sid, &conversations.UpdateConversationScopedWebhookParams{
		ConfigurationFilters: &[]string{"onMessageRemoved"},
	}))(t)
	filters := (*w.Configuration).(map[string]any)["filters"].([]any)
	if *w.Target != "webhook" || len(filters) != 1 || filters[0] != "onMessageRemoved" {
		t.Errorf("webhook %+v", *w)
	}
	if list := must(s.conversations.ListConversationScopedWebhook(*c.Sid, &conversations.ListConversationScopedWebhookParams{}))(t); len(list) != 1 {
		t.Errorf("%d webhooks", len(list))
	}
	write := func(body, enabled string) string {
		p := &conversations.CreateConversationMessageParams{Body: &body}
		if enabled != "" {
			p.XTwilioWebhookEnabled = &enabled
		}
		return *must(s.conversations.CreateConversationMessage(*c.Sid, p))(t).Sid
	}
	silent := write("no header", "")
	write("header says false", "false")
	heard := write("header says true", "true")
	if v := nextPost(t, got); v.Get("EventType") != "onMessageAdded" || v.Get("MessageSid") != heard || v.Get("Body") != "header says true" || v.Get("Index") != "2" || v.Get("Author") != "system" {
		t.Errorf("got %v", v)
	}
	for _, x := range []struct{ sid, enabled string }{{silent, "false"}, {heard, "true"}} {
		if err := s.conversations.DeleteConversationMessage(*c.Sid, x.sid, &conversations.DeleteConversationMessageParams{XTwilioWebhookEnabled: &x.enabled}); err != nil {
			t.Fatal(err)
		}
	}
	if v := nextPost(t, got); v.Get("EventType") != "onMessageRemoved" || v.Get("MessageSid") != heard {
		t.Errorf("got %v", v)
	}
	if err := s.conversations.DeleteConversationScopedWebhook(*c.Sid, *w.Sid); err != nil {
		t.Fatal(err)
	}
	_, err := s.conversations.FetchConversationScopedWebhook(*c.Sid, *w.Sid)
	wantCode(t, err, 404, 20404)

	// A Service's own webhook is instead of the account's.
	other := must(s.conversations.CreateService(&conversations.CreateServiceParams{FriendlyName: ptr("Other")}))(t)
	v := must(s.conversations.UpdateServiceWebhookConfiguration(*other.Sid, &conversations.UpdateServiceWebhookConfigurationParams{
		PostWebhookUrl: &target, Filters: &[]string{"onConversationUpdated"},
	}))(t)
	if *v.PostWebhookUrl != target || (*v.Filters)[0] != "onConversationUpdated" {
		t.Errorf("webhook of a Service %+v", *v)
	}
	d := must(s.conversations.CreateServiceConversation(*other.Sid, &conversations.CreateServiceConversationParams{XTwilioWebhookEnabled: ptr("true")}))(t)
	must(s.conversations.UpdateServiceConversation(*other.Sid, *d.Sid, &conversations.UpdateServiceConversationParams{
		XTwilioWebhookEnabled: ptr("true"), UniqueName: ptr("d"),
	}))(t)
	if v := nextPost(t, got); v.Get("EventType") != "onConversationUpdated" || v.Get("ChatServiceSid") != *other.Sid || v.Get("UniqueName") != "d" {
		t.Errorf("got %v", v)
	}
	if len(got) > 0 {
		t.Errorf("told more: %v", <-got)
	}
}

func TestWebhookParameters(t *testing.T) {
	s := startSDK(t)
	c := must(s.conversations.CreateConversation(&conversations.CreateConversationParams{}))(t)
	target, all := ptr("http://127.0.0.1:1/"), &[]string{"onMessageAdded"}
	for _, tt := range []struct {
		name string
		p    conversations.CreateConversationScopedWebhookParams
		code int
	}{
		{"no target", conversations.CreateConversationScopedWebhookParams{}, 50368},
		{"target", conversations.CreateConversationScopedWebhookParams{Target: ptr("mail")}, 50364},
		{"studio", conversations.CreateConversationScopedWebhookParams{Target: ptr("studio")}, 20001},
		{"trigger", conversations.CreateConversationScopedWebhookParams{Target: ptr("trigger"), ConfigurationUrl: target}, 20001},
		{"no URL", conversations.CreateConversationScopedWebhookParams{Target: ptr("webhook"), ConfigurationFilters: all}, 50369},
		{"no filter", conversations.CreateConversationScopedWebhookParams{Target: ptr("webhook"), ConfigurationUrl: target}, 50370},
		{"filter of the account's", conversations.CreateConversationScopedWebhookParams{Target: ptr("webhook"), ConfigurationUrl: target, ConfigurationFilters: &[]string{"onUserAdded"}}, 50365},
		{"method", conversations.CreateConversationScopedWebhookParams{Target: ptr("webhook"), ConfigurationUrl: target, ConfigurationFilters: all, ConfigurationMethod: ptr("PUT")}, 50055},
		{"replay", conversations.CreateConversationScopedWebhookParams{Target: ptr("webhook"), ConfigurationUrl: target, ConfigurationFilters: all, ConfigurationReplayAfter: ptr(1)}, 20001},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.conversations.CreateConversationScopedWebhook(*c.Sid, &tt.p)
			wantCode(t, err, 400, tt.code)
		})
	}
	good := conversations.CreateConversationScopedWebhookParams{Target: ptr("webhook"), ConfigurationUrl: target, ConfigurationFilters: all}
	for range store.MaxChatWebhooks {
		must(s.conversations.CreateConversationScopedWebhook(*c.Sid, &good))(t)
	}
	_, err := s.conversations.CreateConversationScopedWebhook(*c.Sid, &good)
	wantCode(t, err, 400, 50361)
	for _, tt := range []struct {
		p    conversations.UpdateConfigurationWebhookParams
		code int
	}{
		{conversations.UpdateConfigurationWebhookParams{PostWebhookUrl: ptr("/hook")}, 50078},
		{conversations.UpdateConfigurationWebhookParams{Filters: &[]string{"onRain"}}, 50365},
		{conversations.UpdateConfigurationWebhookParams{Method: ptr("PUT")}, 50055},
	} {
		_, err := s.conversations.UpdateConfigurationWebhook(&tt.p)
		wantCode(t, err, 400, tt.code)
	}
}

// TestWebhookOfTimer lets a Conversation in which nobody writes become inactive.
func TestWebhookOfTimer(t *testing.T) {
	at := &clock{t: time.Now()}
	s := startSDKWith(t, localtwilio.Config{Now: at.Now})
	target, got := posts(t, s.Server)
	c := must(s.conversations.CreateConversation(&conversations.CreateConversationParams{TimersInactive: ptr("PT1M")}))(t)
	must(s.conversations.CreateConversationScopedWebhook(*c.Sid, &conversations.CreateConversationScopedWebhookParams{
		Target: ptr("webhook"), ConfigurationUrl: &target, ConfigurationFilters: &[]string{"onConversationStateUpdated", "onConversationUpdated"},
	}))(t)
	at.Add(2 * time.Minute)
	if err := s.Store().Sweep(); err != nil {
		t.Fatal(err)
	}
	v := nextPost(t, got)
	if v.Get("EventType") != "onConversationStateUpdated" || v.Get("StateFrom") != "active" || v.Get("StateTo") != "inactive" || v.Get("Reason") != "TIMER" {
		t.Errorf("got %v", v)
	}
}

// TestClientWebhooks has a client of @twilio/conversations do what webhooks tell of.
func TestClientWebhooks(t *testing.T) {
	var got chan url.Values
	runClient(t, "webhooks.js", func(s *localtwilio.Server, _ store.Worker) {
		var target string
		target, got = posts(t, s)
		must(s.Store().ChatServices.Configure(func(g *store.ChatConfiguration) error {
			g.Webhook = store.ChatTarget{PostURL: target, Method: http.MethodPost, Filters: []string{
				store.OnConversationAdded, store.OnConversationUpdated, store.OnParticipantAdded, store.OnMessageAdded,
			}}
			return nil
		}))(t)
	})
	var events []string
	for range 4 {
		v := nextPost(t, got)
		events = append(events, v.Get("EventType"))
		if v.Get("Source") != "SDK" || v.Get("ClientIdentity") != "ada" || v.Get("RetryCount") != "0" {
			t.Errorf("got %v", v)
		}
		if v.Get("EventType") == store.OnMessageAdded && (v.Get("Body") != "Hello" || v.Get("Author") != "ada" || v.Get("Attributes") != `{"mood":"good"}` || v.Get("ParticipantSid") == "") {
			t.Errorf("message %v", v)
		}
	}
	if want := []string{store.OnConversationAdded, store.OnParticipantAdded, store.OnMessageAdded, store.OnConversationUpdated}; !slices.Equal(events, want) {
		t.Errorf("told of %v, want %v", events, want)
	}
}
