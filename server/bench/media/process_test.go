package main

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
)

func TestServerThatEndsTellsWhy(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	at, err := freePorts()
	if err != nil {
		t.Fatal(err)
	}
	p, err := startProcess(t.Context(), at, sh, "-c", "echo the port is taken >&2; exit 3")
	if err == nil {
		p.stop()
		t.Fatal("it counts as started")
	}
	if !errors.Is(err, errEnded) || !strings.Contains(err.Error(), "the port is taken") {
		t.Errorf("got %v", err)
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	var end tail
	for range 1000 {
		if n, err := end.Write([]byte("a line\n")); n != 7 || err != nil {
			t.Fatalf("wrote %d, %v", n, err)
		}
	}
	_, _ = end.Write([]byte("the last\n"))
	if got := end.String(); len(got) > tailBytes || !strings.HasSuffix(got, "a line\nthe last") {
		t.Errorf("%d bytes, ending in %q", len(got), got[max(0, len(got)-20):])
	}
}

func TestFreePortsDiffer(t *testing.T) {
	p, err := freePorts()
	if err != nil {
		t.Fatal(err)
	}
	if p.http == p.tcp || p.media == p.turn || min(p.http, p.tcp, p.media, p.turn) <= 0 {
		t.Errorf("got %+v", p)
	}
}
