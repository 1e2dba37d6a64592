package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestSize holds the example to what it is for: something that is read at once.
func TestSize(t *testing.T) {
	t.Parallel()
	lines := 0
	for _, file := range []string{"page.go", "browser.go", "server.go"} {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines += strings.Count(string(b), "\n")
	}
	if lines >= 200 {
		t.Errorf("page and server have %d lines together, want fewer than 200", lines)
	}
}

// TestPage compiles the page for the browser, which no other test without one does.
func TestPage(t *testing.T) {
	t.Parallel()
	build(t, os.DevNull)
}

// build compiles the page to a file.
func build(t *testing.T, file string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", file, ".")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the page: %v\n%s", err, out)
	}
}
