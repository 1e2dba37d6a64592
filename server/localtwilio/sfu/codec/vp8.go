package codec

// vp8Descriptor says where things are in a VP8 payload (RFC 7741 section 4.2). Positions are
// 0 for what is not there.
type vp8Descriptor struct {
	complete  bool   // false for a payload that ends too soon
	long      bool   // the picture id has 15 bits instead of 7
	pictureAt uint8  // of the picture id
	tl0At     uint8  // of the temporal layer 0 index
	tl0       uint8  // that index
	picture   uint16 // the picture id
}

// parseVP8 reads the descriptor and, where a keyframe begins, the frame header. It returns false when the descriptor
// is not complete.
func (f *Frame) parseVP8(b []byte) bool {
	const (
		extended, start, partition      = 0x80, 0x10, 0x07
		pictureID, tl0, layer, keyIndex = 0x80, 0x40, 0x20, 0x10
		longPicture                     = 0x80
	)
	if len(b) < 2 {
		return false
	}
	d := &f.vp8
	i := 1
	if b[0]&extended != 0 {
		x := b[1]
		i = 2
		if x&pictureID != 0 {
			if len(b) <= i {
				return false
			}
			d.pictureAt, d.picture = uint8(i), uint16(b[i]&^longPicture)
			if b[i]&longPicture != 0 {
				if len(b) <= i+1 {
					return false
				}
				d.long, d.picture = true, d.picture<<8|uint16(b[i+1])
				i++
			}
			i++
		}
		if x&tl0 != 0 {
			if len(b) <= i {
				return false
			}
			d.tl0At, d.tl0 = uint8(i), b[i]
			i++
		}
		if x&(layer|keyIndex) != 0 {
			i++
		}
	}
	if len(b) < i {
		return false
	}
	d.complete = true
	if b[0]&start != 0 && b[0]&partition == 0 {
		f.header(b[i:])
	}
	return true
}

// header reads the beginning of a frame. The lowest bit of its first octet is 0 in a keyframe (RFC 7741
// section 4.3), whose header states the picture's size (RFC 6386 section 9.1).
func (f *Frame) header(b []byte) {
	if len(b) == 0 || b[0]&1 != 0 {
		return
	}
	f.Keyframe = true
	if len(b) < 10 || b[3] != 0x9d || b[4] != 0x01 || b[5] != 0x2a {
		return
	}
	const bits14 = 1<<14 - 1 // above them is a scale that nobody uses
	f.Width, f.Height = (uint16(b[6])|uint16(b[7])<<8)&bits14, (uint16(b[8])|uint16(b[9])<<8)&bits14
}

// VP8Numbers keeps picture ids and temporal layer 0 indices of one outgoing stream growing by
// one, wherever its frames come from. A decoder takes a jump for a loss. The zero value begins with 1.
type VP8Numbers struct {
	picture, lastPicture uint16 // added to what comes in; last one sent
	tl0, lastTL0         uint8
}

// Rebase makes a frame the successor of what has been sent so far.
func (v *VP8Numbers) Rebase(f *Frame) {
	if !f.vp8.complete {
		return
	}
	v.picture = v.lastPicture + 1 - f.vp8.picture
	v.tl0 = v.lastTL0 + 1 - f.vp8.tl0
}

// Apply returns the payload that f was parsed from with its numbers rewritten, in buf unless they stay as they
// are. The payload itself belongs to other subscribers as well.
func (v *VP8Numbers) Apply(f *Frame, payload, buf []byte) []byte {
	d := &f.vp8
	if !d.complete {
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
