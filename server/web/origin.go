package web

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"escalate/server/cors"
)

// origins says whose pages may call which endpoints from a browser. It is fixed
// after newOrigins.
type origins struct {
	own     string   // of the public URL
	others  []string // that may call the agent's endpoints and frame the agent page
	policy  cors.Policy
	trusted *http.CrossOriginProtection
}

func newOrigins(publicURL string, allowed []string) *origins {
	o := &origins{own: cors.Origin(publicURL), others: []string{}, trusted: http.NewCrossOriginProtection()}
	for _, url := range allowed {
		if other := cors.Origin(url); other != "" && other != o.own && !slices.Contains(o.others, other) {
			o.others = append(o.others, other)
		}
	}
	slices.Sort(o.others)
	o.policy = cors.Policy{
		Own: o.own, Allows: cors.List(allowed...),
		Headers: "Authorization, Content-Type, X-Request-Id, Traceparent", Exposes: "Retry-After, X-Request-Id",
		// No cookies are involved, so credentials are not allowed.
	}
	if o.own != "" {
		// An origin without a path is always taken: it came from cors.Origin.
		_ = o.trusted.AddTrustedOrigin(o.own)
	}
	return o
}

// ownOnly refuses requests that a browser sent for another website, reading ones
// too: what a join code leads to is no other website's to know. Programs send no
// Origin and pass.
//
// http.CrossOriginProtection is not for these endpoints: it lets every GET pass,
// and what it keeps from POSTs, the browser's cookies, none of them looks at.
func (o *origins) ownOnly(m methods) methods {
	return wrap(m, func(h handler) handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Add("Vary", "Origin")
			if from := r.Header.Get("Origin"); from != "" && from != o.own && !cors.SameOrigin(r) {
				return errOrigin
			}
			return h(w, r)
		}
	})
}

// shared lets the allowed origins call the handlers from a browser, by exact
// match, and answers their preflights.
func (o *origins) shared(m methods) methods {
	names := slices.Sorted(maps.Keys(m))
	allow := strings.Join(append(slices.Clone(names), "OPTIONS"), ", ")
	policy := o.policy
	policy.Methods = strings.Join(names, ", ")
	m = wrap(m, func(h handler) handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			if !policy.Allow(w.Header(), r) {
				return errOrigin
			}
			return h(w, r)
		}
	})
	m["OPTIONS"] = func(w http.ResponseWriter, r *http.Request) error {
		h := w.Header()
		h.Add("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
		if !policy.Allow(h, r) {
			return errOrigin
		}
		if cors.IsPreflight(r) {
			policy.Preflight(h)
		}
		h.Set("Allow", allow)
		return noContent(w)
	}
	return m
}

// ownForm refuses a form of another website: its cookie is what lets it in, and
// browsers send that along. Older browsers write null as the origin of forms of
// pages without a referrer, and say no more; the cookie is SameSite for them.
func (o *origins) ownForm(r *http.Request) error {
	if r.Header.Get("Origin") == "null" && r.Header.Get("Sec-Fetch-Site") == "" {
		return nil
	}
	if o.trusted.Check(r) != nil {
		return errOrigin
	}
	return nil
}

func wrap(m methods, f func(handler) handler) methods {
	out := methods{}
	for name, h := range m {
		out[name] = f(h)
	}
	return out
}
