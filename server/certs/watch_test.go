package certs

import (
	"bytes"
	"crypto/tls"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/acme"
)

func TestWatch(t *testing.T) {
	t.Parallel()
	made, err := makeSelfSigned(nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(made, made)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	now := time.Now()
	var fault error
	w := &watch{
		get:  func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &pair, fault },
		host: "video.example.com", log: slog.New(slog.NewTextHandler(&log, nil)), now: func() time.Time { return now },
	}
	lines := func(what string, want int, hello *tls.ClientHelloInfo) {
		t.Helper()
		log.Reset()
		if _, err := w.certificate(hello); !errors.Is(err, fault) {
			t.Errorf("%s: %v", what, err)
		}
		if got := strings.Count(log.String(), "\n"); got != want {
			t.Errorf("%s: %d lines, want %d: %s", what, got, want, log.String())
		}
	}
	ours := &tls.ClientHelloInfo{ServerName: "Video.example.com"}
	lines("one that is good", 0, ours)
	now = pair.Leaf.NotAfter.Add(-agedLeft + time.Minute)
	lines("the service that asks", 0, &tls.ClientHelloInfo{ServerName: w.host, SupportedProtos: []string{acme.ALPNProto}})
	lines("one with less than two weeks", 1, ours)
	lines("and again", 0, ours)
	now = now.Add(agedEvery)
	lines("an hour later", 1, ours)
	fault = errors.New("the service refuses")
	lines("another host", 0, &tls.ClientHelloInfo{ServerName: "other.example.com"})
	lines("none", 1, ours)
	lines("none, again", 0, ours)
	now = now.Add(failedEvery)
	lines("none, a minute later", 1, ours)
}

func TestACMEPreparesItsFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "b")
	if err := (ACME{Dir: dir}).Prepare(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("in the folder: %v, %v", left, err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (ACME{Dir: file}).Prepare(); err == nil {
		t.Error("a file is taken for a folder")
	}
}
