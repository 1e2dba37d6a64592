package twiliojs

import "math"

// floor is the quietest level shown, in dB below full scale: a quiet room.
const floor = -60

// loudness maps the root mean square of samples (0 to 1) to 0 to 1 in equal
// steps of decibels, as ears do.
func loudness(rms float64) float64 {
	if rms <= 0 {
		return 0
	}
	return min(1, max(0, 1-20*math.Log10(rms)/floor))
}
