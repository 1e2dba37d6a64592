package doctor

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"

	"escalate/app/wire"
	"escalate/server/clientaddr"
)

// flexOrigin is where Twilio serves Flex.
const flexOrigin = "https://flex.twilio.com"

// public looks at the server as others see it.
func (e *examination) public(ctx context.Context) {
	base := e.config.PublicURL
	if base == "" {
		base = "http://" + e.config.Addr
		if host, port, err := net.SplitHostPort(e.config.Addr); err == nil && host == "" {
			base = "http://127.0.0.1:" + port
		}
	}
	if _, err := url.Parse(base); err != nil {
		return // settings said so
	}
	e.proxy(base)
	if e.callback(ctx, base) {
		e.origins(ctx, base)
	}
}

// proxy looks at how the server tells its clients apart. It speaks plain HTTP
// itself, so whoever serves an https URL is in front of it.
func (e *examination) proxy(base string) {
	const subject = "proxy"
	proxies, err := clientaddr.Parse(e.config.TrustProxy)
	if err != nil || !strings.HasPrefix(base, "https:") || e.config.TLS.On() && !proxies.Trusted() {
		return // settings said so; or nothing need be in front
	}
	if proxies.Trusted() {
		e.add(OK, subject, "clients' addresses come from the proxy in front of the server", "")
		return
	}
	e.add(Warn, subject, "something in front of the server serves https, and TRUST_PROXY is false: all clients look like one, share its limits, and lock each other out",
		"Set TRUST_PROXY=true, the number of proxies, or their networks, if the proxy adds X-Forwarded-For or Forwarded.")
}

// callback posts a status callback that Twilio did not sign. This server
// refuses it with words of its own; whatever else answers is something else.
func (e *examination) callback(ctx context.Context, base string) bool {
	const subject = "callbacks"
	resp, body, err := e.call(ctx, http.MethodPost, base+wire.CallbackPath, "StatusCallbackEvent=doctor", //nolint:bodyclose // call has read and closed it
		http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
	if err != nil {
		e.add(Fail, subject, base+" does not answer: "+oneLine(err.Error()), remedyFor(err))
		return false
	}
	var refusal wire.Error
	ours := json.Unmarshal(body, &refusal) == nil && refusal.Code != ""
	switch s := resp.StatusCode; {
	case s == http.StatusForbidden && ours && refusal.Code == wire.CodeForbidden:
		e.add(OK, subject, base+" leads to this server, which refuses callbacks that Twilio did not sign", "")
		return true
	case s >= 300 && s < 400:
		e.add(Fail, subject, fmt.Sprintf("%s redirects to %s", base, oneLine(resp.Header.Get("Location"))),
			"Set PUBLIC_URL to the address that does not redirect: Twilio signs the URL it calls.")
	case s == http.StatusBadGateway, s == http.StatusGatewayTimeout, s == http.StatusServiceUnavailable && !ours:
		e.add(Fail, subject, fmt.Sprintf("the proxy at %s answers %d: it reaches no server", base, s), "Start the server, and point the proxy at ADDR.")
	case ours:
		e.add(Fail, subject, fmt.Sprintf("a server of ours answers %d, %s", s, oneLine(refusal.Message)), "Look into the server's log.")
	case s < 300:
		e.add(Fail, subject, fmt.Sprintf("whatever is at %s takes an unsigned callback: it is not this server", base), "Point PUBLIC_URL, or the proxy behind it, at this server.")
	default:
		e.add(Fail, subject, fmt.Sprintf("something else than this server answers at %s, with status %d", base, s),
			"Point PUBLIC_URL, or the proxy behind it, at this server, with paths as they are; a firewall must let POSTs to "+wire.CallbackPath+" through.")
	}
	return false
}

// origins looks at who may use the agent's endpoints, and whether the running
// server agrees.
func (e *examination) origins(ctx context.Context, base string) {
	const subject = "origins"
	list := e.config.AllowedOrigins
	if !slices.Contains(list, flexOrigin) && !e.config.IsLocal() {
		e.add(Warn, subject, "ALLOWED_ORIGINS leaves out "+flexOrigin+", where Twilio serves Flex", "Add it, unless your agents use Flex at an address of your own.")
	}
	for _, origin := range list {
		if u, err := url.Parse(origin); err == nil && u.Scheme == "http" && !e.config.IsLocal() && u.Hostname() != "localhost" {
			e.add(Warn, subject, origin+" is not https: whoever is on the agent's network can take its place", "Serve the agent desktop over https.")
		}
		resp, _, err := e.call(ctx, http.MethodOptions, base+wire.EscalationsPath, "", http.Header{ //nolint:bodyclose // call has read and closed it
			"Origin": {origin}, "Access-Control-Request-Method": {http.MethodPost}, "Access-Control-Request-Headers": {"authorization,content-type"},
		})
		switch {
		case err != nil:
			e.add(Fail, subject, "no answer: "+oneLine(err.Error()), remedyFor(err))
		case resp.Header.Get("Access-Control-Allow-Origin") == origin, strings.EqualFold(origin, base):
			e.add(OK, subject, origin+" may call", "")
		default:
			e.add(Fail, subject, fmt.Sprintf("the running server does not let %s call (status %d)", origin, resp.StatusCode),
				"Start the server again with these settings, and let the proxy pass the header Access-Control-Allow-Origin.")
		}
	}
}

// call makes one request to the public URL.
func (e *examination) call(ctx context.Context, method, url, body string, h http.Header) (*http.Response, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	r.Header = h
	resp, err := httpClient(e.options.Web).Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return resp, answer, err
}

// remedyFor says what to do when a connection fails.
func remedyFor(err error) string {
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &name):
		return "Make the name in PUBLIC_URL resolve, or correct it."
	case errors.As(err, &certificate):
		return "Get a certificate that browsers take for the name in PUBLIC_URL."
	case errors.Is(err, syscall.ECONNREFUSED):
		return "Start the server, then run the doctor again; if it runs, point PUBLIC_URL at it."
	}
	return "Make PUBLIC_URL reachable from the internet; run the doctor outside your network if it only fails from within."
}
