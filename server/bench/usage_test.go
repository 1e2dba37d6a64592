package main

import (
	"os"
	"testing"
	"time"

	"escalate/server/bench/measure"
)

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
		if after.server-before.server >= 5*measure.Tick && after.machine-before.machine >= 5*measure.Tick && after.self > before.self {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("ten seconds of work (%d) do not show: from %+v to %+v", sum, before, after)
		}
	}
}
