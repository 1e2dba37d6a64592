//go:build race

package escalation_test

// The race detector makes a schedule take six times as long; make soak plays
// all of them under it.
const defaultSchedules = 1_000
