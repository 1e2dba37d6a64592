//go:build e2e && pictures

package e2e

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// person is somebody drawn, for pictures of the product: Chromium's own fake
// camera shows a green test pattern, and a photograph would be of somebody.
type person struct {
	wall, floor, window    color.RGBA
	skin, hair, eyes       color.RGBA
	clothes, collar        color.RGBA
	headset, longHair, cup bool
}

var (
	agentPerson = person{
		wall: rgb(0xE4EBF5), floor: rgb(0xCFDBEB), window: rgb(0xF7FAFE),
		skin: rgb(0xC98D6A), hair: rgb(0x2C2230), eyes: rgb(0x2A1D1A), clothes: rgb(0x2F6FB0), collar: rgb(0xF3F6FA), headset: true,
	}
	customerPerson = person{
		wall: rgb(0xF2E6D8), floor: rgb(0xE3D0BA), window: rgb(0xFCF6EE),
		skin: rgb(0xE8B594), hair: rgb(0x7A4A2B), eyes: rgb(0x33231C), clothes: rgb(0x4E8C6A), collar: rgb(0x3D7357), longHair: true, cup: true,
	}
)

func rgb(v uint32) color.RGBA { return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255} }

// film writes a moment of the person as Chromium's camera wants it, and
// returns the file. The person breathes, nods a little and blinks.
func (p person) film(t *testing.T, width, height int) string {
	t.Helper()
	const frames = 8
	var out bytes.Buffer
	for i := range frames {
		img := p.frame(width, height, float64(i)/frames)
		if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 92}); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "camera.mjpeg")
	if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// canvas is drawn on in units of its height, the middle of its width being 0.
type canvas struct {
	*image.RGBA
	height float64
}

// fill covers everything that is inside: distance is how far a point is outside
// of the shape, negative inside.
func (c canvas) fill(to color.RGBA, distance func(x, y float64) float64) {
	b := c.Bounds()
	for py := range b.Dy() {
		for px := range b.Dx() {
			x, y := (float64(px)+0.5-float64(b.Dx())/2)/c.height, (float64(py)+0.5)/c.height
			cover := min(max(0.5-distance(x, y)*c.height, 0), 1)
			if cover == 0 {
				continue
			}
			at := c.RGBAAt(px, py)
			mix := func(a, b uint8) uint8 { return uint8(float64(a)*(1-cover) + float64(b)*cover + 0.5) }
			c.SetRGBA(px, py, color.RGBA{mix(at.R, to.R), mix(at.G, to.G), mix(at.B, to.B), 255})
		}
	}
}

// oval is about (cx, cy) with the half axes rx and ry.
func oval(cx, cy, rx, ry float64) func(x, y float64) float64 {
	return func(x, y float64) float64 { return (math.Hypot((x-cx)/rx, (y-cy)/ry) - 1) * min(rx, ry) }
}

// box has corners rounded by r.
func box(cx, cy, hw, hh, r float64) func(x, y float64) float64 {
	return func(x, y float64) float64 {
		dx, dy := math.Abs(x-cx)-hw+r, math.Abs(y-cy)-hh+r
		return math.Hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - r
	}
}

// arc is the part below y of a ring.
func arc(cx, cy, radius, thick, below float64) func(x, y float64) float64 {
	return func(x, y float64) float64 {
		return max(math.Abs(math.Hypot(x-cx, y-cy)-radius)-thick, below-y)
	}
}

// over is the part above y of a ring.
func over(cx, cy, radius, thick, above float64) func(x, y float64) float64 {
	return func(x, y float64) float64 {
		return max(math.Abs(math.Hypot(x-cx, y-cy)-radius)-thick, y-above)
	}
}

// frame draws the person at a moment between 0 and 1 of the film, which is a loop.
func (p person) frame(width, height int, at float64) image.Image {
	c := canvas{image.NewRGBA(image.Rect(0, 0, width, height)), float64(height)}
	wave := math.Sin(2 * math.Pi * at)
	breath, nod := 0.004*wave, 0.006*math.Sin(2*math.Pi*at+1)
	shade := func(k color.RGBA, f float64) color.RGBA {
		return color.RGBA{uint8(float64(k.R) * f), uint8(float64(k.G) * f), uint8(float64(k.B) * f), 255}
	}

	// The room: a wall with a window, and a plant.
	c.fill(p.wall, box(0, 0.5, 2, 1, 0))
	c.fill(p.floor, box(0, 1.1, 2, 0.22, 0))
	c.fill(shade(p.wall, 0.93), box(-0.52, 0.33, 0.225, 0.265, 0.02))
	for _, w := range [][2]float64{{-0.625, 0.205}, {-0.415, 0.205}, {-0.625, 0.455}, {-0.415, 0.455}} {
		c.fill(p.window, box(w[0], w[1], 0.094, 0.114, 0.012))
	}
	for i, leaf := range []float64{-0.55, -0.25, 0.05, 0.35} {
		x, y := 0.6+0.13*math.Sin(leaf), 0.75-0.15*math.Cos(leaf)
		c.fill(shade(rgb(0x6FA37B), 0.9+0.05*float64(i)), func(px, py float64) float64 {
			dx, dy := px-x, py-y
			u, v := dx*math.Cos(leaf)+dy*math.Sin(leaf), -dx*math.Sin(leaf)+dy*math.Cos(leaf)
			return oval(0, 0, 0.045, 0.15)(u, v)
		})
	}
	c.fill(rgb(0xB5754C), box(0.6, 0.85, 0.085, 0.1, 0.02))

	// The person, head and shoulders.
	hx, hy := 0.004*wave, 0.40+nod
	if p.longHair {
		c.fill(p.hair, box(hx, hy+0.10, 0.195, 0.27, 0.17))
	}
	c.fill(p.clothes, box(0, 0.98-breath, 0.37, 0.33, 0.19))
	c.fill(shade(p.skin, 0.9), box(hx, hy+0.2, 0.062, 0.105, 0.055))
	c.fill(p.collar, func(x, y float64) float64 {
		return max(math.Abs(math.Hypot(x-hx, (y-0.625+breath)*1.1)-0.095)-0.016, 0.652-breath-y)
	})
	c.fill(p.skin, oval(hx-0.158, hy+0.02, 0.028, 0.042))
	c.fill(p.skin, oval(hx+0.158, hy+0.02, 0.028, 0.042))
	c.fill(p.skin, box(hx, hy, 0.157, 0.19, 0.152))
	// The hair ends above the forehead.
	c.fill(p.hair, func(x, y float64) float64 {
		return max(box(hx, hy-0.03, 0.175, 0.19, 0.17)(x, y), -oval(hx+0.014, hy+0.06, 0.168, 0.165)(x, y), y-hy-0.03)
	})
	blink := 0.019
	if at > 0.84 && at < 0.92 {
		blink = 0.004
	}
	for _, side := range []float64{-1, 1} {
		x := hx + side*0.062
		c.fill(p.eyes, oval(x, hy+0.005, 0.0145, blink))
		c.fill(p.hair, over(x, hy+0.03, 0.075, 0.006, hy-0.034))
		c.fill(shade(p.skin, 0.93), oval(hx+side*0.095, hy+0.065, 0.026, 0.017))
	}
	c.fill(shade(p.skin, 0.88), oval(hx, hy+0.052, 0.013, 0.018))
	c.fill(rgb(0x8E3B3B), arc(hx, hy+0.055, 0.062, 0.008, hy+0.093))
	if p.headset {
		dark := rgb(0x37404D)
		c.fill(dark, over(hx, hy+0.01, 0.198, 0.011, hy+0.01))
		c.fill(dark, box(hx-0.19, hy+0.03, 0.025, 0.05, 0.02))
		c.fill(dark, box(hx+0.19, hy+0.03, 0.025, 0.05, 0.02))
		c.fill(dark, func(x, y float64) float64 {
			return max(math.Abs(math.Hypot(x-hx+0.02, y-hy-0.03)-0.17)-0.006, hy+0.07-y, x-hx+0.09)
		})
		c.fill(dark, oval(hx-0.1, hy+0.178, 0.022, 0.013))
	}
	if p.cup {
		c.fill(rgb(0xFFFFFF), over(0.345, 0.88, 0.042, 0.011, 1))
		c.fill(rgb(0xF8F8F8), box(0.29, 0.89, 0.06, 0.075, 0.015))
	}
	return c
}
