package localtwilio_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	conversations "github.com/twilio/twilio-go/rest/conversations/v1"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
	"escalate/server/twiliospec"
)

// notInChats are Twilio's operations of Conversations that local Twilio has not, or of which
// there can be nothing here: receipts of other channels, phones and what they are told with.
var notInChats = []string{
	"/Receipts/{Sid}", "/v1/Credentials/{Sid}", "/Bindings/{Sid}", "/v1/Configuration/Addresses/{Sid}",
}

// TestConversationsOperations makes every request that Twilio's document of Conversations
// describes, of things that exist, and holds the answers against it.
func TestConversationsOperations(t *testing.T) {
	documents, err := spec()
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("Twilio's documents are not installed: run npm ci in static")
	}
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, localtwilio.Config{})
	checked := &twiliospec.Transport{Spec: documents, Next: s.Transport()}
	k := newSDK(s, checked, s.Account().KeySID, s.Account().KeySecret)
	other := must(k.conversations.CreateService(&conversations.CreateServiceParams{FriendlyName: ptr("Other")}))(t)
	for _, service := range []string{s.Account().ChatServiceSID, *other.Sid} {
		scope := s.Store().Conversations.In(service)
		role := must(s.Store().ChatServices.Roles(service).Create(store.ChatRole{
			FriendlyName: "guest", Type: store.RoleOfConversation, Permissions: []string{"sendMessage"},
		}))(t)
		c := must(scope.Create(store.Conversation{UniqueName: "c", FriendlyName: "C"}))(t)
		p := must(s.Store().ChatParticipants.In(service).Add(c.SID, store.ChatParticipant{Identity: "ada"}))(t)
		m := must(scope.AddMessage(c.SID, store.Message{Author: "ada", Body: "Hello"}))(t)
		w := must(scope.Webhooks().Create(c.SID, store.ChatWebhook{URL: "http://127.0.0.1:1/", Method: "POST", Filters: []string{"onMessageAdded"}}))(t)
		u := must(s.Store().ChatUsers.In(service).Get("ada"))(t)
		ids := strings.NewReplacer(
			"{ChatServiceSid}", service, "/Services/{Sid}", "/Services/"+service, "{ConversationSid}", c.SID, "{MessageSid}", m.SID,
			"{UserSid}", u.SID, "/Users/{Sid}", "/Users/"+u.SID, "/Roles/{Sid}", "/Roles/"+role.SID, "/Participants/{Sid}", "/Participants/"+p.SID,
			"/Messages/{Sid}", "/Messages/"+m.SID, "/Webhooks/{Sid}", "/Webhooks/"+w.SID, "/Conversations/{Sid}", "/Conversations/"+c.SID, "{Sid}", "XX0",
		)
		all := must(documents.Operations("conversations.twilio.com"))(t)
		if len(all) < 90 {
			t.Fatalf("the document has %d operations", len(all))
		}
		// What takes something away comes last, what it is in after it.
		order := func(op string) string {
			return fmt.Sprint(strings.Index("GET POST DELETE", op[:3]), 9-strings.Count(op, "/"), op)
		}
		slices.SortFunc(all, func(a, b string) int { return strings.Compare(order(a), order(b)) })
		for _, op := range all {
			method, path, _ := strings.Cut(op, " ")
			if strings.Contains(path, "{ChatServiceSid}") != (service == *other.Sid) && path != "/v1/Services/{Sid}" {
				continue
			}
			if service != *other.Sid && op == "DELETE /v1/Services/{Sid}" {
				continue // it is the default one
			}
			form := url.Values{
				"Identity": {"ada"}, "FriendlyName": {"x"}, "Type": {"conversation"}, "Permission": {"sendMessage"}, "Target": {"webhook"},
				"Configuration.Url": {"http://127.0.0.1:1/"}, "Configuration.Filters": {"onMessageAdded"}, "Body": {"Hi"},
			}
			switch {
			case strings.HasPrefix(op, "DELETE") && strings.Contains(path, "/Users/{UserSid}/"):
				_, _ = s.Store().ChatParticipants.Add(c.SID, store.ChatParticipant{Identity: "ada"}) // taken out above
			case strings.HasSuffix(op, "/Users"):
				form.Set("Identity", "cleo")
			case strings.Contains(path, "{Sid}/Participants") || strings.HasSuffix(path, "Participants"):
				form.Set("Identity", "bob")
			case strings.HasSuffix(path, "Participants/{Sid}"):
				form.Del("Identity")
			}
			target := "https://conversations.twilio.com" + ids.Replace(path)
			r := must(http.NewRequest(method, target, strings.NewReader(form.Encode())))(t)
			if method == http.MethodGet {
				r = must(http.NewRequest(method, target+"?"+url.Values{"Identity": {"ada"}}.Encode(), nil))(t)
				if strings.Contains(path, "Bindings") {
					r.URL.RawQuery = ""
				}
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.SetBasicAuth(s.Account().KeySID, s.Account().KeySecret)
			res := must(checked.RoundTrip(r))(t)
			_ = res.Body.Close()
			here := !slices.ContainsFunc(notInChats, func(p string) bool { return strings.HasSuffix(path, p) })
			if here && res.StatusCode >= 300 && op != "POST /v1/Credentials" && op != "POST /v1/Configuration/Addresses" && !strings.Contains(path, "Notifications") {
				t.Errorf("%s: %s", op, res.Status)
			}
		}
	}
	for _, v := range checked.Violations() {
		if strings.Contains(v, ": answer") {
			t.Error(v)
		}
	}
}

func TestConversationParameters(t *testing.T) {
	s := startSDK(t)
	long := strings.Repeat("x", 257)
	for _, tt := range []struct {
		name string
		p    conversations.CreateConversationParams
		code int
	}{
		{"name of a Conversation", conversations.CreateConversationParams{UniqueName: ptr(store.NewSID("CH"))}, 50390},
		{"unique name too long", conversations.CreateConversationParams{UniqueName: &long}, 50004},
		{"friendly name too long", conversations.CreateConversationParams{FriendlyName: &long}, 50003},
		{"attributes", conversations.CreateConversationParams{Attributes: ptr("{")}, 50304},
		{"attributes too long", conversations.CreateConversationParams{Attributes: ptr(`"` + strings.Repeat("x", 16<<10) + `"`)}, 50303},
		{"state", conversations.CreateConversationParams{State: ptr("asleep")}, 50378},
		{"closed from the start", conversations.CreateConversationParams{State: ptr("closed")}, 50384},
		{"timer", conversations.CreateConversationParams{TimersInactive: ptr("10m")}, 50379},
		{"timer without a number", conversations.CreateConversationParams{TimersClosed: ptr("PT")}, 50380},
		{"inactive too soon", conversations.CreateConversationParams{TimersInactive: ptr("PT59S")}, 50375},
		{"closed too soon", conversations.CreateConversationParams{TimersClosed: ptr("PT9M59S")}, 50376},
		{"no messaging service", conversations.CreateConversationParams{MessagingServiceSid: ptr("x")}, 50341},
		{"another's messaging service", conversations.CreateConversationParams{MessagingServiceSid: ptr(store.NewSID("MG"))}, 50342},
		{"e-mail", conversations.CreateConversationParams{BindingsEmailAddress: ptr("a@example.com")}, 20001},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.conversations.CreateConversation(&tt.p)
			wantCode(t, err, 400, tt.code)
		})
	}
	if list := must(s.Store().Conversations.List())(t); len(list) != 0 {
		t.Errorf("%d conversations made by bad requests", len(list))
	}
	room := store.NewSID("RM")
	c := must(s.conversations.CreateConversation(&conversations.CreateConversationParams{
		UniqueName: &room, TimersInactive: ptr("PT1M"), TimersClosed: ptr("P1DT2H3M4S"), MessagingServiceSid: ptr(s.Account().MessagingServiceSID),
		Attributes: ptr(`"any JSON"`),
	}))(t)
	if *c.UniqueName != room || *c.Attributes != `"any JSON"` || *c.ChatServiceSid != s.Account().ChatServiceSID {
		t.Errorf("conversation %+v", *c)
	}
	timers := (*c.Timers).(map[string]any)
	if timers["date_closed"] == nil || timers["date_inactive"] == nil {
		t.Errorf("timers %v", timers)
	}
	for _, tt := range []struct {
		p    conversations.CreateConversationParticipantParams
		code int
	}{
		{conversations.CreateConversationParticipantParams{}, 50204},
		{conversations.CreateConversationParticipantParams{Identity: ptr(store.NewSID("US"))}, 50206},
		{conversations.CreateConversationParticipantParams{Identity: ptr("a\x00b")}, 20001},
		{conversations.CreateConversationParticipantParams{Identity: ptr("a\n")}, 20001},
		{conversations.CreateConversationParticipantParams{Identity: ptr("a\xff")}, 20001},
		{conversations.CreateConversationParticipantParams{Identity: ptr("a"), MessagingBindingAddress: ptr("+1")}, 50211},
		{conversations.CreateConversationParticipantParams{MessagingBindingAddress: ptr("+15005550006"), MessagingBindingProxyAddress: ptr("+15005550007")}, 50413},
		{conversations.CreateConversationParticipantParams{Identity: ptr("a"), MessagingBindingProjectedAddress: ptr("+1")}, 50439},
		{conversations.CreateConversationParticipantParams{Identity: ptr("a"), RoleSid: ptr(store.NewSID("RL"))}, 50100},
	} {
		_, err := s.conversations.CreateConversationParticipant(*c.Sid, &tt.p)
		wantCode(t, err, 400, tt.code)
	}
	_, err := s.conversations.CreateConversationMessage(*c.Sid, &conversations.CreateConversationMessageParams{ContentSid: ptr(store.NewSID("HX"))})
	wantCode(t, err, 400, 20001)
	_, err = s.conversations.ListParticipantConversation(&conversations.ListParticipantConversationParams{Identity: ptr("a"), Address: ptr("+1")})
	wantCode(t, err, 400, 50451)
	_, err = s.conversations.CreateRole(&conversations.CreateRoleParams{FriendlyName: ptr("r"), Type: ptr("conversation"), Permission: &[]string{"fly"}})
	wantCode(t, err, 400, 50104)
}
