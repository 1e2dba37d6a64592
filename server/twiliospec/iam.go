package twiliospec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// The check of a Flex token is in no document. What is written here is what
// Twilio's own validator for Node.js sends and reads.

const iamOperation = "POST iam.twilio.com/v1/Accounts/{AccountSid}/Tokens/validate"

var (
	iamHost = regexp.MustCompile(`^iam(\.[a-z0-9]+)?\.twilio\.com$`)
	iamPath = regexp.MustCompile(`^/v1/Accounts/AC[0-9a-f]{32}/Tokens/validate$`)
)

// iamFields are the fields of the answer.
type iamFields struct {
	Valid      *bool    `json:"valid"`
	Code       int      `json:"code"`
	Message    string   `json:"message"`
	Expiration string   `json:"expiration"`
	RealmUser  string   `json:"realm_user_id"`
	Identity   string   `json:"identity"`
	Worker     string   `json:"worker_sid"`
	Roles      []string `json:"roles"`
}

// iam passes a request for the check of a Flex token on, as RoundTrip.
func (t *Transport) iam(r *http.Request, body []byte) (*http.Response, error) {
	if r.Method != http.MethodPost {
		t.note(r, "no such operation: only the check of a Flex token is known")
		return t.Next.RoundTrip(r)
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		t.note(r, "request: not JSON")
	}
	var asked struct {
		Token string `json:"token"`
	}
	if err := strict(body, &asked); err != nil {
		t.note(r, "request: "+err.Error())
	} else if asked.Token == "" {
		t.note(r, "request: no token")
	}
	res, err := t.Next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	t.count(iamOperation)
	answer, err := drain(&res.Body)
	if err != nil {
		return nil, fmt.Errorf("read the answer to check it: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return res, nil // text, or whatever Twilio's edge says
	}
	var fields iamFields
	switch err := strict(answer, &fields); {
	case err != nil:
		t.note(r, "answer 200: "+err.Error())
	case fields.Valid == nil:
		t.note(r, "answer 200: lacks valid")
	case *fields.Valid && (fields.Identity == "" || len(fields.Roles) == 0):
		t.note(r, "answer 200: valid, and lacks identity or roles")
	}
	return res, nil
}

// strict reads JSON that may have no fields but v's.
func strict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(v)
}
