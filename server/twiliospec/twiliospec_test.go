package twiliospec

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

func load1(t *testing.T) *Spec {
	t.Helper()
	s, err := Load(filepath.Join("../..", Documents))
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
