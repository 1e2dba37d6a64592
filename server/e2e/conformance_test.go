//go:build e2e

package e2e

import (
	"errors"
	"io/fs"
	"net/http"
	"path/filepath"
	"sync"
	"testing"

	"escalate/server/core"
	"escalate/server/twiliospec"
)

// documents are Twilio's own description of requests and answers.
var documents = sync.OnceValues(func() (*twiliospec.Spec, error) {
	return twiliospec.Load(filepath.Join("../..", twiliospec.Documents))
})

// conform holds every call that the product makes of Twilio, and every answer
// of local Twilio's, against Twilio's own documents until the test ends. Call
// it before the server starts, so that the server has ended when it looks.
func conform(t *testing.T, c *core.Config) {
	t.Helper()
	spec, err := documents()
	if errors.Is(err, fs.ErrNotExist) {
		t.Log("calls are not held against Twilio's documents: make deps-test")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	checked := &twiliospec.Transport{Spec: spec}
	c.WrapTransport = func(next http.RoundTripper) http.RoundTripper {
		checked.Next = next
		return checked
	}
	t.Cleanup(func() {
		for _, v := range checked.Violations() {
			t.Error(v)
		}
		if len(checked.Calls()) == 0 && checked.Next != nil && !t.Failed() {
			t.Error("no call was held against the documents")
		}
		t.Logf("held against Twilio's documents: %v", checked.Calls())
	})
}
