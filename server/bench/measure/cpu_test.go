package measure

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

func TestParseMemory(t *testing.T) {
	got, ok := parseMemory([]byte("Name:\tVmRSS: x\nVmHWM:\t    9999 kB\nVmRSS:\t    1234 kB\n"))
	if !ok || got != 1234<<10 {
		t.Errorf("got %d, %v", got, ok)
	}
	for _, bad := range []string{"", "VmRSS:\t kB", "VmRSS:\t x kB"} {
		if _, ok := parseMemory([]byte(bad)); ok {
			t.Errorf("%q was understood", bad)
		}
	}
}

func TestOwnMemoryIsSeen(t *testing.T) {
	got, ok := Memory(os.Getpid())
	if !ok {
		t.Skip("no /proc here")
	}
	if got < 1<<20 || got > 1<<34 {
		t.Errorf("this process has %d bytes", got)
	}
}

func TestMedian(t *testing.T) {
	if got := Median([]int{9, 1, 5, 3}); got != 3 {
		t.Errorf("of four: %d, want the lower middle one, 3", got)
	}
	if got := Median[float64](nil); got != 0 {
		t.Errorf("of none: %v", got)
	}
}
