package rest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"escalate/server/localtwilio/rest"
	"escalate/server/localtwilio/store"
)

func newAPI(t testing.TB) (*rest.API, *store.Store) {
	t.Helper()
	s, err := store.Open("", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return rest.New(s, rest.Config{}), s
}

// TestErrors looks at whole error answers as they are on the wire.
func TestErrors(t *testing.T) {
	api, s := newAPI(t)
	is, ws := s.Account().SyncServiceSID, s.Account().WorkspaceSID
	if _, err := s.Rooms.Create(store.Room{UniqueName: "r"}); err != nil {
		t.Fatal(err)
	}
	task, err := s.Tasks.Create(store.Task{})
	if err != nil {
		t.Fatal(err)
	}
	worker, err := s.Workers.Create(store.Worker{FriendlyName: "w"})
	if err != nil {
		t.Fatal(err)
	}
	long := "Attributes=" + url.QueryEscape(`{"a":"`+strings.Repeat("世", store.MaxAttributes)+`"}`)
	tests := []struct {
		name, method, url, form string
		noAuth                  bool
		status, code            int
	}{
		{name: "no credentials", method: "GET", url: "https://video.twilio.com/v1/Rooms", noAuth: true, status: 401, code: 20003},
		{name: "no credentials for nothing", method: "GET", url: "https://video.twilio.com/v1/x", noAuth: true, status: 401, code: 20003},
		{name: "no such path", method: "GET", url: "https://video.twilio.com/v1/Room", status: 404, code: 20404},
		{name: "dots", method: "GET", url: "https://video.twilio.com/v1/Rooms/x/../../Rooms", status: 404, code: 20404},
		{name: "no such product", method: "GET", url: "https://fax.twilio.com/v1/Faxes", status: 404, code: 20404},
		{name: "wrong method", method: "PUT", url: "https://video.twilio.com/v1/Rooms", status: 405, code: 20004},
		{name: "form that cannot be read", method: "POST", url: "https://video.twilio.com/v1/Rooms", form: "a=%zz", status: 400, code: 20001},
		{name: "boolean", method: "POST", url: "https://video.twilio.com/v1/Rooms", form: "AudioOnly=maybe", status: 400, code: 20001},
		{name: "number", method: "POST", url: "https://video.twilio.com/v1/Rooms", form: "MaxParticipants=many", status: 400, code: 53107},
		{name: "more than a Room takes", method: "POST", url: "https://video.twilio.com/v1/Rooms", form: "MaxParticipants=101", status: 400, code: 53107},
		{name: "more than two browsers", method: "POST", url: "https://video.twilio.com/v1/Rooms", form: "Type=go&MaxParticipants=3", status: 400, code: 53107},
		{name: "no such type", method: "POST", url: "https://video.twilio.com/v1/Rooms", form: "Type=party", status: 400, code: 53108},
		{name: "audio only between browsers", method: "POST", url: "https://video.twilio.com/v1/Rooms", form: "Type=peer-to-peer&AudioOnly=true", status: 400, code: 53124},
		{name: "name taken", method: "POST", url: "https://video.twilio.com/v1/Rooms", form: "UniqueName=r", status: 400, code: 53113},
		{name: "status filter", method: "GET", url: "https://video.twilio.com/v1/Rooms?Status=open", status: 400, code: 53112},
		{name: "date filter", method: "GET", url: "https://video.twilio.com/v1/Rooms?DateCreatedAfter=today", status: 400, code: 20001},
		{name: "page size", method: "GET", url: "https://video.twilio.com/v1/Rooms?PageSize=0", status: 400, code: 20001},
		{name: "page", method: "GET", url: "https://video.twilio.com/v1/Rooms?Page=-1", status: 400, code: 20001},
		{name: "sync page size", method: "GET", url: "https://sync.twilio.com/v1/Services/" + is + "/Documents?PageSize=101", status: 400, code: 20001},
		{name: "participant status", method: "GET", url: "https://video.twilio.com/v1/Rooms/r/Participants?Status=gone", status: 400, code: 20001},
		{name: "document is not JSON", method: "POST", url: "https://sync.twilio.com/v1/Services/" + is + "/Documents", form: "Data={", status: 400, code: 20001},
		{name: "document is null", method: "POST", url: "https://sync.twilio.com/v1/Services/" + is + "/Documents", form: "Data=null", status: 400, code: 20001},
		{name: "task of nobody", method: "GET", url: "https://taskrouter.twilio.com/v1/Workspaces/" + ws + "/Tasks/WT0", status: 404, code: 20404},
		{name: "new task's attributes", method: "POST", url: "https://taskrouter.twilio.com/v1/Workspaces/" + ws + "/Tasks", form: long, status: 400, code: 20001},
		{name: "task's attributes", method: "POST", url: "https://taskrouter.twilio.com/v1/Workspaces/" + ws + "/Tasks/" + task.SID, form: long, status: 400, code: 20001},
		{name: "worker's attributes", method: "POST", url: "https://taskrouter.twilio.com/v1/Workspaces/" + ws + "/Workers/" + worker.SID, form: long, status: 400, code: 20001},
		{name: "message order", method: "GET", url: "https://conversations.twilio.com/v1/Conversations/x/Messages?Order=up", status: 404, code: 20404},
		{name: "token as a form", method: "POST", url: "https://iam.twilio.com/v1/Accounts/" + s.Account().SID + "/Tokens/validate", form: "token=x", status: 400, code: 20001},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, tt.url, strings.NewReader(tt.form))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if !tt.noAuth {
				r.SetBasicAuth(s.Account().KeySID, s.Account().KeySecret)
			}
			w := httptest.NewRecorder()
			api.ServeHTTP(w, r)
			var e rest.Error
			if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
				t.Fatalf("%v: %s", err, w.Body)
			}
			if w.Code != tt.status || e.Status != tt.status || e.Code != tt.code {
				t.Errorf("%d %+v, want %d code %d", w.Code, e, tt.status, tt.code)
			}
			if e.Message == "" || !strings.HasPrefix(e.MoreInfo, "https://www.twilio.com/docs/errors/") {
				t.Errorf("answer %s lacks message or more_info", w.Body)
			}
			if w.Code == 401 && w.Header().Get("WWW-Authenticate") == "" {
				t.Error("401 without WWW-Authenticate")
			}
		})
	}
}

// TestStoreTrouble closes the store under the API: what went wrong is not shown.
func TestStoreTrouble(t *testing.T) {
	api, s := newAPI(t)
	a := s.Account()
	s.Close()
	r := httptest.NewRequest("GET", "https://video.twilio.com/v1/Rooms", nil)
	r.SetBasicAuth(a.KeySID, a.KeySecret)
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	if w.Code != 500 || strings.Contains(w.Body.String(), "closed") {
		t.Errorf("%d %s, want 500 that says nothing", w.Code, w.Body)
	}
}

// FuzzServeHTTP sends anything: every answer is one of Twilio's forms, and none
// is our fault.
func FuzzServeHTTP(f *testing.F) {
	api, s := newAPI(f)
	account := s.Account()
	for _, path := range []string{
		"/v1/Rooms", "/v1/Rooms/x", "/v1/Rooms/x/Participants/%2e%2e", "/v1/Services/" + account.SyncServiceSID + "/Documents/a%2Fb",
		"/v1/Workspaces/" + account.WorkspaceSID + "/Tasks", "/v1/Conversations/x/Messages", "//v1//Rooms/../..", "/v1/Rooms/%00",
	} {
		for i := range rest.Products {
			f.Add(i, true, path, "PageSize=1&Page=2&PageToken=PA", `UniqueName=a&Data={"a":1}&Ttl=1&Attributes={}`, `"1"`)
		}
	}
	f.Fuzz(func(t *testing.T, product int, post bool, path, query, form, match string) {
		u, err := url.ParseRequestURI("https://" + rest.Products[max(product, 0)%len(rest.Products)] + ".twilio.com/" + strings.TrimPrefix(path, "/"))
		if err != nil {
			return
		}
		u.RawQuery = query
		method := http.MethodGet
		if post {
			method = http.MethodPost
		}
		r := &http.Request{Method: method, URL: u, Host: u.Host, Header: http.Header{}, Body: http.NoBody}
		if post {
			r.Body = httptest.NewRequest("POST", "/", strings.NewReader(form)).Body
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		r.Header.Set("If-Match", match)
		r.SetBasicAuth(account.KeySID, account.KeySecret)
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("%s %s: %d %s", method, u, w.Code, w.Body)
		}
		if w.Code >= 300 && w.Code < 400 {
			t.Errorf("%s %s: redirected", method, u)
		}
		if w.Code != http.StatusNoContent && !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s %s: %d with a body that is no JSON: %q", method, u, w.Code, w.Body)
		}
	})
}

// TestRoomTypes looks at what the types of a Room make of what was not said.
func TestRoomTypes(t *testing.T) {
	api, s := newAPI(t)
	for _, ca := range []struct {
		form               string
		kind               string
		participants       int
		publishedTracks    int
		records, hasRegion bool
	}{
		{"MediaRegion=de1&RecordParticipantsOnConnect=true", "group", 50, 170, true, true},
		{"Type=group-small&RecordParticipantsOnConnect=true", "group-small", 4, 170, true, false},
		{"LargeRoom=true&MaxParticipants=100", "group", 100, 16, false, false},
		{"MaxParticipants=51", "group", 51, 16, false, false},
		{"MaxParticipants=50", "group", 50, 170, false, false},
		{"Type=peer-to-peer&MediaRegion=de1&RecordParticipantsOnConnect=true", "peer-to-peer", 10, 0, false, false},
		{"Type=go", "go", 2, 0, false, false},
	} {
		r := httptest.NewRequest(http.MethodPost, "https://video.twilio.com/v1/Rooms", strings.NewReader(ca.form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(s.Account().KeySID, s.Account().KeySecret)
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		var got struct {
			Type            string  `json:"type"`
			Participants    int     `json:"max_participants"`
			PublishedTracks int     `json:"max_concurrent_published_tracks"`
			Records         bool    `json:"record_participants_on_connect"`
			Region          *string `json:"media_region"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusCreated {
			t.Fatalf("%s: %d %s", ca.form, w.Code, w.Body)
		}
		if got.Type != ca.kind || got.Participants != ca.participants || got.PublishedTracks != ca.publishedTracks ||
			got.Records != ca.records || (got.Region != nil) != ca.hasRegion {
			t.Errorf("%s: %s", ca.form, w.Body)
		}
	}
}
