//go:build race

package sfu

// Under the race detector fifty Rooms would keep a whole core busy; make e2e opens all of them.
const loadRooms = 10
