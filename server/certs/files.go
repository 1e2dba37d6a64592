// Package certs has the certificates that the server shows: of files that are read again
// when they change, of an ACME service such as Let's Encrypt, or one that it makes for
// this machine's own addresses.
package certs

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// lookEvery is how often a handshake looks whether the files have changed. Whoever
// replaces a certificate waits no longer for it; more often would cost each handshake
// two calls of the system.
const lookEvery = time.Second

// Files is a certificate in two files. Handshakes get the newest that could be read. It
// is safe for concurrent use.
type Files struct {
	cert, key string
	now       func() time.Time
	log       *slog.Logger

	mu     sync.Mutex // guards what follows
	pair   *tls.Certificate
	read   stamp // of the files, when they were read, whether they were right or not
	looked time.Time
}

// stamp is what tells a changed file.
type stamp struct {
	cert, key       time.Time
	certSize, keyed int64
}

// Open reads a certificate with its chain, and its key, as PEM. A nil log means none.
func Open(cert, key string, log *slog.Logger) (*Files, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	f := &Files{cert: cert, key: key, now: time.Now, log: log}
	var err error
	if f.read, err = f.stamp(); err != nil {
		return nil, err
	}
	if f.pair, err = load(cert, key); err != nil {
		return nil, err
	}
	f.looked = f.now()
	return f, nil
}

// Certificate is a tls.Config's GetCertificate. It reads the files again when they have
// changed; while they cannot be read, or do not fit together, it goes on with what it
// had, and the log says why.
func (f *Files) Certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	if now.Sub(f.looked) < lookEvery {
		return f.pair, nil
	}
	f.looked = now
	s, err := f.stamp()
	if err == nil && s == f.read {
		return f.pair, nil
	}
	var pair *tls.Certificate
	if err == nil {
		f.read = s // one that is wrong is told once
		pair, err = load(f.cert, f.key)
	}
	if err != nil {
		f.log.Error("the changed certificate is not used", "err", err)
		return f.pair, nil
	}
	f.pair = pair
	f.log.Info("the certificate has changed", "until", pair.Leaf.NotAfter)
	return f.pair, nil
}

func (f *Files) stamp() (s stamp, err error) {
	cert, err := os.Stat(f.cert)
	if err != nil {
		return s, fmt.Errorf("read certificate: %w", err)
	}
	key, err := os.Stat(f.key)
	if err != nil {
		return s, fmt.Errorf("read the certificate's key: %w", err)
	}
	return stamp{cert: cert.ModTime(), key: key.ModTime(), certSize: cert.Size(), keyed: key.Size()}, nil
}

func load(cert, key string) (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("read certificate %s with key %s: %w", cert, key, err)
	}
	return &pair, nil
}
