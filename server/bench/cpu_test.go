package main

import (
	"os"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	line := "4242 (a) (b c) S 17 4242 4242 0 -1 4194304 500 0 0 0 123 45 0 0 20 0 1 0 100 1000 10\n"
	parent, used, ok := parseStat([]byte(line))
	if !ok || parent != 17 || used != 1680*time.Millisecond {
		t.Errorf("got %d, %v, %v", parent, used, ok)
	}
	for _, bad := range []string{"", "1 (x) S", "1 (x) S a 1 1 0 -1 0 0 0 0 0 1 1 0"} {
		if _, _, ok := parseStat([]byte(bad)); ok {
			t.Errorf("%q was understood", bad)
		}
	}
}

func TestParseMachine(t *testing.T) {
	used, ok := parseMachine([]byte("cpu  100 10 20 9999 8888 3 4 5 7 7\ncpu0 1 2\n"))
	if !ok || used != 1420*time.Millisecond {
		t.Errorf("got %v, %v", used, ok)
	}
	if _, ok := parseMachine([]byte("intr 1 2 3 4 5 6 7 8 9")); ok {
		t.Error("something else was understood")
	}
}

func TestOwnWorkIsSeen(t *testing.T) {
	before, ok := readUsage(os.Getpid())
	if !ok {
		t.Skip("no /proc here")
	}
	sum := 0
	for deadline := time.Now().Add(10 * time.Second); ; {
		for i := range 1_000_000 {
			sum += i
		}
		after, _ := readUsage(os.Getpid())
		if after.server-before.server >= 5*tick && after.machine-before.machine >= 5*tick && after.self > before.self {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("ten seconds of work (%d) do not show: from %+v to %+v", sum, before, after)
		}
	}
}
