package localtwilio

import (
	"net"
	"net/http"
	"net/url"

	"escalate/server/cors"
)

// restPolicy lets pages of this machine call the REST API from a browser,
// whatever their port, as developers' pages do. Other sites may not: the
// credentials are not much of a secret here.
var restPolicy = cors.Policy{
	Allows:  loopbackOrigin,
	Methods: "GET, POST, PUT, PATCH, DELETE",
	// Those of REST, of @twilio/conversations (X-Twilio-Token), and of the Flex UI.
	Headers: "Authorization, Content-Type, If-Match, X-Flex-JWE, X-Flex-Version, X-Flex-UI-Version, apiVersion, clientVersion, " +
		"X-Twilio-Mutation-Id, X-Twilio-Token, flex-metadata, i-twilio-idempotency-token, ui-version",
	Exposes: "ETag, Retry-After",
	// The Flex UI asks for its plugins with credentials. There are no cookies
	// here, so that this lets nobody do more.
	Credentials: true,
}

// allowLoopback answers browsers' questions by the restPolicy. Requests of pages
// that it does not allow are served too: their browsers do not show them the
// answer, and without credentials there is nothing in it.
func allowLoopback(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !restPolicy.Allow(w.Header(), r) || !cors.IsPreflight(r) {
			next.ServeHTTP(w, r)
			return
		}
		restPolicy.Preflight(w.Header())
		w.WriteHeader(http.StatusNoContent)
	})
}

func loopbackOrigin(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	name := u.Hostname()
	return name == "localhost" || net.ParseIP(name).IsLoopback()
}
