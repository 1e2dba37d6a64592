// Package measure is what the benchmarks have in common: it reads what processes
// use from /proc and sums rounds up. It knows nothing of what is measured.
package measure

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Tick is the unit of CPU times in /proc; Linux has shown them in hundredths
// of a second to every program since 2.4.
const Tick = time.Second / 100

// CPUTime is the CPU time that a process and its children have used so far,
// ok being false where there is no /proc.
func CPUTime(pid int) (used time.Duration, ok bool) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, false
	}
	for _, name := range stats {
		raw, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended meanwhile
		}
		who, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if err != nil {
			continue
		}
		if parent, t, valid := parseStat(raw); valid && (who == pid || parent == pid) {
			used, ok = used+t, true
		}
	}
	return used, ok
}

// BusyTime is the CPU time that the whole machine has spent so far on anything
// at all, what its host took from it included; ok is false where there is no
// /proc.
func BusyTime() (used time.Duration, ok bool) {
	raw, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, false
	}
	return parseMachine(raw)
}

// parseMachine reads the first line of /proc/stat: user, nice, system, idle,
// iowait, irq, softirq, steal, and two that are part of user and nice.
func parseMachine(raw []byte) (used time.Duration, ok bool) {
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	f := bytes.Fields(line)
	if len(f) < 9 || string(f[0]) != "cpu" {
		return 0, false
	}
	for i, n := range f[1:9] {
		t, err := strconv.ParseInt(string(n), 10, 64)
		if err != nil {
			return 0, false
		}
		if i != 3 && i != 4 {
			used += time.Duration(t) * Tick
		}
	}
	return used, true
}

// OwnCPU is the CPU time of this process, the garbage collector's too.
func OwnCPU() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, fmt.Errorf("read CPU time: %w", err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}

// parseStat reads parent, user and system time from a line of proc(5)'s
// /proc/PID/stat. The name in it is in parentheses and may hold anything.
func parseStat(raw []byte) (parent int, used time.Duration, ok bool) {
	f := bytes.Fields(raw[bytes.LastIndexByte(raw, ')')+1:])
	if len(f) < 13 {
		return 0, 0, false
	}
	parent, err := strconv.Atoi(string(f[1]))
	if err != nil {
		return 0, 0, false
	}
	for _, n := range f[11:13] {
		t, err := strconv.ParseInt(string(n), 10, 64)
		if err != nil {
			return 0, 0, false
		}
		used += time.Duration(t) * Tick
	}
	return parent, used, true
}

// Memory is the resident memory of a process in bytes, ok being false where
// there is no /proc.
func Memory(pid int) (bytes int64, ok bool) {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0, false
	}
	return parseMemory(raw)
}

// parseMemory finds "VmRSS:   1234 kB" in proc(5)'s /proc/PID/status.
func parseMemory(raw []byte) (bytes int64, ok bool) {
	for line := range strings.Lines(string(raw)) {
		f := strings.Fields(line)
		if len(f) != 3 || f[0] != "VmRSS:" {
			continue
		}
		n, err := strconv.ParseInt(f[1], 10, 64)
		return n << 10, err == nil
	}
	return 0, false
}
