package plot_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"escalate/server/bench/plot"
)

// widths reads the widths of the bars, and that the drawing is XML.
func widths(t *testing.T, c plot.Chart) (list []float64) {
	t.Helper()
	var s strings.Builder
	if err := c.Write(&s); err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(strings.NewReader(s.String())); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, s.String())
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "rect" {
			for _, a := range e.Attr {
				if a.Name.Local == "width" {
					v, err := strconv.ParseFloat(a.Value, 64)
					if err != nil {
						t.Fatal(err)
					}
					list = append(list, v)
				}
			}
		}
	}
}

func TestChart(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		chart plot.Chart
		want  []float64 // of the longest bar
	}{
		{"in proportion", plot.Chart{Title: "CPU <per> request", Bars: []plot.Bar{{Label: `a & "b"`, Value: 20, Ours: true}, {Value: 5}}}, []float64{1, 0.25}},
		{"shorter than the mark", plot.Chart{Mark: 2, MarkName: "LiveKit", Bars: []plot.Bar{{Value: 1}}}, []float64{0.5}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := widths(t, tt.chart)
			if len(got) != len(tt.want) {
				t.Fatalf("%d bars, want %d", len(got), len(tt.want))
			}
			for i, w := range tt.want {
				if want := 330 * w; got[i] != want {
					t.Errorf("bar %d is %v wide, want %v", i, got[i], want)
				}
			}
		})
	}
	t.Run("nothing measured", func(t *testing.T) {
		t.Parallel()
		if got := widths(t, plot.Chart{Bars: []plot.Bar{{Label: "a"}}}); len(got) != 1 || got[0] != 1 {
			t.Errorf("bars %v, want one that can just be seen", got)
		}
	})
}
