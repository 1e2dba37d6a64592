package twilsock

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzMessage sends what a Conversations or Sync client might, a line each of method,
// path, parameters and body with tabs between them: every request gets a reply, and none
// is our fault.
func FuzzMessage(f *testing.F) {
	b := newBench(f)
	account := b.store.Account()
	for _, line := range []string{
		"GET\t/v3/Services/" + account.SyncServiceSID + "/Documents/a%2Fb\t\t",
		"POST\t/v3/Services/" + account.SyncServiceSID + "/Maps\t\t{\"unique_name\":\"m\",\"ttl\":-1}",
		"POST\t/v1/Subscriptions\t\t{\"event_protocol_version\":4,\"action\":\"establish\",\"requests\":[{\"object_sid\":\"x\"}]}",
		"POST\t/v1/Conversations\t\t{\"friendly_name\":\"c\",\"attributes\":\"{\"}",
		"GET\t/v1/Conversations\tPageSize=-1\t", "\t\t\t", "GET\t//..//%00\t%zz\t[]",
	} {
		f.Add(line)
	}
	c := b.client("ada chat sync")
	f.Fuzz(func(t *testing.T, script string) {
		c.t = t
		for line := range strings.SplitSeq(script, "\n") {
			part := append(strings.Split(line, "\t"), "", "", "")
			q := &httpRequest{Host: "cds.us1.twilio.com", Method: part[0], Path: part[1], Params: map[string]json.RawMessage{}, Headers: map[string]any{}}
			if name, value, ok := strings.Cut(part[2], "="); ok {
				raw, err := json.Marshal(value)
				if err != nil {
					return
				}
				q.Params[name] = raw
			}
			var body any
			if json.Valid([]byte(part[3])) {
				body = json.RawMessage(part[3])
			}
			id := newID()
			c.send(header{Method: "message", ID: id, Request: q}, body)
			reply := c.until("reply", func(f frame) bool { return f.ID == id })
			c.kept = nil
			if reply.HTTPStatus != nil && reply.HTTPStatus.Code >= 500 {
				t.Errorf("%s %s: %+v %s", q.Method, q.Path, reply.HTTPStatus, reply.payload)
			}
		}
	})
}
