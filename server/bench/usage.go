package main

import (
	"time"

	"escalate/server/bench/measure"
)

// usage is what the server, this process and the whole machine have used so far.
type usage struct{ server, self, machine time.Duration }

// readUsage reads them all; ok is false where that cannot be told.
func readUsage(pid int) (u usage, ok bool) {
	var known [2]bool
	u.server, known[0] = measure.CPUTime(pid)
	u.machine, known[1] = measure.BusyTime()
	var err error
	u.self, err = measure.OwnCPU()
	return u, known[0] && known[1] && err == nil
}

// others is what neither the server nor this process has used since before.
func (u usage) others(before usage) time.Duration {
	return max(0, (u.machine-before.machine)-(u.server-before.server)-(u.self-before.self))
}
