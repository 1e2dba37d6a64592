package codec

// MimeRED is redundant audio data (RFC 2198): each packet repeats those before it.
const MimeRED = "audio/red"

// REDPrimary returns the newest of the blocks in a payload, for subscribers that know only plain
// audio. nil means that there is none.
func REDPrimary(b []byte) []byte {
	const more, lengthBits = 0x80, 0x3ff
	skip := 0
	for len(b) >= 4 && b[0]&more != 0 {
		skip += (int(b[2])<<8 | int(b[3])) & lengthBits
		b = b[4:]
	}
	if len(b) == 0 || b[0]&more != 0 || len(b) < 1+skip {
		return nil
	}
	return b[1+skip:]
}
