package twilioapi

import (
	"errors"
	"net/url"
	"testing"

	"escalate/server/escalation"
)

// FuzzParseCallback sends status callbacks that nobody has signed, and the same with a
// signature: only these are read, whatever is in them.
func FuzzParseCallback(f *testing.F) {
	f.Add("AccountSid=AC&StatusCallbackEvent=participant-connected&SequenceNumber=1&Timestamp=2026-03-01T12:00:00Z", "sig")
	f.Add("SequenceNumber=99999999999999999999&Timestamp=now&%zz", "")
	f.Add("a=1&a=2&=&;", "x")
	c := config(&answers{})
	c.AuthToken = "secret"
	api, err := New(c)
	if err != nil {
		f.Fatal(err)
	}
	const target = "https://video.example/callbacks/video"
	f.Fuzz(func(t *testing.T, form, signature string) {
		r := signed("another secret", target, nil)
		withBody(r, form)
		r.Header.Set("X-Twilio-Signature", signature)
		if got, err := api.ParseCallback(r, "https://video.example"); !errors.Is(err, escalation.ErrSignature) {
			t.Fatalf("taken for signed: %+v, %v", got, err)
		}
		values, _ := url.ParseQuery(form)
		for name, v := range values {
			values[name] = v[:1]
		}
		values.Set("AccountSid", c.AccountSID)
		got, err := api.ParseCallback(signed("secret", target, values), "https://video.example")
		if err != nil || got.Event != values.Get("StatusCallbackEvent") || got.At.IsZero() {
			t.Errorf("a signed one is %+v, %v", got, err)
		}
	})
}

// FuzzNextPage reads where a list goes on: nothing of the address gets further than the
// two parameters.
func FuzzNextPage(f *testing.F) {
	for _, s := range []string{"", "https://sync.twilio.com/v1/x?PageSize=100&Page=1&PageToken=PT1", "http://evil/?Page=1", "?PageToken=%zz", "://"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		next, err := nextPage(address)
		if err != nil || next == "" {
			return
		}
		q, err := url.ParseQuery(next)
		if err != nil || len(q) != 2 || len(q["Page"]) != 1 || len(q["PageToken"]) != 1 {
			t.Errorf("%q goes on at %q, %v", address, next, err)
		}
	})
}
