//go:build !race

package sfu

const loadRooms = 50
