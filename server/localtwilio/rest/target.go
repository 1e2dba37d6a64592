package rest

import (
	"net/http"
	"strings"

	"escalate/server/localtwilio/reached"
)

// Target is what a request asks: a product, by Twilio's host or by the first
// segment of the path (/video/v1/Rooms), and the path below it.
type Target struct {
	Product string
	Path    string // as it came, with its escapes
	// AtTwilio says that one of Twilio's hosts was asked (video.twilio.com, also
	// with an edge and region between).
	AtTwilio bool

	base string // what URLs in the answer begin with, up to /v1
}

// TargetOf returns what r asks.
func TargetOf(r *http.Request) Target {
	if name, ok := reached.Twilio(r); ok {
		product, _, _ := strings.Cut(name, ".")
		return Target{Product: product, Path: r.URL.EscapedPath(), AtTwilio: true, base: "https://" + name}
	}
	product, path, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	return Target{Product: product, Path: "/" + path, base: reached.URL(r) + "/" + product}
}
