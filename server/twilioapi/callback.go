package twilioapi

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/twilio/twilio-go/client"

	"escalate/server/escalation"
)

// ParseCallback reads a status callback of Twilio Video after checking that
// Twilio signed it; escalation.ErrSignature when not. publicURL is the server's
// own, under which Twilio sees it: the signature covers the URL, and r only
// knows what is left of it behind a proxy. The caller bounds the body.
func (t *Client) ParseCallback(r *http.Request, publicURL string) (escalation.Callback, error) {
	signature := r.Header.Get("X-Twilio-Signature")
	if t.c.AuthToken == "" || signature == "" || r.Method != http.MethodPost {
		return escalation.Callback{}, escalation.ErrSignature
	}
	if err := r.ParseForm(); err != nil {
		return escalation.Callback{}, fmt.Errorf("read status callback: %w: %w", escalation.ErrSignature, err)
	}
	params := make(map[string]string, len(r.PostForm))
	for name, values := range r.PostForm {
		params[name] = values[0]
	}
	v := client.NewRequestValidator(t.c.AuthToken)
	if !v.Validate(strings.TrimRight(publicURL, "/")+r.URL.RequestURI(), params, signature) {
		return escalation.Callback{}, escalation.ErrSignature
	}
	if params["AccountSid"] != t.c.AccountSID {
		return escalation.Callback{}, escalation.ErrSignature
	}
	c := escalation.Callback{
		Event:          params["StatusCallbackEvent"],
		RoomSID:        params["RoomSid"],
		RoomName:       params["RoomName"],
		Identity:       params["ParticipantIdentity"],
		ParticipantSID: params["ParticipantSid"],
	}
	// Twilio signed it, so a number that cannot be read is a new form of
	// theirs and not an attack: go on without.
	if n, err := strconv.Atoi(params["SequenceNumber"]); err == nil {
		c.Sequence = n
	}
	c.At = t.c.Now()
	if at, err := time.Parse(time.RFC3339, params["Timestamp"]); err == nil {
		c.At = at
	}
	return c, nil
}
