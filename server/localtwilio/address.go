package localtwilio

import (
	"errors"
	"fmt"
	"net"
	"net/http"

	"escalate/server/localtwilio/flexapi"
)

// ErrRemote is returned by Start for an address that others than this machine
// could reach, unless Config.AllowRemote says so.
var ErrRemote = errors.New("local Twilio listens on loopback only unless remote use is allowed")

func (c Config) checkAddresses() error {
	if c.AllowRemote {
		return nil
	}
	for _, addr := range []string{c.Addr, c.MediaAddr, c.TURNAddr} {
		if addr != "" && !isLoopback(addr) {
			return fmt.Errorf("address %s: %w", addr, ErrRemote)
		}
	}
	return nil
}

func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// authority is the host and port under which this machine reaches the listener.
func (s *Server) authority() string {
	a := s.ln.Addr().(*net.TCPAddr)
	if a.IP.IsUnspecified() {
		a = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: a.Port}
	}
	return a.String()
}

// URL returns the listener's: REST is under /video, /sync, /taskrouter,
// /conversations and /iam, or at the root for a request whose Host header names
// one of Twilio's hosts.
func (s *Server) URL() string { return "http://" + s.authority() }

// SignalingURL returns what twilio-video.js takes as its wsServer option.
func (s *Server) SignalingURL() string { return "ws://" + s.authority() + "/signaling" }

// Signaling returns what answers at SignalingURL, for a server that has browsers come to
// it at an address of its own.
func (s *Server) Signaling() http.Handler { return s.signaling }

// InsightsURL returns what twilio-video.js takes as its wsServerInsights option.
func (s *Server) InsightsURL() string { return "ws://" + s.authority() + "/insights" }

// insightsPath is where Twilio's own host of insights, sdkgw.us1.twilio.com, has the
// socket (twilio-video.js, lib/util/insightspublisher/index.js).
const insightsPath = "/v1/VideoEvents"

// FlexPlugins says which plugins the Flex UI is told to load.
func (s *Server) FlexPlugins(p ...flexapi.Plugin) { s.flex.SetPlugins(p...) }

// twilsockPath is where Twilio's own host of Twilsock, tsock.us1.twilio.com, has
// the socket.
const twilsockPath = "/v3/wsconnect"

// TwilsockURL returns what @twilio/conversations and twilio-sync take as their
// option twilsock.uri.
func (s *Server) TwilsockURL() string { return "ws://" + s.authority() + "/tsock" + twilsockPath }
