package web

import (
	"net/http"
	"strings"

	"escalate/app/wire"
	"escalate/server/cors"
)

// oneYear is for how long browsers remember to ask by https only, which is what
// lists of such sites want at least. Subdomains are not ours to speak for.
const oneYear = "max-age=31536000"

// common sets the headers that every answer has. Pages and files set more, and
// replace some. https says that browsers reach this server by it: then they are
// to do nothing else (RFC 6797), so that nobody between can be the first to answer.
func common(h http.Header, https bool) {
	if https {
		h.Set("Strict-Transport-Security", oneYear)
	}
	// Other websites' pages load nothing of this as a picture, a script and so on.
	// Requests that CORS lets in are another matter.
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer") // a referrer would give the join code away
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Cache-Control", "no-store")
}

// twilioSockets are the servers that twilio-video.js talks to on Twilio: for
// signalling, in any region, and for call statistics.
var twilioSockets = []string{"wss://global.vss.twilio.com", "wss://*.vss.twilio.com", "wss://sdkgw.us1.twilio.com"}

// twilioNetwork is what a call on Twilio has to reach.
var twilioNetwork = wire.Network{
	Signaling: "wss://global.vss.twilio.com/signaling", STUN: []string{"stun:global.stun.twilio.com:3478"},
}

// signaling is where browsers find Rooms; the zero signaling is Twilio's own.
type signaling struct {
	url  string
	stun []string
}

// network returns what a page may try before a call.
func (s signaling) network() *wire.Network {
	if s.url == "" {
		return &twilioNetwork
	}
	return &wire.Network{Signaling: s.url, STUN: s.stun}
}

// sources returns what a page must be allowed to connect to.
func (s signaling) sources() []string {
	if o := cors.Origin(s.url); o != "" {
		return []string{source(o)}
	}
	return twilioSockets
}

// plainPolicy is for pages without script.
var plainPolicy = policy(
	"default-src 'none'", "style-src 'self'", "img-src 'self'",
	"form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
)

// appPolicy returns the Content-Security-Policy of a page that runs the program
// and calls by sig. framers are the origins that may frame it besides the server
// itself; nil means that nobody may.
func appPolicy(sig signaling, framers []string) string {
	return policy(
		"default-src 'none'",
		// Go's program is WebAssembly; nothing may be evaluated from text.
		"script-src 'self' 'wasm-unsafe-eval'",
		"connect-src 'self' "+strings.Join(sig.sources(), " "),
		"style-src 'self'",
		"img-src 'self' data: blob:",
		"media-src 'self' blob: mediastream:",
		"font-src 'self'",
		"manifest-src 'self'",
		"worker-src 'self'",
		"form-action 'self'",
		"base-uri 'none'",
		"frame-ancestors "+ancestors(framers),
	)
}

// alone keeps a page out of the reach of pages that have opened it, and those that
// it opens out of its own: neither holds the other's window. The agent page does
// without it, as framed pages have to: the desktop talks to it by its window.
func alone(h http.Header) { h.Set("Cross-Origin-Opener-Policy", "same-origin") }

// source is an origin as a policy can name it. It has no words for an IPv6
// address (CSP 3, host-source), and browsers leave out what they cannot read: of
// such an origin the scheme has to do.
func source(origin string) string {
	if scheme, host, ok := strings.Cut(origin, "://"); ok && strings.HasPrefix(host, "[") {
		return scheme + ":"
	}
	return origin
}

func ancestors(framers []string) string {
	if framers == nil {
		return "'none'"
	}
	return strings.Join(append([]string{"'self'"}, framers...), " ")
}

func policy(directives ...string) string { return strings.Join(directives, "; ") }

// callFeatures are what a call needs of the browser; the list is also what the
// agent desktop's iframe has to allow.
var callFeatures = []string{
	"autoplay", "camera", "clipboard-write", "compute-pressure", "display-capture", "fullscreen",
	"microphone", "picture-in-picture", "screen-wake-lock", "speaker-selection",
}

// otherFeatures are powerful, and no page of ours uses them.
var otherFeatures = []string{"geolocation", "hid", "midi", "payment", "serial", "usb"}

// permissions is the Permissions-Policy of a page that runs the program; it
// names the framers too, so that the policy reads the same in a frame.
func permissions(framers []string) string {
	allowed := []string{"self"}
	for _, f := range framers {
		allowed = append(allowed, `"`+f+`"`)
	}
	list := "(" + strings.Join(allowed, " ") + ")"
	var out []string
	for _, f := range callFeatures {
		out = append(out, f+"="+list)
	}
	return strings.Join(append(out, denied(otherFeatures)...), ", ")
}

// noPermissions is for pages without script.
var noPermissions = strings.Join(denied(append(append([]string{}, callFeatures...), otherFeatures...)), ", ")

func denied(features []string) []string {
	var out []string
	for _, f := range features {
		out = append(out, f+"=()")
	}
	return out
}
