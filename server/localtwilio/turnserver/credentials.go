package turnserver

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // the convention's choice, and sound inside an HMAC
	"encoding/base64"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/pion/turn/v5"
)

// ICEServer is one entry of RTCConfiguration.iceServers.
type ICEServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// ICEServers is what a client needs to use this server, with credentials of its own that are good
// for a call begun now.
func (s *Server) ICEServers(now time.Time) []ICEServer { return s.ICEServersFor(now, credentialTTL) }

// ICEServersFor is ICEServers with credentials that are good for a while of the caller's choice.
func (s *Server) ICEServersFor(now time.Time, ttl time.Duration) []ICEServer {
	username, credential := s.Credentials(now, ttl)
	port := strconv.Itoa(s.Addr().(*net.UDPAddr).Port)
	host := net.JoinHostPort(s.config.Relay.String(), port)
	return []ICEServer{
		{URLs: []string{"stun:" + host}},
		{URLs: []string{"turn:" + host + "?transport=udp"}, Username: username, Credential: credential},
	}
}

// Credentials makes a username and password that are valid until now plus ttl, and nobody
// else's: allocations are counted by username.
func (s *Server) Credentials(now time.Time, ttl time.Duration) (username, credential string) {
	username = strconv.FormatInt(now.Add(ttl).Unix(), 10) + ":" + rand.Text()
	return username, s.password(username)
}

func (s *Server) password(username string) string {
	mac := hmac.New(sha1.New, []byte(s.config.Secret))
	mac.Write([]byte(username))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// authenticate returns the key of a username that has not expired. Anybody can make up a
// username, but not the password that goes with it.
func (s *Server) authenticate(r *turn.RequestAttributes) (string, []byte, bool) {
	key, ok := s.key(r.Username, r.Realm)
	if !ok {
		s.refused.Do(func() { s.config.Log.Info("TURN credential refused") })
	}
	return r.Username, key, ok
}

func (s *Server) key(username, realm string) (key []byte, ok bool) {
	expiry, _, _ := strings.Cut(username, ":") // a name may follow, as the convention has it
	until, err := strconv.ParseInt(expiry, 10, 64)
	if err != nil || !s.config.Now().Before(time.Unix(until, 0)) {
		return nil, false
	}
	return turn.GenerateAuthKey(username, realm, s.password(username)), true
}
