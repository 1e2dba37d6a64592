package twilioapi

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

// A request that is not its operation does not leave the house, whoever made it.
func TestRequestsAreAdmitted(t *testing.T) {
	const document = "https://sync.twilio.com/v1/Services/IS1/Documents/"
	for _, c := range []struct {
		name, method, url string
		op                operation
		ok                bool
	}{
		{"as it should be", "GET", document + "abc2345", opFetchDocument, true},
		{"a page of a list", "GET", "https://sync.twilio.com/v1/Services/IS1/Documents?PageSize=100&Page=1&PageToken=PAx", opListDocument, true},
		{"a realm of IAM", "POST", "https://iam.stage.twilio.com/v1/Accounts/AC1/Tokens/validate", opValidateToken, true},
		{"a page on another host", "GET", "https://sync.example.com/v1/Services/IS1/Documents?Page=1", opListDocument, false},
		{"a host that only begins like Twilio's", "GET", "https://sync.twilio.com.example.com/v1/Services/IS1/Documents", opListDocument, false},
		{"a host that only ends like Twilio's", "GET", "https://sync.nottwilio.com/v1/Services/IS1/Documents", opListDocument, false},
		{"another product", "GET", "https://video.twilio.com/v1/Services/IS1/Documents/abc2345", opFetchDocument, false},
		{"in the clear", "GET", "http://sync.twilio.com/v1/Services/IS1/Documents/abc2345", opFetchDocument, false},
		{"another method", "DELETE", document + "abc2345", opFetchDocument, false},
		{"a deeper resource", "GET", document + "abc2345/Permissions/x", opFetchDocument, false},
		{"a higher resource", "GET", "https://sync.twilio.com/v1/Services/IS1/Documents", opFetchDocument, false},
		{"another resource", "GET", "https://sync.twilio.com/v1/Services/IS1/Lists/abc2345", opFetchDocument, false},
		{"dots", "GET", document + "..", opFetchDocument, false},
		{"nothing", "GET", document, opFetchDocument, false},
		{"an escape", "GET", document + "a%2Fb", opFetchDocument, false},
		{"an operation of nobody's", "GET", document + "abc2345", operation{"sync", "X", "GET", opFetchDocument.path}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := http.NewRequest(c.method, c.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := admit(c.op, r); (err == nil) != c.ok || err != nil && !errors.Is(err, errPath) {
				t.Errorf("got %v, want ok %v", err, c.ok)
			}
		})
	}
}

// The credentials go with every page of a list, wherever its address points.
func TestNextPageStaysAtTwilio(t *testing.T) {
	rt := &answers{list: []answer{{status: 200, body: `{"participants":[{"sid":"PA1"}],"meta":{"key":"participants","next_page_url":"https://video.example.com/v1/Rooms/RM1/Participants?Page=1"}}`}}}
	if _, err := newClient(t, rt).Rooms().Participants(t.Context(), sid("RM")); !errors.Is(err, errPath) {
		t.Errorf("got %v", err)
	}
	if rt.count() != 1 {
		t.Errorf("%d requests, the last to %s", rt.count(), rt.got[rt.count()-1].URL.Host)
	}
}

// Of the address of a next page only the page is read, never the host.
func TestPageOfDocuments(t *testing.T) {
	const page = `{"documents":[{"unique_name":"a","data":{}}],"meta":{"key":"documents","next_page_url":"https://sync.example.com/v1/Services/IS1/Documents?PageSize=5&Page=1&PageToken=DNFROM%2B1"}}`
	rt := &answers{list: []answer{{status: 200, body: page}, {status: 200, body: page}}}
	d := newClient(t, rt).Documents()
	docs, next, err := d.Page(t.Context(), "")
	if err != nil || len(docs) != 1 || next != "Page=1&PageToken=DNFROM%2B1" {
		t.Fatalf("%+v, next %q, %v", docs, next, err)
	}
	if _, _, err := d.Page(t.Context(), next); err == nil {
		t.Error("a list that never ends is followed")
	}
	if u := rt.got[1].URL; u.Host != "sync.twilio.com" || u.Query().Get("PageToken") != "DNFROM+1" || u.Query().Get("Page") != "1" || u.Query().Get("PageSize") != "100" {
		t.Errorf("the next page is asked of %s", u)
	}
	rt = &answers{list: []answer{{status: 200, body: strings.ReplaceAll(page, "?PageSize=5&Page=1&PageToken=DNFROM%2B1", "")}}}
	if _, _, err := newClient(t, rt).Documents().Page(t.Context(), ""); err == nil {
		t.Error("an address that names no page is no end of the list")
	}
}
