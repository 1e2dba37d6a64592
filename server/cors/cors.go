// Package cors says which websites' pages may call a server from people's
// browsers, and tells the browsers so (Fetch, "CORS protocol"). It protects
// people, not the server: programs send no Origin and pass.
package cors

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// Origin returns the origin of an absolute URL as browsers write it, or empty.
func Origin(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Scheme == "" || u.Host == "" {
		return ""
	}
	scheme, host := strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	switch {
	case scheme == "http" || scheme == "ws":
		host = strings.TrimSuffix(host, ":80")
	case scheme == "https" || scheme == "wss":
		host = strings.TrimSuffix(host, ":443")
	}
	// Browsers write an IPv6 address in its shortest form, whatever the link had.
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && ip.Is6() {
		if _, rest, ok := strings.Cut(host, "]"); ok {
			host = "[" + ip.String() + "]" + rest
		}
	}
	return scheme + "://" + host
}

// SameOrigin says that a page which came from the address that r was sent to has
// sent it. That address is not the public URL on a developer's machine (localhost
// or 127.0.0.1).
func SameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "null" {
		// With Referrer-Policy no-referrer browsers write null for forms and
		// beacons of the very same origin (Fetch, "append a request Origin
		// header"). Sec-Fetch-Site cannot be set by a page.
		return r.Header.Get("Sec-Fetch-Site") == "same-origin"
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// IsPreflight says that r is a browser's question before a request.
func IsPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}

// List returns a Policy's Allows for the origins of some URLs.
func List(urls ...string) func(origin string) bool {
	set := map[string]bool{}
	for _, u := range urls {
		if o := Origin(u); o != "" {
			set[o] = true
		}
	}
	return func(origin string) bool { return set[origin] }
}

// Policy is what pages may do with a resource from a browser. Lists are written
// as their headers have them: "GET, POST".
type Policy struct {
	// Own is the server's origin by its public URL. Its pages, and those of the
	// address that a request was sent to, need nobody's leave.
	Own string
	// Allows says whether pages of another origin may read the answers.
	Allows func(origin string) bool

	Methods string // that may be used
	Headers string // that may be sent
	Exposes string // that may be read
	// Credentials lets browsers send cookies along.
	Credentials bool
}

// Allow returns whether the sender of r may read the answer, and sets the headers
// by which its browser knows; errors need them as well.
func (p Policy) Allow(h http.Header, r *http.Request) bool {
	h.Add("Vary", "Origin")
	o := r.Header.Get("Origin")
	switch {
	case o == "":
		return true
	case !p.Allows(o):
		return o == p.Own || SameOrigin(r)
	}
	h.Set("Access-Control-Allow-Origin", o)
	if p.Exposes != "" {
		h.Set("Access-Control-Expose-Headers", p.Exposes)
	}
	if p.Credentials {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	return true
}

// Preflight answers a browser's question before a request, which Allow has let
// pass. The answer may be kept for ten minutes.
func (p Policy) Preflight(h http.Header) {
	h.Set("Access-Control-Allow-Methods", p.Methods)
	h.Set("Access-Control-Allow-Headers", p.Headers)
	h.Set("Access-Control-Max-Age", "600")
}
