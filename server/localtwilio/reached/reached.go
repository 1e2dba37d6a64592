// Package reached tells how a client has reached local Twilio: by one of Twilio's hosts,
// or by the listener's own address.
package reached

import (
	"net/http"
	"strings"
)

// Twilio returns the host that a request names, without port and in lower case, and whether it is
// one of Twilio's, such as video.twilio.com, also with an edge and a region between.
func Twilio(r *http.Request) (host string, ok bool) {
	host = r.Host
	if host == "" {
		host = r.URL.Host
	}
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	return host, strings.HasSuffix(host, ".twilio.com")
}

// URL returns the scheme and host by which the client came, such as http://127.0.0.1:9100: https
// where TLS ended here or, as it says, at a proxy.
func URL(r *http.Request) string {
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
