//go:build js

package twiliojs

import (
	"context"
	"encoding/binary"
	"math"
	"syscall/js"

	"escalate/app/browser"
)

// meterSize is how many samples one reading takes: 21 ms at 48 kHz, short
// enough to follow syllables.
const meterSize = 1024

// meter measures the loudness of a MediaStreamTrack with the Web Audio API.
type meter struct {
	audio, analyser, source, track js.Value
	samples, bytes                 js.Value
	resuming                       bool
	buf                            [4 * meterSize]byte
}

// level is the loudness of track now: 0 at -60 dB and below, 1 at full scale.
func (m *meter) level(track js.Value) float64 {
	if !m.ready(track) {
		return 0
	}
	m.analyser.Call("getFloatTimeDomainData", m.samples)
	js.CopyBytesToGo(m.buf[:], m.bytes)
	sum := 0.0
	for i := 0; i < len(m.buf); i += 4 {
		s := float64(math.Float32frombits(binary.LittleEndian.Uint32(m.buf[i:])))
		sum += s * s
	}
	return loudness(math.Sqrt(sum / meterSize))
}

// ready connects the meter to track if it is not.
func (m *meter) ready(track js.Value) bool {
	if !exists(m.audio) {
		ctor := path(js.Global(), "AudioContext")
		if !exists(ctor) {
			return false
		}
		m.audio = ctor.New()
		m.analyser = m.audio.Call("createAnalyser")
		m.analyser.Set("fftSize", meterSize)
		m.samples = js.Global().Get("Float32Array").New(meterSize)
		m.bytes = js.Global().Get("Uint8Array").New(m.samples.Get("buffer"))
	}
	if str(m.audio, "state") == "suspended" && !m.resuming {
		// It starts suspended without a click on the page; the promise then
		// waits for one.
		m.resuming = true
		settle(m.audio.Call("resume"), func() { m.resuming = false })
	}
	if exists(m.track) && m.track.Equal(track) {
		return true
	}
	if exists(m.source) {
		m.source.Call("disconnect")
	}
	stream := js.Global().Get("MediaStream").New([]any{track})
	m.source = m.audio.Call("createMediaStreamSource", stream)
	m.source.Call("connect", m.analyser)
	m.track = track
	return true
}

func (m *meter) close() {
	if !exists(m.audio) {
		return
	}
	_ = browser.Try(func() error {
		if exists(m.source) {
			m.source.Call("disconnect")
		}
		settle(m.audio.Call("close"), func() {})
		return nil
	})
	*m = meter{}
}

// settle waits for a promise aside, so that its rejection is not "unhandled".
func settle(p js.Value, then func()) {
	go func() {
		_, _ = browser.Await(context.Background(), p)
		then()
	}()
}
