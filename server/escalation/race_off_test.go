//go:build !race

package escalation_test

const defaultSchedules = 10_000
