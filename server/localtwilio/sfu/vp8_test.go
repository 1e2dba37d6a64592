package sfu

// vp8 makes a payload with a 15 bit picture id and a temporal layer 0 index.
func vp8(picture uint16, tl0 uint8, key bool) []byte {
	frame := byte(1)
	if key {
		frame = 0
	}
	return []byte{0x90, 0xc0, 0x80 | byte(picture>>8), byte(picture), tl0, frame, 0, 0}
}
