package twiliospec

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var loaded = sync.OnceValues(func() (*Spec, error) { return Load(filepath.Join("../..", Documents)) })

func load1(t *testing.T) *Spec {
	t.Helper()
	s, err := loaded()
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("Twilio's documents are not installed: make deps-test")
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// answer is a RoundTripper that always gives the same answer.
type answer struct {
	status int
	kind   string
	body   string
}

func (a answer) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: a.status, Header: http.Header{"Content-Type": {a.kind}}, Body: io.NopCloser(strings.NewReader(a.body))}, nil
}

func TestTransportNotesFaults(t *testing.T) {
	spec := load1(t)
	const room = `{"sid":"RM00000000000000000000000000000000","status":"in-progress","unique_name":"x"}`
	const iam = "https://iam.twilio.com/v1/Accounts/AC00000000000000000000000000000000/Tokens/validate"
	created := answer{201, "application/json", room}
	for _, ca := range []struct {
		name   string
		method string
		url    string
		form   url.Values
		answer answer
		noted  string // "" when all is well
	}{
		{"a Room as it should be", "POST", "https://video.twilio.com/v1/Rooms", url.Values{"UniqueName": {"x"}, "Type": {"group"}}, created, ""},
		{"rules as JSON text", "POST", "https://video.twilio.com/v1/Rooms", url.Values{"RecordingRules": {`[{"type":"exclude","all":true}]`}}, created, ""},
		{"an enumeration's stranger", "POST", "https://video.twilio.com/v1/Rooms", url.Values{"Type": {"party"}}, created, "value is not one of"},
		{"an unknown form field", "POST", "https://video.twilio.com/v1/Rooms", url.Values{"UniqueNamme": {"x"}}, created, "UniqueNamme"},
		{"a time-out in seconds", "POST", "https://video.twilio.com/v1/Rooms", url.Values{"UnusedRoomTimeout": {"3600"}}, created, "1 to 60"},
		{"rules that are not JSON", "POST", "https://video.twilio.com/v1/Rooms", url.Values{"RecordingRules": {"include"}}, created, "is not JSON"},
		{"a path from another world", "POST", "https://video.twilio.com/v1/Room", nil, created, "no such operation"},
		{"a SID of the wrong kind", "GET", "https://taskrouter.twilio.com/v1/Workspaces/XX/Tasks/WT00000000000000000000000000000000", nil, answer{200, "application/json", "{}"}, "^WS"},
		{"a required field left out", "POST", "https://sync.twilio.com/v1/Services/IS00000000000000000000000000000000/Documents/x/Permissions/a",
			url.Values{"Read": {"true"}}, answer{200, "application/json", "{}"}, "Write"},
		{"an answer's field of the wrong type", "POST", "https://video.twilio.com/v1/Rooms", nil, answer{201, "application/json", `{"sid":7}`}, "sid"},
		{"an answer's field nobody knows", "POST", "https://video.twilio.com/v1/Rooms", nil, answer{201, "application/json", `{"roomSid":"x"}`}, "roomSid"},
		{"a status that is not described", "POST", "https://video.twilio.com/v1/Rooms", nil, answer{200, "application/json", room}, "status 200"},
		{"an error as it should be", "POST", "https://video.twilio.com/v1/Rooms", nil,
			answer{400, "application/json", `{"code":53113,"message":"Room exists","more_info":"","status":400}`}, ""},
		{"an error with another status inside", "POST", "https://video.twilio.com/v1/Rooms", nil,
			answer{400, "application/json", `{"code":53113,"message":"Room exists","more_info":"","status":409}`}, "status 409"},
		{"an error that is a page", "POST", "https://video.twilio.com/v1/Rooms", nil, answer{502, "text/html", "<h1>Bad gateway</h1>"}, "not JSON"},
		{"a host of nobody's", "GET", "https://fax.twilio.com/v1/Faxes", nil, answer{200, "application/json", "{}"}, "no document"},
		{"a form for IAM", "POST", iam, url.Values{"token": {"x"}}, answer{200, "application/json", `{"valid":false}`}, "not JSON"},
		{"another call of IAM", "GET", iam, nil, answer{200, "application/json", `{"valid":false}`}, "no such operation"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			tr := &Transport{Spec: spec, Next: ca.answer}
			var body io.Reader
			if ca.form != nil {
				body = strings.NewReader(ca.form.Encode())
			}
			r, err := http.NewRequest(ca.method, ca.url, body)
			if err != nil {
				t.Fatal(err)
			}
			if ca.form != nil {
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			res, err := tr.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(res.Body); err != nil || string(got) != ca.answer.body {
				t.Errorf("the answer arrived as %q, %v", got, err)
			}
			noted := strings.Join(tr.Violations(), "\n")
			if ca.noted == "" && noted != "" || !strings.Contains(noted, ca.noted) {
				t.Errorf("want a note of %q, got %q", ca.noted, noted)
			}
		})
	}
}

func TestTransportChecksIAM(t *testing.T) {
	const good = `{"token":"x"}`
	for _, ca := range []struct {
		name, body, answer string
		noted              string
	}{
		{"valid", good, `{"valid":true,"code":0,"message":null,"identity":"ana","worker_sid":"WK1","roles":["agent"],"expiration":"2026-01-01T00:00:00Z","realm_user_id":"FU1"}`, ""},
		{"not valid", good, `{"valid":false,"code":20101,"message":"Token is invalid"}`, ""},
		{"no token", `{"token":""}`, `{"valid":false}`, "no token"},
		{"an unknown field sent", `{"token":"x","realm":"y"}`, `{"valid":false}`, "realm"},
		{"valid as a word", good, `{"valid":"true"}`, "valid"},
		{"nothing said", good, `{}`, "lacks valid"},
		{"valid, but who", good, `{"valid":true}`, "identity"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			tr := &Transport{Spec: load1(t), Next: answer{200, "application/json", ca.answer}}
			r, err := http.NewRequest("POST", "https://iam.stage.twilio.com/v1/Accounts/AC00000000000000000000000000000000/Tokens/validate", strings.NewReader(ca.body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			if _, err := tr.RoundTrip(r); err != nil {
				t.Fatal(err)
			}
			noted := strings.Join(tr.Violations(), "\n")
			if ca.noted == "" && noted != "" || !strings.Contains(noted, ca.noted) {
				t.Errorf("want a note of %q, got %q", ca.noted, noted)
			}
			if tr.Calls()[iamOperation] != 1 {
				t.Errorf("calls %v", tr.Calls())
			}
		})
	}
}
