package twilioapi_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// tamper changes requests and answers on their way.
type tamper struct {
	next http.RoundTripper

	mu      sync.Mutex
	request func(r *http.Request, form url.Values)
	answer  func(r *http.Request, res *http.Response, body string) string
}

// around is for options.wrap.
func (k *tamper) around(next http.RoundTripper) http.RoundTripper {
	k.next = next
	return k
}

// with sets what is changed from now on.
func (k *tamper) with(request func(r *http.Request, form url.Values)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.request = request
}

func (k *tamper) RoundTrip(r *http.Request) (*http.Response, error) {
	k.mu.Lock()
	request, answer := k.request, k.answer
	k.mu.Unlock()
	if request != nil {
		body := []byte{}
		if r.Body != nil {
			var err error
			if body, err = io.ReadAll(r.Body); err != nil {
				return nil, err
			}
		}
		r = r.Clone(r.Context())
		form := url.Values{}
		if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
			var err error
			if form, err = url.ParseQuery(string(body)); err != nil {
				return nil, err
			}
		}
		before := form.Encode()
		request(r, form)
		if after := form.Encode(); after != before {
			body = []byte(after)
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		r.GetBody = nil
	}
	res, err := k.next.RoundTrip(r)
	if err != nil || answer == nil {
		return res, err
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(strings.NewReader(answer(r, res, string(body))))
	return res, nil
}

// once makes f happen the first time only.
func once(f func(r *http.Request, form url.Values) bool) func(*http.Request, url.Values) {
	done := false
	return func(r *http.Request, form url.Values) {
		if !done {
			done = f(r, form)
		}
	}
}

// is says whether a request is a call of this method and end of its path.
func is(r *http.Request, method, pathEnd string) bool {
	return r.Method == method && strings.HasSuffix(r.URL.Path, pathEnd)
}

// needDocuments skips a test that is nothing without them.
func needDocuments(t *testing.T) {
	t.Helper()
	if _, err := documents(); err != nil {
		t.Skipf("Twilio's documents are not installed (make deps-test): %v", err)
	}
}
