package web

import (
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// originOf is the origin of an absolute URL as browsers write it, or empty.
func originOf(raw string) string {
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

// fromOwnPage says that origin is this server's: the public URL's, or the
// address by which the request itself came, which differs from it on a
// developer's machine (localhost or 127.0.0.1).
func (s *server) fromOwnPage(r *http.Request, origin string) bool {
	switch origin {
	case s.own:
		return true
	case "null":
		// With Referrer-Policy no-referrer browsers write null for forms and
		// beacons of the very same origin (Fetch, "append a request Origin
		// header"). Sec-Fetch-Site cannot be set by a page.
		return r.Header.Get("Sec-Fetch-Site") == "same-origin"
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// ownOrigin refuses requests that a browser sent for another website. Programs
// send no Origin and pass: the header protects people, not the server.
func (s *server) ownOrigin(m methods) methods {
	return wrap(m, func(h handler) handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Add("Vary", "Origin")
			if o := r.Header.Get("Origin"); o != "" && !s.fromOwnPage(r, o) {
				return errOrigin
			}
			return h(w, r)
		}
	})
}

// crossOrigin lets the allowed origins call the handlers from a browser, by
// exact match, and answers their preflights. No cookies are involved, so
// credentials are not allowed.
func (s *server) crossOrigin(m methods) methods {
	names := slices.Sorted(maps.Keys(m))
	asked, allow := strings.Join(names, ", "), strings.Join(append(names, "OPTIONS"), ", ")
	m = wrap(m, func(h handler) handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			if err := s.allowOrigin(w, r); err != nil {
				return err
			}
			return h(w, r)
		}
	})
	m["OPTIONS"] = func(w http.ResponseWriter, r *http.Request) error {
		h := w.Header()
		h.Add("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
		if err := s.allowOrigin(w, r); err != nil {
			return err
		}
		if r.Header.Get("Access-Control-Request-Method") != "" {
			h.Set("Access-Control-Allow-Methods", asked)
			h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Request-Id")
			h.Set("Access-Control-Max-Age", "600")
		}
		h.Set("Allow", allow)
		return noContent(w)
	}
	return m
}

// allowOrigin sets the headers that let the request's origin read the answer,
// errors included.
func (s *server) allowOrigin(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h.Add("Vary", "Origin")
	o := r.Header.Get("Origin")
	switch {
	case o == "" || s.fromOwnPage(r, o):
		return nil
	case !s.origins[o]:
		return errOrigin
	}
	h.Set("Access-Control-Allow-Origin", o)
	h.Set("Access-Control-Expose-Headers", "Retry-After, X-Request-Id")
	return nil
}

func wrap(m methods, f func(handler) handler) methods {
	out := methods{}
	for name, h := range m {
		out[name] = f(h)
	}
	return out
}
