package localtwilio_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twilio/twilio-go/client"
	conversations "github.com/twilio/twilio-go/rest/conversations/v1"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
)

// preEvents are all that pre-action webhooks are asked.
var preEvents = []string{
	store.OnConversationAdd, store.OnConversationUpdate, store.OnConversationRemove, store.OnMessageAdd, store.OnMessageUpdate, store.OnMessageRemove,
	store.OnParticipantAdd, store.OnParticipantUpdate, store.OnParticipantRemove, store.OnUserUpdate,
}

// judge is a pre-action webhook. It rejects what has the word rejected in it and what removes
// anything, changes what has the word asked, and breaks at the word broken.
type judge struct {
	url string

	mu    sync.Mutex
	asked []url.Values
}

func startJudge(t *testing.T, s *localtwilio.Server) *judge {
	t.Helper()
	j := &judge{}
	check := client.NewRequestValidator(s.Account().AuthToken)
	var r *httptest.Server
	r = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		v, err := url.ParseQuery(string(body))
		if err != nil || !check.ValidateBody(r.URL+q.URL.RequestURI(), body, q.Header.Get("X-Twilio-Signature")) {
			t.Errorf("bad request %s: %v", body, err)
		}
		j.mu.Lock()
		j.asked = append(j.asked, v)
		j.mu.Unlock()
		says := v.Get("Body") + v.Get("FriendlyName") + v.Get("Identity")
		switch {
		case strings.Contains(says, "rejected"), strings.HasSuffix(v.Get("EventType"), "Remove"):
			w.WriteHeader(http.StatusForbidden)
		case strings.Contains(says, "broken"):
			w.WriteHeader(http.StatusBadGateway)
		case strings.Contains(says, "asked"):
			_ = json.NewEncoder(w).Encode(map[string]string{"body": "changed", "friendly_name": "changed", "author": "eve", "attributes": `{"changed":true}`})
		case strings.Contains(says, "late"):
			<-q.Context().Done() // when local Twilio waits no longer
		}
	}))
	t.Cleanup(r.Close)
	j.url = r.URL + "/before"
	return j
}

func (j *judge) events() (list []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, v := range j.asked {
		list = append(list, v.Get("EventType"))
	}
	return list
}

// TestPreActionWebhooks has twilio-go do what is changed, rejected, or not answered for.
func TestPreActionWebhooks(t *testing.T) {
	s := startSDK(t)
	j := startJudge(t, s.Server)
	g := must(s.conversations.UpdateConfigurationWebhook(&conversations.UpdateConfigurationWebhookParams{PreWebhookUrl: &j.url, Filters: &preEvents}))(t)
	if *g.PreWebhookUrl != j.url {
		t.Errorf("webhook %+v", *g)
	}
	on := ptr("true")
	silent := must(s.conversations.CreateConversation(&conversations.CreateConversationParams{FriendlyName: ptr("rejected")}))(t)
	if *silent.FriendlyName != "rejected" || len(j.events()) > 0 {
		t.Errorf("asked %v without the header", j.events())
	}
	_, err := s.conversations.CreateConversation(&conversations.CreateConversationParams{XTwilioWebhookEnabled: on, FriendlyName: ptr("rejected")})
	wantCode(t, err, 403, 20403)
	c := must(s.conversations.CreateConversation(&conversations.CreateConversationParams{XTwilioWebhookEnabled: on, FriendlyName: ptr("asked")}))(t)
	if *c.FriendlyName != "changed" || *c.Attributes != `{"changed":true}` {
		t.Errorf("conversation %+v", *c)
	}
	write := func(body string) (*conversations.ConversationsV1ConversationMessage, error) {
		return s.conversations.CreateConversationMessage(*c.Sid, &conversations.CreateConversationMessageParams{XTwilioWebhookEnabled: on, Body: &body})
	}
	_, err = write("rejected")
	wantCode(t, err, 403, 20403)
	m := must(write("asked"))(t)
	if *m.Body != "changed" || *m.Author != "eve" || *m.Attributes != `{"changed":true}` || m.Index != 0 {
		t.Errorf("message %+v", *m)
	}
	j.mu.Lock()
	v := j.asked[len(j.asked)-1]
	j.mu.Unlock()
	if v.Get("ConversationSid") != *c.Sid || v.Get("Source") != "API" || v.Get("Author") != "system" || v.Has("Index") || v.Has("DateCreated") || v.Get("Attributes") != "{}" {
		t.Errorf("asked of a Message %v", v)
	}
	if m := must(write("broken"))(t); *m.Body != "broken" {
		t.Errorf("message %+v", *m)
	}
	began := time.Now()
	if m := must(write("late"))(t); *m.Body != "late" || time.Since(began) < 5*time.Second {
		t.Errorf("message %+v after %v", *m, time.Since(began))
	}
	_, err = s.conversations.UpdateConversationMessage(*c.Sid, *m.Sid, &conversations.UpdateConversationMessageParams{XTwilioWebhookEnabled: on, Body: ptr("rejected")})
	wantCode(t, err, 403, 20403)
	m = must(s.conversations.UpdateConversationMessage(*c.Sid, *m.Sid, &conversations.UpdateConversationMessageParams{XTwilioWebhookEnabled: on, Body: ptr("asked")}))(t)
	if *m.Body != "changed" {
		t.Errorf("message %+v", *m)
	}
	wantCode(t, s.conversations.DeleteConversationMessage(*c.Sid, *m.Sid, &conversations.DeleteConversationMessageParams{XTwilioWebhookEnabled: on}), 403, 20403)
	_, err = s.conversations.CreateConversationParticipant(*c.Sid, &conversations.CreateConversationParticipantParams{XTwilioWebhookEnabled: on, Identity: ptr("rejected")})
	wantCode(t, err, 403, 20403)
	p := must(s.conversations.CreateConversationParticipant(*c.Sid, &conversations.CreateConversationParticipantParams{XTwilioWebhookEnabled: on, Identity: ptr("asked")}))(t)
	if *p.Attributes != `{"changed":true}` {
		t.Errorf("participant %+v", *p)
	}
	p = must(s.conversations.UpdateConversationParticipant(*c.Sid, *p.Sid, &conversations.UpdateConversationParticipantParams{XTwilioWebhookEnabled: on, Attributes: ptr("{}")}))(t)
	if *p.Attributes != `{"changed":true}` {
		t.Errorf("participant %+v", *p)
	}
	wantCode(t, s.conversations.DeleteConversationParticipant(*c.Sid, *p.Sid, &conversations.DeleteConversationParticipantParams{XTwilioWebhookEnabled: on}), 403, 20403)
	_, err = s.conversations.UpdateUser("asked", &conversations.UpdateUserParams{XTwilioWebhookEnabled: on, FriendlyName: ptr("rejected")})
	wantCode(t, err, 403, 20403)
	c = must(s.conversations.UpdateConversation(*c.Sid, &conversations.UpdateConversationParams{XTwilioWebhookEnabled: on, FriendlyName: ptr("asked again")}))(t)
	if *c.FriendlyName != "changed" {
		t.Errorf("conversation %+v", *c)
	}
	wantCode(t, s.conversations.DeleteConversation(*c.Sid, &conversations.DeleteConversationParams{XTwilioWebhookEnabled: on}), 403, 20403)
	for _, event := range preEvents {
		if !slices.Contains(j.events(), event) {
			t.Errorf("never asked: %s", event)
		}
	}
	if list := must(s.conversations.ListConversationMessage(*c.Sid, nil))(t); len(list) != 3 {
		t.Errorf("%d messages", len(list))
	}
	_, err = s.conversations.UpdateConfigurationWebhook(&conversations.UpdateConfigurationWebhookParams{PreWebhookUrl: ptr("/before")})
	wantCode(t, err, 400, 50077)

	// A Service's own is asked instead, and no longer when it has none.
	other := must(s.conversations.CreateService(&conversations.CreateServiceParams{FriendlyName: ptr("Other")}))(t)
	must(s.conversations.UpdateServiceWebhookConfiguration(*other.Sid, &conversations.UpdateServiceWebhookConfigurationParams{PreWebhookUrl: &j.url, Filters: &[]string{}}))(t)
	n := len(j.events())
	must(s.conversations.CreateServiceConversation(*other.Sid, &conversations.CreateServiceConversationParams{XTwilioWebhookEnabled: on, FriendlyName: ptr("rejected")}))(t)
	if len(j.events()) != n {
		t.Error("asked for an event that the Service's filters do not name")
	}
}

// TestClientPreAction has a client of @twilio/conversations do the same.
func TestClientPreAction(t *testing.T) {
	var j *judge
	runClient(t, "preaction.js", func(s *localtwilio.Server, _ store.Worker) {
		j = startJudge(t, s)
		must(s.Store().ChatServices.Configure(func(g *store.ChatConfiguration) error {
			g.Webhook = store.ChatTarget{PreURL: j.url, Method: http.MethodPost, Filters: preEvents}
			return nil
		}))(t)
	})
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, v := range j.asked {
		if v.Get("Source") != "SDK" || v.Get("ClientIdentity") != "ada" {
			t.Errorf("asked %v", v)
		}
	}
}
