package twilioapi_test

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"escalate/server/escalation"
	"escalate/server/twilioapi"
	"escalate/server/twiliospec"
)

// TestEveryOperationConforms makes every call of the table at least once; as
// everywhere here, each request and each answer is held against Twilio's own
// documents. A call that is new in the table has to be made here as well.
func TestEveryOperationConforms(t *testing.T) {
	needDocuments(t)
	// With access control, without which nobody is permitted to read a Document.
	acl := &tamper{answer: func(_ *http.Request, _ *http.Response, body string) string {
		return strings.Replace(body, `"acl_enabled":false`, `"acl_enabled":true`, 1)
	}}
	w := newWorldWith(t, options{edit: func(c *escalation.Config) { c.Record = true }, wrap: acl.around})
	if err := w.api.Ready(w.ctx); err != nil {
		t.Fatal(err)
	}
	task, chat := w.task(w.ana)
	e := w.escalate(w.ana, task)
	if sent, err := w.api.Chat().Newest(w.ctx, chat); err != nil || len(sent) != 1 || !strings.Contains(sent[0].Body, e.Code) {
		t.Fatalf("the invite is %+v, %v", sent, err)
	}
	a, err := w.JoinAsAgent(w.ctx, w.ana.Agent, e.Code)
	if err != nil {
		t.Fatal(err)
	}
	w.enter(a)
	// A reload removes the Participant that it replaces.
	if a, err = w.JoinAsAgent(w.ctx, w.ana.Agent, e.Code); err != nil {
		t.Fatal(err)
	}
	w.enter(a)
	c, err := w.JoinAsCustomer(w.ctx, e.Code, "I agree")
	if err != nil {
		t.Fatal(err)
	}
	w.enter(c)
	tokenOf, err := w.api.Documents().ReadTokens(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tokenOf(w.ctx, e.Code, time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := w.Sweep(w.ctx); err != nil {
		t.Fatal(err)
	}
	w.await(e.Code, "the customer in the call", escalation.Escalation.CustomerWasIn)
	if _, err := w.Rate(w.ctx, e.Code, "", 5, "ü & <b>"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.End(w.ctx, w.ana.Agent, e.Code); err != nil {
		t.Fatal(err)
	}

	made, table := w.spec.Calls(), twilioapi.Operations()
	for _, op := range table {
		if made[op] == 0 {
			t.Errorf("%s was not made: have this test make it", op)
		}
	}
	for _, op := range slices.Sorted(maps.Keys(made)) {
		if !slices.Contains(table, op) {
			t.Errorf("%s was made and is not in the table", op)
		}
		t.Logf("%3d  %s", made[op], op)
	}
}

// TestConformanceBites plants faults in what we send and in what is answered.
// Each has to be noticed, else the test above proves nothing.
func TestConformanceBites(t *testing.T) {
	needDocuments(t)
	field := func(end, name, value string) func(*http.Request, url.Values) {
		return func(r *http.Request, form url.Values) {
			if is(r, http.MethodPost, end) {
				form.Set(name, value)
			}
		}
	}
	replaced := func(from, to string) func(*http.Request, *http.Response, string) string {
		return func(_ *http.Request, _ *http.Response, body string) string { return strings.Replace(body, from, to, 1) }
	}
	room := func(api *twilioapi.Client) error {
		_, err := api.Rooms().Create(t.Context(), escalation.RoomOptions{UniqueName: "abc2345", Type: "group",
			EmptyTimeout: time.Minute, UnusedTimeout: time.Minute, MaxParticipants: 2, MaxParticipantDuration: time.Hour})
		return err
	}
	document := func(api *twilioapi.Client) error {
		_, err := api.Documents().Create(t.Context(), "abc2345", json.RawMessage(`{"a":1}`), time.Hour)
		return err
	}
	const noTask = "WT00000000000000000000000000000001"
	attributes := func(api *twilioapi.Client) error {
		err := api.Tasks().UpdateAttributes(t.Context(), noTask, "0", json.RawMessage(`{"a":1}`))
		if errors.Is(err, escalation.ErrNotFound) {
			return nil
		}
		return err
	}
	validate := func(api *twilioapi.Client) error {
		_, err := api.Authenticate(t.Context(), "x")
		return err
	}
	for _, c := range []struct {
		name    string
		do      func(*twilioapi.Client) error
		request func(*http.Request, url.Values)
		answer  func(*http.Request, *http.Response, string) string
		noted   string // "" when all is well
	}{
		{"a Room", room, nil, nil, ""},
		{"a Document", document, nil, nil, ""},
		{"a misspelt field", room, field("/Rooms", "EmptyRoomTimeOut", "5"), nil, "EmptyRoomTimeOut"},
		{"a time-out in seconds", room, field("/Rooms", "UnusedRoomTimeout", "600"), nil, "1 to 60"},
		{"more than fit", room, field("/Rooms", "MaxParticipants", "51"), nil, "1 to 50"},
		{"longer than a day", room, field("/Rooms", "MaxParticipantDuration", "86401"), nil, "MaxParticipantDuration"},
		{"a Room type of nobody's", room, field("/Rooms", "Type", "party"), nil, "Type"},
		{"a callback method", room, field("/Rooms", "StatusCallbackMethod", "PUT"), nil, "StatusCallbackMethod"},
		{"rules that are no JSON", room, field("/Rooms", "RecordingRules", "include"), nil, "not JSON"},
		{"a TTL over a year", document, field("/Documents", "Ttl", "31536001"), nil, "31536000"},
		{"data that is no JSON", document, field("/Documents", "Data", "{"), nil, "not JSON"},
		{"data over 16 KiB", document, field("/Documents", "Data", `"`+strings.Repeat("x", 16<<10)+`"`), nil, "16 KiB"},
		{"attributes that are too long", attributes, field("/Tasks/"+noTask, "Attributes", `"`+strings.Repeat("x", 4096)+`"`), nil, "4,096"},
		{"a name like a SID", document, field("/Documents", "UniqueName", "ET"+strings.Repeat("0", 32)), nil, "unique name"},
		{"a path beside the documents", document, func(r *http.Request, _ url.Values) { r.URL.Path += "/x/y" }, nil, "no such operation"},
		{"a method beside the documents", document, func(r *http.Request, _ url.Values) { r.Method = http.MethodPut }, nil, "no such operation"},
		{"a host beside the documents", document, func(r *http.Request, _ url.Values) { r.URL.Host = "fax.twilio.com" }, nil, "no document"},
		{"a check that asks nothing", validate, func(r *http.Request, _ url.Values) { r.Header.Set("Content-Type", "text/plain") }, nil, "not JSON"},
		{"an answer's number for a text", document, nil, replaced(`"revision":"0"`, `"revision":0`), "revision"},
		{"an answer's field of nobody's", document, nil, replaced(`"revision"`, `"etag":"0","revision"`), "etag"},
		{"an answer's status", room, nil, func(_ *http.Request, res *http.Response, body string) string {
			res.StatusCode = http.StatusAccepted
			return body
		}, "status 202"},
		{"an answer's SID", room, nil, replaced(`"sid":"RM`, `"sid":"XX`), "sid"},
		{"an error without a code", room, nil, func(_ *http.Request, res *http.Response, _ string) string {
			res.StatusCode = http.StatusBadRequest
			return `{"message":"no"}`
		}, "lacks code"},
		{"a token neither valid nor not", validate, nil, replaced(`"valid":false`, `"ok":false`), "ok"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, "", nil)
			// What is ours is changed on the way to the check, what is local
			// Twilio's on the way out of it.
			ours, theirs := &tamper{request: c.request}, &tamper{answer: c.answer, next: w.local.Transport()}
			spec, err := documents()
			if err != nil {
				t.Fatal(err)
			}
			checked := &twiliospec.Transport{Spec: spec, Next: theirs}
			account := w.local.Account()
			api, err := twilioapi.New(twilioapi.Config{
				AccountSID: account.SID, KeySID: account.KeySID, KeySecret: account.KeySecret,
				SyncServiceSID: account.SyncServiceSID, WorkspaceSID: account.WorkspaceSID,
				Transport: checked, WrapTransport: ours.around,
			})
			if err != nil {
				t.Fatal(err)
			}
			_ = c.do(api) // what becomes of it is not the point
			noted := strings.Join(checked.Violations(), "\n")
			if c.noted == "" && noted != "" || !strings.Contains(noted, c.noted) {
				t.Errorf("want a note of %q, got %q", c.noted, noted)
			}
		})
	}
}
