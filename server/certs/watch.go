package certs

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
)

const (
	// failedEvery is how often it is logged that there is no certificate to show.
	failedEvery = time.Minute
	// agedEvery is how often a certificate is looked at that is about to expire.
	agedEvery = time.Hour
	// agedLeft is what a certificate must still be good for. ACME renews a month before the
	// end, so that with less than this nobody does.
	agedLeft = 14 * 24 * time.Hour
)

// watch tells the log of a certificate that cannot be got, or is about to expire.
type watch struct {
	get  func(*tls.ClientHelloInfo) (*tls.Certificate, error)
	host string
	log  *slog.Logger
	now  func() time.Time

	mu           sync.Mutex // guards what follows
	failed, aged time.Time  // the newest lines
}

// Watch returns get, a tls.Config's GetCertificate, with a log: of an error for the host at
// most once a minute, and of a certificate with less than two weeks left at most once an
// hour. Handshakes for other names are anybody's, and not told.
func Watch(get func(*tls.ClientHelloInfo) (*tls.Certificate, error), host string, log *slog.Logger) func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return (&watch{get: get, host: host, log: log, now: time.Now}).certificate
}

func (w *watch) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	c, err := w.get(hello)
	if slices.Contains(hello.SupportedProtos, acme.ALPNProto) {
		return c, err // the service asks whether the host is ours; what it is shown lives for a day
	}
	now := w.now()
	switch {
	case err != nil:
		if strings.EqualFold(strings.TrimSuffix(hello.ServerName, "."), w.host) && w.due(&w.failed, now, failedEvery) {
			w.log.Error("there is no certificate to show: nobody gets in by https", "host", w.host, "err", err)
		}
	case w.due(&w.aged, now, agedEvery):
		if leaf := leafOf(c); leaf != nil && now.Add(agedLeft).After(leaf.NotAfter) {
			w.log.Warn("the certificate is about to expire, and nobody has renewed it", "until", leaf.NotAfter)
		}
	}
	return c, err
}

// due says whether enough time has passed since last, which it then sets.
func (w *watch) due(last *time.Time, now time.Time, every time.Duration) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !last.IsZero() && now.Sub(*last) < every {
		return false
	}
	*last = now
	return true
}

// leafOf is the certificate itself, parsed; nil where there is none.
func leafOf(c *tls.Certificate) *x509.Certificate {
	if c == nil || len(c.Certificate) == 0 {
		return nil
	}
	if c.Leaf != nil {
		return c.Leaf
	}
	leaf, err := x509.ParseCertificate(c.Certificate[0])
	if err != nil {
		return nil
	}
	return leaf
}

// Prepare makes the folder and returns an error if nothing can be kept there: the service
// would be asked for a certificate at each start, and soon refuse.
func (a ACME) Prepare() error {
	if err := os.MkdirAll(a.Dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of certificates: %w", err)
	}
	probe, err := os.CreateTemp(a.Dir, "probe")
	if err != nil {
		return fmt.Errorf("write to the folder of certificates: %w", err)
	}
	probe.Close()
	if err := os.Remove(probe.Name()); err != nil {
		return fmt.Errorf("write to the folder of certificates: %w", err)
	}
	return nil
}
