package twilioapi

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// productForm is the first label of Twilio's hosts.
var productForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`) })

// Elsewhere is a Transport for a Twilio that is reached at base instead of at
// Twilio's own hosts: a request to https://video.twilio.com/v1/Rooms goes to
// base/video/v1/Rooms, whatever edge and region the host names. URLs that
// answers lead to, such as of further pages, are under base already; Client asks the
// Transport what they are at Twilio. Requests to anywhere else are refused: they
// carry the account's keys.
func Elsewhere(base string) (http.RoundTripper, error) {
	u, err := url.Parse(strings.TrimRight(base, "/"))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, fmt.Errorf("the base URL of Twilio %q is not like https://host or https://host/path", base)
	}
	return elsewhere{base: u, next: newTransport()}, nil
}

type elsewhere struct {
	base *url.URL
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (e elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	path, ok := e.path(r.URL)
	if !ok {
		if r.Body != nil {
			r.Body.Close() // RoundTrippers must, also on errors
		}
		return nil, fmt.Errorf("%s is neither Twilio nor %s", r.URL.Host, e.base.Host)
	}
	q := r.Clone(r.Context())
	q.Host = ""
	q.URL.Scheme, q.URL.Host, q.URL.User = e.base.Scheme, e.base.Host, nil
	q.URL.RawPath = path
	var err error
	if q.URL.Path, err = url.PathUnescape(path); err != nil {
		return nil, fmt.Errorf("read path: %w", err)
	}
	return e.next.RoundTrip(q)
}

// Canonical returns the address at Twilio itself of what is below the base, and u as
// it is for anything else. Answers of a Twilio elsewhere name its own addresses.
func (e elsewhere) Canonical(u *url.URL) *url.URL {
	base := e.base.EscapedPath() + "/"
	below, ok := strings.CutPrefix(u.EscapedPath(), base)
	if u.Scheme != e.base.Scheme || !strings.EqualFold(u.Host, e.base.Host) || !ok {
		return u
	}
	product, path, _ := strings.Cut(below, "/")
	if !productForm().MatchString(product) {
		return u
	}
	at := *u
	at.Scheme, at.Host, at.RawPath = "https", product+".twilio.com", "/"+path
	var err error
	if at.Path, err = url.PathUnescape(at.RawPath); err != nil {
		return u
	}
	return &at
}

// path is where below the base's host a URL is, in its escaped form.
func (e elsewhere) path(u *url.URL) (string, bool) {
	base := e.base.EscapedPath()
	if u.Scheme == e.base.Scheme && strings.EqualFold(u.Host, e.base.Host) {
		return u.EscapedPath(), strings.HasPrefix(u.EscapedPath(), base+"/")
	}
	host := strings.ToLower(u.Hostname())
	product, _, _ := strings.Cut(host, ".")
	if u.Scheme != "https" || !strings.HasSuffix(host, ".twilio.com") || !productForm().MatchString(product) {
		return "", false
	}
	return base + "/" + product + u.EscapedPath(), true
}
