package transcription

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

const (
	// placeholderEvery is how often a placeholder has a partial result.
	placeholderEvery = time.Second
	// placeholderLongest is after how much speech without a pause a placeholder is final,
	// as an engine's sentence is at some time.
	placeholderLongest = 10 * time.Second
)

// placeholder is a recognizer that understands nothing: it finds speech by its loudness
// and says how long it was, marked as what it is.
func placeholder(_ context.Context, _ configuration, pcm io.ReadCloser, say func(result)) error {
	defer pcm.Close()
	var v voice
	var began, told time.Duration
	speaking := false
	tell := func(end time.Duration, partial bool) {
		r := result{Text: fmt.Sprintf("[speech %.1f s]", (end - began).Seconds()), Partial: partial, Start: began.Seconds(), End: end.Seconds()}
		if partial {
			stability := 0.5
			r.Stability = &stability
		}
		say(r)
		told = end
	}
	raw, sound := make([]byte, 2*samples(frame)), make([]int16, samples(frame))
	for {
		n, err := io.ReadFull(pcm, raw)
		for i := range n / 2 {
			sound[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
		}
		speaks := v.push(sound[:n/2])
		switch {
		case speaks && !speaking:
			began = v.heard - onset
			told, speaking = began, true
		case speaking && !speaks:
			tell(v.heard-hangover, false)
			speaking = false
		case speaking && v.heard-began >= placeholderLongest:
			tell(v.heard, false)
			began = v.heard
		case speaking && v.quiet == 0 && v.heard-told >= placeholderEvery:
			tell(v.heard, true)
		}
		if err != nil {
			if speaking {
				tell(v.heard-v.quiet, false)
			}
			return nil // the end of the sound, or of the Transcription
		}
	}
}
