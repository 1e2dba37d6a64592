package certs

import (
	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// ACME is where a certificate is got by itself.
type ACME struct {
	Host      string // the name that it is for; handshakes for others are refused
	Dir       string // where keys and certificates are kept, which replicas must share
	Email     string // whom the service may write to; empty for nobody
	Directory string // the service's directory URL; empty for Let's Encrypt
}

// Manager returns what gets and renews the certificate, by TLS-ALPN-01: the service
// connects to port 443 of the host, which has to lead to this server's own listener.
func (a ACME) Manager() *autocert.Manager {
	m := &autocert.Manager{
		Prompt: autocert.AcceptTOS, Email: a.Email,
		HostPolicy: autocert.HostWhitelist(a.Host), Cache: autocert.DirCache(a.Dir),
	}
	if a.Directory != "" {
		m.Client = &acme.Client{DirectoryURL: a.Directory}
	}
	return m
}
