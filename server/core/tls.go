package core

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/mdp/qrterminal/v3"

	"escalate/server/certs"
)

// TLS is how the server shows who it is; the zero TLS leaves that to what is in front of
// it, and the server speaks HTTP.
type TLS struct {
	Cert, Key string // PEM files, read again when they change
	ACME      ACME
	// SelfSigned is for the demo on the own network; no variable sets it, see
	// Config.OnLAN.
	SelfSigned bool
}

// ACME gets a certificate for PUBLIC_URL's host by itself.
type ACME struct {
	On               bool
	Dir              string // where it is kept
	Email, Directory string // empty: nobody, and Let's Encrypt
}

// On says that the server speaks TLS itself.
func (t TLS) On() bool { return t.Cert != "" || t.ACME.On || t.SelfSigned }

func (e *env) tls() TLS {
	return TLS{
		Cert: e.str("TLS_CERT", ""),
		Key:  e.str("TLS_KEY", ""),
		ACME: ACME{
			On:        e.flag("TLS_AUTOCERT"),
			Dir:       e.str("TLS_AUTOCERT_DIR", ".certs"),
			Email:     e.str("TLS_AUTOCERT_EMAIL", ""),
			Directory: e.str("TLS_AUTOCERT_DIRECTORY", ""),
		},
	}
}

func (c Config) validateTLS(e *env) {
	t := c.TLS
	u, err := url.Parse(c.PublicURL)
	if err != nil {
		return // is said of PUBLIC_URL
	}
	switch {
	case t.Cert != "" && t.Key == "":
		e.fault("TLS_KEY", "is missing: the file with the key of TLS_CERT")
	case t.Cert == "" && t.Key != "":
		e.fault("TLS_CERT", "is missing: the file with the certificate of TLS_KEY")
	case t.Cert != "" && t.ACME.On:
		e.fault("TLS_AUTOCERT", "gets a certificate, and TLS_CERT names one: leave one of the two out")
	case t.Cert != "":
		if _, err := certs.Open(t.Cert, t.Key, nil); err != nil {
			e.fault("TLS_CERT", "cannot be used: "+err.Error())
		}
	}
	if t.ACME.On && (u.Scheme != "https" || !strings.Contains(u.Hostname(), ".") || net.ParseIP(u.Hostname()) != nil || u.Port() != "" && u.Port() != "443") {
		e.fault("TLS_AUTOCERT", "needs a PUBLIC_URL such as https://video.example.com: the certificate is for its host, which is asked at port 443")
	}
	if d, err := url.Parse(t.ACME.Directory); t.ACME.Directory != "" && (err != nil || d.Scheme != "https" || d.Host == "") {
		e.fault("TLS_AUTOCERT_DIRECTORY", "must be the https URL of an ACME service's directory")
	}
	if t.On() && c.PublicURL != "" && u.Scheme == "http" {
		e.fault("PUBLIC_URL", "must be https: with a certificate the server speaks nothing else")
	}
}

// OnLAN makes the demo one for the network that this machine is in: it listens at the
// machine's address there, with a certificate of its own making, so that a phone may be
// the customer. Everybody on that network can open it. It returns an error with an account,
// and without a network.
func (c *Config) OnLAN() error {
	if !c.IsLocal() {
		return errors.New("a self-signed certificate is for the demo on local Twilio: with an account, set TLS_CERT and TLS_KEY, or TLS_AUTOCERT")
	}
	if c.TLS.On() {
		return errors.New("there is a certificate already, by TLS_CERT or TLS_AUTOCERT: leave it out for a self-signed one")
	}
	addresses, err := certs.LAN()
	if err != nil {
		return err
	}
	if len(addresses) == 0 {
		return errors.New("this machine is in no network: it has no address but its own loopback")
	}
	c.TLS.SelfSigned, c.Local.AllowRemote = true, true
	// REST and signalling of local Twilio stay on loopback: pages get to signalling by
	// this server. Media go by themselves.
	for _, addr := range []*string{&c.Addr, &c.Local.MediaAddr, &c.Local.TURNAddr} {
		if host, port, err := net.SplitHostPort(*addr); err == nil && loopback(host) {
			*addr = net.JoinHostPort(addresses[0].String(), port)
		}
	}
	return nil
}

// secure is how a System speaks TLS; the zero secure is HTTP.
type secure struct {
	config *tls.Config // nil for HTTP
	// own is what trusts the server's certificate where nobody else vouches for it; nil
	// otherwise.
	own *http.Transport
}

// scheme is how browsers ask the server.
func (s secure) scheme() string {
	if s.config != nil {
		return "https"
	}
	return "http"
}

// openTLS reads, makes or gets ready to get the certificate.
func (s *System) openTLS() (err error) {
	t, log := s.config.TLS, s.log.With("part", "tls")
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	switch {
	case t.Cert != "":
		files, err := certs.Open(t.Cert, t.Key, log)
		if err != nil {
			return fmt.Errorf("TLS_CERT: %w", err)
		}
		config.GetCertificate = certs.Watch(files.Certificate, "", log)
	case t.ACME.On:
		u, err := url.Parse(s.config.PublicURL)
		if err != nil {
			return fmt.Errorf("PUBLIC_URL: %w", err)
		}
		service := certs.ACME{Host: u.Hostname(), Dir: t.ACME.Dir, Email: t.ACME.Email, Directory: t.ACME.Directory}
		if err := service.Prepare(); err != nil {
			return fmt.Errorf("settings: TLS_AUTOCERT_DIR cannot be used: %w", err)
		}
		m := service.Manager()
		config.GetCertificate, config.NextProtos = certs.Watch(m.GetCertificate, service.Host, log), m.TLSConfig().NextProtos
	case t.SelfSigned:
		addresses, err := certs.LAN()
		if err != nil {
			return err
		}
		pair, err := certs.SelfSigned(s.config.Local.DataDir, addresses, time.Now())
		if err != nil {
			return err
		}
		config.Certificates = []tls.Certificate{pair}
		roots := x509.NewCertPool()
		roots.AddCert(pair.Leaf)
		s.secure.own = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	default:
		return nil
	}
	s.secure.config = config
	return nil
}

// signalingPath is where pages find local Twilio's signalling on this server.
const signalingPath = "/local-twilio/signaling"

// localSignaling is local Twilio's signalling as browsers find it. Pages that came by
// https must find it so too, and with a certificate that was accepted: at this server's
// own address.
func (s *System) localSignaling() string {
	if host, ok := strings.CutPrefix(s.url, "https://"); ok {
		return "wss://" + host + signalingPath
	}
	return s.local.SignalingURL()
}

// callbackTransport carries local Twilio's status callbacks to this server; nil is the
// default one.
func (s *System) callbackTransport() http.RoundTripper {
	if s.secure.own == nil {
		return nil // not an interface that holds a nil
	}
	return s.secure.own
}

// welcomeLAN says what to open on a phone.
func (s *System) welcomeLAN() string {
	chat := s.url + "/demo/chat"
	var b strings.Builder
	fmt.Fprintf(&b, `
  Escalate runs on local Twilio (no account), for everybody on this network:

    the agent's desk, here               %s/demo/agent
    the customer's chat, on your phone   %s

  Browsers warn of the certificate, which this program has made itself: go on all the same.
  Click the Video icon at the desk, then the link that arrives in the chat. Ctrl-C stops it.

`, s.url, chat)
	qrterminal.GenerateWithConfig(chat, qrterminal.Config{
		Level: qrterminal.M, Writer: &b, HalfBlocks: true, QuietZone: 2,
		BlackChar: qrterminal.BLACK_BLACK, WhiteChar: qrterminal.WHITE_WHITE,
		BlackWhiteChar: qrterminal.BLACK_WHITE, WhiteBlackChar: qrterminal.WHITE_BLACK,
	})
	return b.String()
}
