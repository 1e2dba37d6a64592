package docs

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"escalate/server/bench/plot"
)

var update = flag.Bool("update", false, "draw the plots of performance.md anew")

// drawn are the plots of performance.md: each draws one column of a table there, so
// that picture and figures cannot disagree. The benchmarks write the tables.
var drawn = []struct {
	file, title   string
	table, column string // the table whose first column has this head, and the column drawn
	ours          string // what the labels of ours begin with
	mark          float64
	markName      string
}{
	{file: "token-cpu.svg", title: "CPU for one request for an Access Token, µs", table: "one Access Token with a VideoGrant", column: "CPU/request", ours: "Escalate"},
	{file: "token-rate.svg", title: "Access Tokens a second", table: "one Access Token with a VideoGrant", column: "requests/s", ours: "Escalate"},
	{file: "media.svg", title: "Local Twilio's figure, LiveKit's being 1", table: "", column: "ratio", mark: 1, markName: "LiveKit"},
}

// TestPlots wants the plots to show the figures of the tables; -update draws them.
func TestPlots(t *testing.T) {
	t.Parallel()
	text := pages(t)["docs/performance.md"].text
	for _, d := range drawn {
		c := plot.Chart{Title: d.title, Mark: d.mark, MarkName: d.markName}
		for _, row := range column(t, text, d.table, d.column) {
			if v, ok := figure(row[1]); ok {
				c.Bars = append(c.Bars, plot.Bar{Label: strings.ReplaceAll(row[0], "`", ""), Value: v, Text: row[1], Ours: strings.HasPrefix(row[0], d.ours)})
			}
		}
		if len(c.Bars) < 2 {
			t.Fatalf("%s: found %d figures", d.file, len(c.Bars))
		}
		var b bytes.Buffer
		if err := c.Write(&b); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("plots", d.file)
		if *update {
			if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if old, err := os.ReadFile(file); err != nil || !bytes.Equal(old, b.Bytes()) {
			t.Errorf("%s does not show the figures of its table (make plots draws it): %v", file, err)
		}
	}
}

// column returns first cell and one other of each row of a table.
func column(t *testing.T, text, table, name string) (rows [][2]string) {
	t.Helper()
	at, inside := -1, false
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "|") {
			at, inside = -1, false
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if !inside {
			inside = true
			for i, c := range cells {
				if c == name && cells[0] == table {
					at = i
				}
			}
			continue
		}
		if at > 0 && at < len(cells) && !strings.HasPrefix(cells[0], "---") {
			rows = append(rows, [2]string{cells[0], cells[at]})
		}
	}
	return rows
}

var number = regexp.MustCompile(`^[0-9]+(?:[ .][0-9]+)*`)

// figure reads 27 668, 0.40 ms or 0.52.
func figure(cell string) (float64, bool) {
	v, err := strconv.ParseFloat(strings.ReplaceAll(number.FindString(cell), " ", ""), 64)
	return v, err == nil
}
