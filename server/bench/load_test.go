package main

import (
	"bufio"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// serve starts a server on loopback and answers its address.
func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func streams(n int, addr string) []stream {
	all := make([]stream, n)
	for i := range all {
		all[i] = stream("GET / HTTP/1.1\r\nHost: " + addr + "\r\n\r\n")
	}
	return all
}

func TestLoadCountsWhatWasAnswered(t *testing.T) {
	var asked atomic.Int64
	const pause = 5 * time.Millisecond
	addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		<-time.After(pause) // a slow server
		_, _ = w.Write([]byte(`{"ok":true}`))
	})
	s, err := load(t.Context(), addr, os.Getpid(), streams(3, addr), 20*time.Millisecond, 200*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if s.failed > 0 {
		t.Fatalf("%d failed: %v", s.failed, s.firstFailure)
	}
	if s.requests == 0 || s.requests >= int(asked.Load()) {
		t.Errorf("counted %d of %d; those of the warm-up must not count", s.requests, asked.Load())
	}
	if most := 3 * int(200*time.Millisecond/pause); s.requests > most {
		t.Errorf("counted %d, but there was time for %d", s.requests, most)
	}
	if s.p50 < pause || s.p99 < s.p50 {
		t.Errorf("p50 %v, p99 %v, but each took at least %v", s.p50, s.p99, pause)
	}
}

func TestLoadCountsFailures(t *testing.T) {
	for _, c := range []struct {
		name string
		h    http.HandlerFunc
	}{
		{"refused", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusTooManyRequests) }},
		{"created is not what was asked for", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) }},
		{"cut off", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		{"of unknown length", func(w http.ResponseWriter, _ *http.Request) {
			_ = http.NewResponseController(w).Flush()
			_, _ = w.Write([]byte("x"))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			addr := serve(t, c.h)
			s, err := load(t.Context(), addr, os.Getpid(), streams(2, addr), 0, 50*time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			if s.failed == 0 || s.firstFailure == nil || s.requests > 0 {
				t.Errorf("%d failed with %v, %d answered", s.failed, s.firstFailure, s.requests)
			}
		})
	}
}

func TestLoadWhereNobodyListens(t *testing.T) {
	s, err := load(t.Context(), "127.0.0.1:1", os.Getpid(), streams(1, "x"), 0, 20*time.Millisecond)
	if err != nil || s.failed == 0 {
		t.Errorf("%d failed, %v, want counted failures", s.failed, err)
	}
}

func TestReadAnswerLeavesTheNextOne(t *testing.T) {
	one := "HTTP/1.1 200 OK\r\ncontent-LENGTH: 5\r\nX: y\r\n\r\nhello"
	r := bufio.NewReader(strings.NewReader(one + one + "HTTP/1.1 503 Service Unavailable\r\n\r\n"))
	for range 2 {
		if err := readAnswer(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := readAnswer(r); !errors.Is(err, errStatus) {
		t.Errorf("got %v, want %v", err, errStatus)
	}
}

func TestPercentile(t *testing.T) {
	var hundred []time.Duration
	for i := range 100 {
		hundred = append(hundred, time.Duration(i+1))
	}
	for _, c := range []struct {
		sorted []time.Duration
		p      int
		want   time.Duration
	}{
		{nil, 50, 0}, {hundred[:1], 99, 1}, {hundred, 50, 50}, {hundred, 99, 99}, {hundred[:3], 50, 2}, {hundred[:10], 99, 10},
	} {
		if got := percentile(c.sorted, c.p); got != c.want {
			t.Errorf("p%d of %d is %d, want %d", c.p, len(c.sorted), got, c.want)
		}
	}
}
