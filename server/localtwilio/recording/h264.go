package recording

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// NAL unit types (H.264 table 7-1).
const (
	nalIDR = 5
	nalSPS = 7
	nalPPS = 8
)

// units are the NAL units of a frame.
type units [][]byte

// h264Units cuts a frame in which each unit has its length before it, in 4 bytes.
func h264Units(b []byte) (us units) {
	for len(b) > 4 {
		n := binary.BigEndian.Uint32(b)
		b = b[4:]
		if n == 0 || uint64(n) > uint64(len(b)) {
			return us
		}
		us, b = append(us, b[:n]), b[n:]
	}
	return us
}

func (us units) find(kind byte) []byte {
	if i := slices.IndexFunc(us, func(u []byte) bool { return u[0]&0x1f == kind }); i >= 0 {
		return us[i]
	}
	return nil
}

func (us units) has(kind byte) bool { return us.find(kind) != nil }

// h264Config makes the AVCDecoderConfigurationRecord (ISO 14496-15 section 5.3.3.1) of a key
// frame's parameter sets, and the size of the picture.
func h264Config(us units) (record []byte, w, h int, ok bool) {
	sps, pps := us.find(nalSPS), us.find(nalPPS)
	if len(sps) < 4 || pps == nil {
		return nil, 0, 0, false
	}
	w, h, ok = spsSize(sps)
	record = append([]byte{1}, sps[1:4]...)
	record = append(record, 0xff, 0xe1) // lengths of 4 bytes; one SPS
	record = binary.BigEndian.AppendUint16(record, uint16(len(sps)))
	record = append(append(record, sps...), 1)
	record = binary.BigEndian.AppendUint16(record, uint16(len(pps)))
	return append(record, pps...), w, h, ok
}

// spsSize reads the size of the picture out of a sequence parameter set (H.264 section
// 7.3.2.1.1).
func spsSize(sps []byte) (w, h int, ok bool) {
	// An emulation prevention byte stands after two zeros.
	r := &bits{b: bytes.ReplaceAll(sps, []byte{0, 0, 3}, []byte{0, 0})}
	r.skip(8)
	profile := r.read(8)
	r.skip(16)
	r.golomb() // seq_parameter_set_id
	chroma := uint(1)
	if slices.Contains([]uint{100, 110, 122, 244, 44, 83, 86, 118, 128}, profile) {
		if chroma = r.golomb(); chroma == 3 {
			r.skip(1)
		}
		r.golomb()
		r.golomb()
		r.skip(1)
		if r.read(1) == 1 {
			return 0, 0, false // scaling lists; no WebRTC encoder sends any
		}
	}
	r.golomb() // log2_max_frame_num_minus4
	switch r.golomb() {
	case 0:
		r.golomb()
	case 1:
		r.skip(1)
		r.golomb()
		r.golomb()
		for range min(r.golomb(), 255) {
			r.golomb()
		}
	}
	r.golomb() // max_num_ref_frames
	r.skip(1)
	wide, high := r.golomb()+1, r.golomb()+1
	frames := r.read(1) // frame_mbs_only_flag
	if frames == 0 {
		r.skip(1)
	}
	r.skip(1)
	w, h = int(wide)*16, int(high)*16*int(2-frames)
	if r.read(1) == 1 { // cropping
		x, y := 1, 1
		if chroma == 1 || chroma == 2 {
			x = 2
		}
		if chroma == 1 {
			y = 2
		}
		left, right, top, bottom := r.golomb(), r.golomb(), r.golomb(), r.golomb()
		w -= x * int(left+right)
		h -= y * int(2-frames) * int(top+bottom)
	}
	return w, h, !r.short && w > 0 && h > 0 && w < 1<<14 && h < 1<<14
}

// bits reads a bit string; past its end it reads zeros and says so.
type bits struct {
	b     []byte
	at    int
	short bool
}

func (r *bits) read(n int) (v uint) {
	for range n {
		v <<= 1
		if r.at/8 >= len(r.b) {
			r.short = true
			continue
		}
		v |= uint(r.b[r.at/8]>>(7-r.at%8)) & 1
		r.at++
	}
	return v
}

func (r *bits) skip(n int) { r.read(n) }

// golomb reads an unsigned Exp-Golomb code (H.264 section 9.1).
func (r *bits) golomb() uint {
	zeros := 0
	for r.read(1) == 0 {
		if zeros++; r.short || zeros > 31 {
			r.short = true
			return 0
		}
	}
	return 1<<zeros - 1 + r.read(zeros)
}
