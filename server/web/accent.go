package web

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Accent is a brand's colour, in the shades that the pages need of it.
type Accent struct {
	light, dark shades
}

// shades are the accent's colours in one scheme; see app.css for their parts.
type shades struct{ accent, strong, on, soft color }

// color is an sRGB colour, each part 0 to 1.
type color [3]float64

// The colours of app.css that the accent has to be told from.
var (
	white       = color{1, 1, 1}
	darkSurface = hex(0x19, 0x21, 0x1f)
	darkText    = hex(0x06, 0x14, 0x12)
)

// enough is the contrast that text needs (WCAG 2.2, 1.4.3).
const enough = 4.5

// ParseAccent reads a colour such as "#0f766e". In the light scheme buttons
// have it as their ground, under white text, and links on white: a colour that
// is too light for that is an error that names the nearest shade that is not.
// For the dark scheme it is lightened as far as needed.
func ParseAccent(text string) (Accent, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(text, "#"), 16, 32)
	if err != nil || len(text) != 7 || text[0] != '#' {
		return Accent{}, errors.New("must be a colour such as #0f766e")
	}
	c := hex(uint8(n>>16), uint8(n>>8), uint8(n))
	if got := contrast(c, white); got < enough {
		better := toward(c, color{}, func(c color) bool { return contrast(c, white) >= enough })
		return Accent{}, fmt.Errorf("has a contrast of %.1f to white, and text needs %.1f: take a darker shade, such as %s", got, enough, better)
	}
	bright := toward(c, white, func(c color) bool { return contrast(c, darkSurface) >= enough+0.5 && contrast(c, darkText) >= enough })
	return Accent{
		light: shades{accent: c, strong: c.mix(color{}, 0.22), on: white, soft: c.mix(white, 0.88)},
		dark:  shades{accent: bright, strong: bright.mix(white, 0.35), on: darkText, soft: bright.mix(darkSurface, 0.86)},
	}, nil
}

// IsZero says that there is no accent of the brand's own.
func (a Accent) IsZero() bool { return a == Accent{} }

// style is the style sheet that puts the accent in place.
func (a Accent) style() string {
	return ":root {\n" + a.light.properties() + "}\n" +
		"@media (prefers-color-scheme: dark) {\n:root {\n" + a.dark.properties() + "}\n}\n" +
		// The call is dark in both schemes.
		":root {\n  --stage-accent: " + a.dark.accent.String() + ";\n}\n"
}

func (a Accent) hash() string {
	sum := sha256.Sum256([]byte(a.style()))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

func (s shades) properties() string {
	return fmt.Sprintf("  --accent: %s;\n  --accent-strong: %s;\n  --on-accent: %s;\n  --accent-soft: %s;\n  --focus: %s;\n",
		s.accent, s.strong, s.on, s.soft, s.accent)
}

func hex(r, g, b uint8) color { return color{float64(r) / 255, float64(g) / 255, float64(b) / 255} }

func (c color) String() string {
	return fmt.Sprintf("#%02x%02x%02x", part(c[0]), part(c[1]), part(c[2]))
}

func part(v float64) int { return int(math.Round(v * 255)) }

// mix is c with a share of d in it.
func (c color) mix(d color, share float64) color {
	for i := range c {
		// Rounded to what a style sheet can say.
		c[i] = math.Round((c[i]*(1-share)+d[i]*share)*255) / 255
	}
	return c
}

// toward is the first of the colours from c to d that will do.
func toward(c, d color, ok func(color) bool) color {
	for step := range 101 {
		if m := c.mix(d, float64(step)/100); ok(m) {
			return m
		}
	}
	return d
}

// contrast is the contrast ratio of two colours, 1 to 21 (WCAG 2.2).
func contrast(a, b color) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// luminance is the relative luminance of sRGB (WCAG 2.2).
func (c color) luminance() float64 {
	var lin [3]float64
	for i, v := range c {
		if v <= 0.04045 {
			lin[i] = v / 12.92
		} else {
			lin[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*lin[0] + 0.7152*lin[1] + 0.0722*lin[2]
}
