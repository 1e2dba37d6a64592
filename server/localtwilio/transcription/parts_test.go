package transcription

import (
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"
)

func TestOrder(t *testing.T) {
	tests := []struct {
		name     string
		in, want []uint16
	}{
		{"in order", []uint16{1, 2, 3}, []uint16{1, 2, 3}},
		{"two changed places", []uint16{1, 3, 2, 4}, []uint16{1, 2, 3, 4}},
		{"over the end", []uint16{65534, 0, 65535, 1}, []uint16{65534, 65535, 0, 1}},
		{"twice", []uint16{1, 2, 2, 4, 4, 3}, []uint16{1, 2, 3, 4}},
		{"one lost", []uint16{1, 3, 4, 5, 6, 7, 8, 9}, []uint16{1, 3, 4, 5, 6, 7, 8, 9}},
		{"too late", []uint16{1, 3, 4, 5, 6, 7, 8, 9, 2, 10}, []uint16{1, 3, 4, 5, 6, 7, 8, 9, 10}},
		{"another count", []uint16{5000, 5002, 17, 18}, []uint16{5000, 5002, 17, 18}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var o order
			var got []uint16
			take := func(ps []*rtp.Packet) {
				for _, p := range ps {
					got = append(got, p.SequenceNumber)
				}
			}
			for _, n := range tt.in {
				take(o.push(&rtp.Packet{Header: rtp.Header{SequenceNumber: n}}))
			}
			take(o.flush())
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// packet is the nth of the sentence, in RTP.
func packet(n int, payload []byte) *rtp.Packet {
	return &rtp.Packet{Header: rtp.Header{SequenceNumber: uint16(n), Timestamp: uint32(4294960000) + uint32(n)*960, SSRC: 7}, Payload: payload}
}

// TestDecoder: sound takes as long as it took, whatever came of it.
func TestDecoder(t *testing.T) {
	said := sentence(t)
	per := samples(frame)
	whole := func(d *decoder, keep func(n int) bool) (pcm []int16) {
		for n, p := range said {
			if keep(n) {
				pcm = append(pcm, d.packet(packet(n, p))...)
			}
		}
		return append(pcm, d.flush()...)
	}
	var d decoder
	all := whole(&d, func(int) bool { return true })
	if len(all) != len(said)*per {
		t.Fatalf("%d samples of %d packets", len(all), len(said))
	}
	if dB := level(all); dB < -35 || dB > -10 {
		t.Errorf("the sentence has %.1f dB", dB)
	}
	t.Run("a packet lost is silence", func(t *testing.T) {
		var d decoder
		pcm := whole(&d, func(n int) bool { return n != 40 })
		if len(pcm) != len(all) || level(pcm[40*per:41*per]) > -100 || level(pcm[:40*per]) < -35 {
			t.Errorf("%d samples, want %d; %.1f dB where nothing came", len(pcm), len(all), level(pcm[40*per:41*per]))
		}
	})
	t.Run("a pause that was filled", func(t *testing.T) {
		var d decoder
		n := len(d.packet(packet(0, said[20])))
		n += len(d.silence(300 * time.Millisecond))
		// 15 packets' time has passed for the publisher too, and then 3 packets late.
		n += len(d.packet(packet(1, said[21])))
		n += len(d.packet(packet(2, said[22])))
		if want := 3*per + samples(300*time.Millisecond); n != want {
			t.Errorf("%d samples, want %d", n, want)
		}
	})
	t.Run("a count that jumps", func(t *testing.T) {
		var d decoder
		n := len(d.packet(packet(0, said[20])))
		p := packet(1, said[21])
		p.Timestamp += 48000 * 60
		if n += len(d.packet(p)); n != 2*per {
			t.Errorf("%d samples, want %d", n, 2*per)
		}
	})
	t.Run("other media", func(t *testing.T) {
		var d decoder
		n := len(d.packet(packet(0, said[20])))
		p := packet(9, said[21])
		p.SSRC = 8
		if n += len(d.packet(p)); n != 2*per {
			t.Errorf("%d samples, want %d", n, 2*per)
		}
	})
}

// FuzzDecoder: nothing that anybody sends ends more than itself.
func FuzzDecoder(f *testing.F) {
	f.Add([]byte{0xf8, 0xff, 0xfe}, []byte{0x78, 1, 2, 3, 4, 5})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		var d decoder
		n := 0
		for i, p := range [][]byte{a, b, a} {
			n += len(d.packet(packet(i, p)))
		}
		if n += len(d.flush()); n > 3*samples(maxPacket) {
			t.Errorf("%d samples of three packets", n)
		}
	})
}

func TestVoice(t *testing.T) {
	tone := func(d time.Duration, dB float64) []int16 {
		pcm := make([]int16, samples(d))
		peak := math.Sqrt2 * math.Pow(10, dB/20) * (1 << 15)
		for i := range pcm {
			pcm[i] = int16(peak * math.Sin(2*math.Pi*440*float64(i)/rate))
		}
		return pcm
	}
	noise := func(d time.Duration, dB float64) []int16 {
		pcm, r := make([]int16, samples(d)), rand.New(rand.NewPCG(1, 2))
		for i := range pcm {
			pcm[i] = int16(r.NormFloat64() * math.Pow(10, dB/20) * (1 << 15))
		}
		return pcm
	}
	if dB := level(tone(time.Second, -20)); math.Abs(dB+20) > 0.1 {
		t.Errorf("a tone of -20 dB has %.2f", dB)
	}
	var v voice
	steps := []struct {
		what string
		pcm  []int16
		want bool
	}{
		{"nothing", make([]int16, samples(time.Second)), false},
		{"a fan", noise(time.Second, -55), false},
		{"a click", tone(frame, -10), false},
		{"nothing", make([]int16, samples(time.Second)), false},
		{"a voice", tone(200*time.Millisecond, -30), true},
		{"the pause between words", make([]int16, samples(400*time.Millisecond)), true},
		{"a softer voice", tone(200*time.Millisecond, -48), true},
		{"the end of it", make([]int16, samples(700*time.Millisecond)), false},
		{"as soft a voice", tone(200*time.Millisecond, -48), false},
	}
	for _, s := range steps {
		// In pieces that are no frames.
		got := false
		for piece := range slices.Chunk(s.pcm, 77) {
			got = v.push(piece)
		}
		if got != s.want {
			t.Errorf("%s: %t, want %t", s.what, got, s.want)
		}
	}
}

func TestLanguage(t *testing.T) {
	for code, want := range map[string]string{
		"": "en-US", "en-US": "en-US", "EN-us": "en-US", "de": "de", "zh-hans-cn": "zh-Hans-CN", "es-419": "es-419", "multi": "multi",
	} {
		if got := (configuration{"languageCode": code}).language(); got != want {
			t.Errorf("%q is %q, want %q", code, got, want)
		}
	}
}

func TestBacklog(t *testing.T) {
	b := newBacklog(time.Millisecond) // 16 samples
	if !b.write([]int16{1, -2}) || !b.write(make([]int16, 14)) {
		t.Fatal("full too early")
	}
	if b.write([]int16{3}) {
		t.Error("more than its limit")
	}
	p := make([]byte, 4)
	if _, err := io.ReadFull(b, p); err != nil || !slices.Equal(p, []byte{1, 0, 0xfe, 0xff}) {
		t.Errorf("read %v, %v", p, err)
	}
	if !b.write([]int16{3}) {
		t.Error("no room after reading")
	}
	b.finish()
	if rest, err := io.ReadAll(b); err != nil || len(rest) != 30 {
		t.Errorf("%d bytes, %v", len(rest), err)
	}
	waiting := newBacklog(time.Second)
	read := make(chan error)
	go func() {
		_, err := waiting.Read(p)
		read <- err
	}()
	_ = waiting.Close()
	if err := <-read; !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("read %v of what is closed", err)
	}
	if !waiting.write(make([]int16, 2*rate)) {
		t.Error("what nobody reads is too much")
	}
}
