package certs

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// shown is the certificate that a client sees who asks for a name.
func shown(t *testing.T, c *tls.Config, name string) (*x509.Certificate, error) {
	t.Helper()
	front, back := net.Pipe()
	served := make(chan error, 1)
	go func() {
		server := tls.Server(back, c)
		served <- server.HandshakeContext(t.Context())
		server.Close()
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	client := tls.Client(front, &tls.Config{ServerName: name, InsecureSkipVerify: true}) //nolint:gosec // what is shown is the subject
	err := client.HandshakeContext(ctx)
	front.Close()
	if refused := <-served; refused != nil {
		return nil, refused
	}
	if err != nil {
		return nil, err
	}
	return client.ConnectionState().PeerCertificates[0], nil
}

// write makes a new pair in two files, as of a time.
func write(t *testing.T, cert, key string, at time.Time) *x509.Certificate {
	t.Helper()
	both, err := makeSelfSigned(nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	block, rest := pem.Decode(both)
	for file, content := range map[string][]byte{cert: pem.EncodeToMemory(block), key: rest} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, at, at); err != nil {
			t.Fatal(err)
		}
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return leaf
}

// A certificate that is replaced is shown without a start; one that cannot be used is
// not, and the log says so once.
func TestFilesAreReadAgain(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Now()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	first := write(t, cert, key, now)
	var log bytes.Buffer
	f, err := Open(cert, key, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	f.now = func() time.Time { return now }
	config := &tls.Config{GetCertificate: f.Certificate, MinVersion: tls.VersionTLS12}
	want := func(what string, c *x509.Certificate) {
		t.Helper()
		now = now.Add(lookEvery)
		got, err := shown(t, config, "localhost")
		if err != nil || !got.Equal(c) {
			t.Errorf("%s: another certificate, or %v", what, err)
		}
	}
	want("at first", first)
	second := write(t, cert, key, now.Add(time.Minute))
	want("after a change", second)

	if err := os.WriteFile(cert, []byte("half a certi"), 0o600); err != nil {
		t.Fatal(err)
	}
	log.Reset()
	want("while the file is written", second)
	want("and still", second)
	if n := strings.Count(log.String(), "is not used"); n != 1 {
		t.Errorf("the log tells %d times of a certificate that is wrong:\n%s", n, log.String())
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	want("without its key", second)
	third := write(t, cert, key, now.Add(2*time.Minute))
	want("when it is right again", third)
}

func TestOpenNamesTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if _, err := Open(cert, key, nil); err == nil || !strings.Contains(err.Error(), cert) {
		t.Errorf("without a file: %v", err)
	}
	write(t, cert, key, time.Now())
	write(t, filepath.Join(dir, "other.pem"), key, time.Now())
	if _, err := Open(cert, key, nil); err == nil || !strings.Contains(err.Error(), key) {
		t.Errorf("with another's key: %v", err)
	}
}

// One that was made is kept as long as it is right.
func TestSelfSignedIsKept(t *testing.T) {
	t.Parallel()
	dir, now := filepath.Join(t.TempDir(), "data"), time.Now()
	here, there := net.IPv4(192, 0, 2, 7), net.IPv4(192, 0, 2, 8)
	get := func(at time.Time, ips ...net.IP) *x509.Certificate {
		t.Helper()
		pair, err := SelfSigned(dir, ips, at)
		if err != nil {
			t.Fatal(err)
		}
		roots := x509.NewCertPool()
		roots.AddCert(pair.Leaf)
		for _, name := range []string{ips[0].String(), "localhost", "127.0.0.1"} {
			if _, err := pair.Leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots, CurrentTime: at}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, ok := pair.PrivateKey.(*ecdsa.PrivateKey); !ok || pair.Leaf.IsCA {
			t.Errorf("key %T, for others too: %t", pair.PrivateKey, pair.Leaf.IsCA)
		}
		return pair.Leaf
	}
	first := get(now, here)
	if !get(now.Add(selfSignedFor-2*selfSignedLeft), here).Equal(first) {
		t.Error("another one while the first is good")
	}
	second := get(now, here, there)
	if second.Equal(first) || !get(now, there).Equal(second) {
		t.Error("one for an address too few, or another for one of its addresses")
	}
	if get(now.Add(selfSignedFor), here).Equal(second) {
		t.Error("one that has expired")
	}
	if info, err := os.Stat(filepath.Join(dir, selfSignedFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v, %v", info, err)
	}
}

// What is in the folder is shown without asking the service, and only for the host.
func TestACMEKeepsToItsHostAndFolder(t *testing.T) {
	t.Parallel()
	const host = "video.example.com"
	dir := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{host}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(80 * 24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	// As autocert keeps them.
	kept := append(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: sec1}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	if err := os.WriteFile(filepath.Join(dir, host), kept, 0o600); err != nil {
		t.Fatal(err)
	}
	// Nobody answers there: who asked would get an error.
	m := ACME{Host: host, Dir: dir, Directory: "https://127.0.0.1:1/directory"}.Manager()
	if got, err := shown(t, m.TLSConfig(), host); err != nil || !bytes.Equal(got.Raw, der) {
		t.Errorf("the host: %v", err)
	}
	for _, other := range []string{"other.example.com", "www." + host} {
		if _, err := shown(t, m.TLSConfig(), other); err == nil || !strings.Contains(err.Error(), "not configured") {
			t.Errorf("a handshake for %s: %v", other, err)
		}
	}
}

func TestLAN(t *testing.T) {
	t.Parallel()
	all, err := LAN()
	if err != nil {
		t.Fatal(err)
	}
	for _, ip := range all {
		if ip.IsLoopback() || ip.To4() == nil {
			t.Errorf("%v is no address of a network", ip)
		}
	}
	if out := wayOut(); out != nil && !out.IsLoopback() && (len(all) == 0 || !all[0].Equal(out)) {
		t.Errorf("the way out is from %v, first of %v is another", out, all)
	}
}
