package localtwilio

import (
	"net"
	"net/http"
	"net/url"
)

// allowLoopback lets pages of this machine call the REST API from a browser,
// whatever their port, as developers' pages do. Other sites may not: the
// credentials are not much of a secret here.
func allowLoopback(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Origin")
		origin := r.Header.Get("Origin")
		if !loopbackOrigin(origin) {
			next.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Expose-Headers", "ETag, Retry-After")
		// The Flex UI asks for its plugins with credentials. There are no cookies
		// here, so that this lets nobody do more.
		h.Set("Access-Control-Allow-Credentials", "true")
		if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
			next.ServeHTTP(w, r)
			return
		}
		// A browser's question before the request, which never has credentials.
		h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE")
		h.Set("Access-Control-Allow-Headers", allowedHeaders)
		h.Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
	})
}

// allowedHeaders are those of REST, and of the Flex UI.
const allowedHeaders = "Authorization, Content-Type, If-Match, X-Flex-JWE, X-Flex-Version, X-Flex-UI-Version, apiVersion, clientVersion, " +
	"X-Twilio-Mutation-Id, flex-metadata, i-twilio-idempotency-token, ui-version"

func loopbackOrigin(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	name := u.Hostname()
	return name == "localhost" || net.ParseIP(name).IsLoopback()
}
