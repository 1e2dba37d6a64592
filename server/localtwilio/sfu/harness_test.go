package sfu

import (
	"bytes"
	"log/slog"
	"os"
	"runtime"
	"testing"
	"time"
)

// eventually waits for a condition.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("still missing after %s: %s", patience, what)
		}
	}
}

// startEngine opens an Engine that is closed, without leaks, when the test ends.
func startEngine(t testing.TB) *Engine {
	t.Helper()
	return startEngineWith(t, Config{Addr: "127.0.0.1:0"})
}

func startEngineWith(t testing.TB, config Config) *Engine {
	t.Helper()
	if testing.Short() {
		t.Skip("opens UDP ports")
	}
	if os.Getenv("SFU_LOG") != "" {
		config.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	before := runtime.NumGoroutine()
	e, err := Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("close engine: %v", err)
		}
		noMoreThan(t, before)
	})
	return e
}

// noMoreThan checks that goroutines have ended.
func noMoreThan(t testing.TB, n int) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for runtime.NumGoroutine() > n {
		if time.Now().After(deadline) {
			var b bytes.Buffer
			buf := make([]byte, 1<<20)
			b.Write(buf[:runtime.Stack(buf, true)])
			t.Errorf("%d goroutines, had %d:\n%s", runtime.NumGoroutine(), n, &b)
			return
		}
		<-tick.C
	}
}
