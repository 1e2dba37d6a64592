// Package plot draws bars as SVG, for what benchmarks have measured. Its
// pictures are read on white and on black, and are the same bytes for the same
// figures.
package plot

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// Chart is some bars, one below the other.
type Chart struct {
	Title string
	Bars  []Bar
	// Mark is a value at which a line stands, with its name; no line for 0.
	Mark     float64
	MarkName string
}

// Bar is one figure.
type Bar struct {
	Label string
	Value float64
	Text  string // the figure as it is written
	Ours  bool   // in the colour of what the chart is about
}

// Sizes in pixels.
const (
	width      = 830
	labelWidth = 420
	textWidth  = 80
	barHeight  = 20
	barGap     = 12
	top        = 44
	bottom     = 16
	longest    = width - labelWidth - textWidth
)

const style = `text{font:13px system-ui,sans-serif;fill:#24292f}.t{font-weight:600;font-size:15px}.l{text-anchor:end}.o{fill:#0f766e}.b{fill:#9aa5b1}` +
	`.m{stroke:#cf222e;stroke-dasharray:4 3}@media(prefers-color-scheme:dark){text{fill:#e6edf3}.o{fill:#2dd4bf}.b{fill:#6e7681}.m{stroke:#ff7b72}}`

// Write draws the chart.
func (c Chart) Write(w io.Writer) error {
	most := c.Mark
	for _, b := range c.Bars {
		most = max(most, b.Value)
	}
	scale := func(v float64) float64 {
		if most <= 0 {
			return 0
		}
		return longest * max(v, 0) / most
	}
	height := top + len(c.Bars)*(barHeight+barGap) + bottom
	var s strings.Builder
	fmt.Fprintf(&s, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="%s">`+"\n", width, height, width, height, text(c.Title))
	fmt.Fprintf(&s, "<style>%s</style>\n<text class=\"t\" x=\"8\" y=\"24\">%s</text>\n", style, text(c.Title))
	for i, b := range c.Bars {
		y, class := top+i*(barHeight+barGap), "b"
		if b.Ours {
			class = "o"
		}
		long := scale(b.Value)
		fmt.Fprintf(&s, `<text class="l" x="%d" y="%d">%s</text><rect class="%s" x="%d" y="%d" width="%.1f" height="%d" rx="3"/><text x="%.1f" y="%d">%s</text>`+"\n",
			labelWidth-10, y+15, text(b.Label), class, labelWidth, y, max(long, 1), barHeight, labelWidth+max(long, 1)+8, y+15, text(b.Text))
	}
	if c.Mark > 0 {
		x := labelWidth + scale(c.Mark)
		fmt.Fprintf(&s, `<line class="m" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/><text class="l" x="%.1f" y="24">%s</text>`+"\n", x, x, top-12, height-bottom, x+40, text(c.MarkName))
	}
	s.WriteString("</svg>\n")
	_, err := io.WriteString(w, s.String())
	return err
}

// text is a string as XML has it.
func text(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}
