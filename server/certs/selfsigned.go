package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

const (
	// selfSignedFor is how long such a certificate is good. Browsers take none of more
	// than 398 days.
	selfSignedFor = 90 * 24 * time.Hour
	// selfSignedLeft is how long one that is kept must still be good.
	selfSignedLeft = 7 * 24 * time.Hour
	// selfSignedFile has certificate and key.
	selfSignedFile = "self-signed.pem"
)

// SelfSigned returns a certificate for addresses, and for localhost, that nobody vouches
// for: browsers warn of it. It is kept in dir, so that who has accepted it need not do so
// again after a start, and made anew when it is for other addresses or about to expire.
func SelfSigned(dir string, addresses []net.IP, now time.Time) (tls.Certificate, error) {
	file := filepath.Join(dir, selfSignedFile)
	kept, err := os.ReadFile(file)
	if err == nil {
		if pair, err := tls.X509KeyPair(kept, kept); err == nil && serves(pair.Leaf, addresses, now) {
			return pair, nil
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		return tls.Certificate{}, fmt.Errorf("read the self-signed certificate: %w", err)
	}
	made, err := makeSelfSigned(addresses, now)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make a self-signed certificate: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return tls.Certificate{}, fmt.Errorf("keep the self-signed certificate: %w", err)
	}
	if err := os.WriteFile(file, made, 0o600); err != nil {
		return tls.Certificate{}, fmt.Errorf("keep the self-signed certificate: %w", err)
	}
	return tls.X509KeyPair(made, made)
}

func serves(c *x509.Certificate, addresses []net.IP, now time.Time) bool {
	if now.Before(c.NotBefore) || now.Add(selfSignedLeft).After(c.NotAfter) {
		return false
	}
	for _, ip := range addresses {
		if c.VerifyHostname(ip.String()) != nil {
			return false
		}
	}
	return true
}

func makeSelfSigned(addresses []net.IP, now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 126))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: "Escalate's demo on this network"},
		NotBefore:    now.Add(-time.Hour), // a phone's clock may be a little behind
		NotAfter:     now.Add(selfSignedFor),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:     []string{"localhost"},
		IPAddresses:  append([]net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}, addresses...),
		// It vouches for itself alone, and who installs it on a phone trusts it with nothing else.
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	file := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return append(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})...), nil
}
