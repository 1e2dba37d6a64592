package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// tick is the unit of CPU times in /proc; Linux has shown them in hundredths
// of a second to every program since 2.4.
const tick = time.Second / 100

// cpuTime is the CPU time that a process and its children have used so far,
// ok being false where there is no /proc.
func cpuTime(pid int) (used time.Duration, ok bool) {
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

// busyTime is the CPU time that the whole machine has spent so far on anything
// at all, what its host took from it included; ok is false where there is no
// /proc.
func busyTime() (used time.Duration, ok bool) {
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
			used += time.Duration(t) * tick
		}
	}
	return used, true
}

// usage is what the server, this process and the whole machine have used so far.
type usage struct{ server, self, machine time.Duration }

// readUsage reads them all; ok is false where that cannot be told.
func readUsage(pid int) (u usage, ok bool) {
	var known [2]bool
	u.server, known[0] = cpuTime(pid)
	u.machine, known[1] = busyTime()
	var err error
	u.self, err = ownCPU()
	return u, known[0] && known[1] && err == nil
}

// others is what neither the server nor this process has used since before.
func (u usage) others(before usage) time.Duration {
	return max(0, (u.machine-before.machine)-(u.server-before.server)-(u.self-before.self))
}

// ownCPU is the CPU time of this process, the garbage collector's too.
func ownCPU() (time.Duration, error) {
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
		used += time.Duration(t) * tick
	}
	return parent, used, true
}
