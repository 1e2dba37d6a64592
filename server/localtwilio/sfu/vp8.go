package sfu

// vp8Descriptor says where things are in a VP8 payload (RFC 7741 section 4.2). Positions are
// 0 for what is not there.
type vp8Descriptor struct {
	start     bool   // of a frame: its first partition begins here
	pictureAt int    // of the picture id
	long      bool   // the picture id has 15 bits instead of 7
	picture   uint16 // the picture id
	tl0At     int    // of the temporal layer 0 index
	tl0       uint8
	frameAt   int // of the frame header, which may be len(payload)
}

// parseVP8 reports whether the descriptor is complete.
func parseVP8(b []byte) (d vp8Descriptor, ok bool) {
	const (
		extended, start, partition      = 0x80, 0x10, 0x07
		pictureID, tl0, layer, keyIndex = 0x80, 0x40, 0x20, 0x10
		longPicture                     = 0x80
	)
	if len(b) < 2 {
		return d, false
	}
	d.start = b[0]&start != 0 && b[0]&partition == 0
	i := 1
	if b[0]&extended != 0 {
		x := b[1]
		i = 2
		if x&pictureID != 0 {
			if len(b) <= i {
				return d, false
			}
			d.pictureAt, d.picture = i, uint16(b[i]&^longPicture)
			if b[i]&longPicture != 0 {
				if len(b) <= i+1 {
					return d, false
				}
				d.long, d.picture = true, d.picture<<8|uint16(b[i+1])
				i++
			}
			i++
		}
		if x&tl0 != 0 {
			if len(b) <= i {
				return d, false
			}
			d.tl0At, d.tl0 = i, b[i]
			i++
		}
		if x&(layer|keyIndex) != 0 {
			i++
		}
	}
	d.frameAt = i
	return d, len(b) >= i
}

// vp8Keyframe reads the first octet of the frame header, whose lowest bit is 0 in a keyframe
// (RFC 7741 section 4.3).
func vp8Keyframe(b []byte) bool {
	d, ok := parseVP8(b)
	return ok && d.start && len(b) > d.frameAt && b[d.frameAt]&1 == 0
}

// vp8Size is the picture's size, which a keyframe's header states (RFC 6386 section 9.1).
func vp8Size(b []byte) (width, height int, ok bool) {
	d, ok := parseVP8(b)
	if !ok || !d.start {
		return 0, 0, false
	}
	f := b[d.frameAt:]
	if len(f) < 10 || f[0]&1 != 0 || f[3] != 0x9d || f[4] != 0x01 || f[5] != 0x2a {
		return 0, 0, false
	}
	const bits14 = 1<<14 - 1 // above them is a scale that nobody uses
	return (int(f[6]) | int(f[7])<<8) & bits14, (int(f[8]) | int(f[9])<<8) & bits14, true
}

// vp8Numbers keeps picture ids and temporal layer 0 indices of one outgoing stream growing by
// one, wherever its frames come from. A decoder takes a jump for a loss.
type vp8Numbers struct {
	picture, lastPicture uint16 // added to what comes in; last one sent
	tl0, lastTL0         uint8
}

// rebase makes the frame d the successor of what has been sent so far.
func (v *vp8Numbers) rebase(d vp8Descriptor) {
	v.picture = v.lastPicture + 1 - d.picture
	v.tl0 = v.lastTL0 + 1 - d.tl0
}

// apply answers the payload with its numbers rewritten, in buf unless they stay as they are. The
// payload itself belongs to other subscribers as well.
func (v *vp8Numbers) apply(payload, buf []byte) []byte {
	d, ok := parseVP8(payload)
	if !ok {
		return payload
	}
	const bits7, bits15 = 1<<7 - 1, 1<<15 - 1
	mask := uint16(bits7)
	if d.long {
		mask = bits15
	}
	picture, tl0 := (d.picture+v.picture)&mask, d.tl0+v.tl0
	if newer := picture - v.lastPicture; newer&mask <= mask/2 {
		v.lastPicture = picture
	}
	if int8(tl0-v.lastTL0) > 0 {
		v.lastTL0 = tl0
	}
	if picture == d.picture && tl0 == d.tl0 || len(payload) > len(buf) {
		return payload
	}
	buf = buf[:copy(buf, payload)]
	switch {
	case d.pictureAt != 0 && d.long:
		buf[d.pictureAt], buf[d.pictureAt+1] = 0x80|byte(picture>>8), byte(picture)
	case d.pictureAt != 0:
		buf[d.pictureAt] = byte(picture)
	}
	if d.tl0At != 0 {
		buf[d.tl0At] = tl0
	}
	return buf
}
