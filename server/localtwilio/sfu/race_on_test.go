//go:build race

package sfu

// Under the race detector fifty Rooms would keep a whole core busy; make test-unit opens all of them without it.
const loadRooms = 10
