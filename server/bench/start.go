package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"escalate/app/wire"
	"escalate/server/bench/measure"
	"escalate/server/chromium"
)

// line is a network and a processor that the browser pretends to have.
type line struct {
	name    string
	latency float64 // ms from a request to its answer; 0: not throttled
	bits    float64 // a second, down
	cpu     float64 // times slower
}

// lines are a desk, a good phone and a bad one.
var lines = []line{
	{name: "unthrottled", cpu: 1},
	{name: "Fast: 9 Mbps, 75 ms, 4x CPU", latency: 75, bits: 9e6, cpu: 4},
	{name: "Slow: 1.6 Mbps, 150 ms, 6x CPU", latency: 150, bits: 1.6e6, cpu: 6},
}

// others are the flags -other: folders with another build's files, by name.
type others []struct{ name, dir string }

func (o *others) String() string { return fmt.Sprint(*o) }

func (o *others) Set(v string) error {
	name, dir, ok := strings.Cut(v, "=")
	if !ok {
		return errors.New("want name=folder")
	}
	*o = append(*o, struct{ name, dir string }{name, dir})
	return nil
}

// startPage is a page whose start is measured.
type startPage struct {
	name, url string
	got       [][]visit // by line
}

// measureStart measures cold starts: the customer's page as built, the same
// page with the files of other builds, and go-app's least page as the control.
// The rounds alternate between the pages.
func measureStart(ctx context.Context, s settings, program string, quality int, more others, out io.Writer) error {
	dir, err := os.MkdirTemp("", "escalate-start-")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(dir)
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	product, err := startChild(ctx, nil, self, "-role", roleProduct, "-rounds", "1", "-connections", "1")
	if err != nil {
		return err
	}
	defer product.close()
	r, err := escalate(product.URL, product.Seats[0])
	if err != nil {
		return err
	}
	var e wire.Escalation
	if err := ask(r.WithContext(ctx), &e); err != nil {
		return fmt.Errorf("escalate: %w", err)
	}
	pages := []*startPage{}
	for _, b := range append(others{{"Escalate", "static/web"}}, more...) {
		f, err := startFront(product.URL, b.dir)
		if err != nil {
			return fmt.Errorf("serve %s: %w", b.name, err)
		}
		defer f.Close()
		pages = append(pages, &startPage{name: b.name, url: f.URL + wire.JoinPath(e.Link)})
	}
	control, err := startControl(ctx, dir, quality)
	if err != nil {
		return fmt.Errorf("control page: %w", err)
	}
	defer control.close()
	pages = append(pages, &startPage{name: "go-app's hello", url: control.URL + "/"})

	b, stop, err := chromium.Start(ctx, program, filepath.Join(dir, "profile"))
	if err != nil {
		return err
	}
	defer stop()
	for _, p := range pages {
		p.got = make([][]visit, len(lines))
		if _, err := pay(b, p.url, lines[0]); err != nil { // the first is slow for reasons of its own
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	for range s.rounds {
		for i, l := range lines {
			for _, p := range pages {
				v, err := pay(b, p.url, l)
				if err != nil {
					return fmt.Errorf("%s, %s: %w", p.name, l.name, err)
				}
				p.got[i] = append(p.got[i], v)
			}
		}
	}
	reportStart(out, s.rounds, pages)
	return nil
}

func reportStart(out io.Writer, rounds int, pages []*startPage) {
	fmt.Fprintf(out, "\nCold start in ms: first paint, a click is taken, Go answers one. Medians of %d, %d cores, %s, headless Chromium.\n",
		rounds, runtime.NumCPU(), time.Now().Format(time.DateOnly))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for i, l := range lines {
		fmt.Fprintf(w, "\n%s\tkB\tpaint\tusable\tlive\n", l.name)
		for _, p := range pages {
			var kB, paint, usable, live []float64
			for _, v := range p.got[i] {
				kB, paint, usable, live = append(kB, v.Bytes/1000), append(paint, v.Paint), append(usable, v.Usable), append(live, v.Live)
			}
			fmt.Fprintf(w, "%s\t%.0f\t%.0f\t%.0f\t%.0f\n", p.name, measure.Median(kB), measure.Median(paint), measure.Median(usable), measure.Median(live))
		}
	}
	_ = w.Flush() // to a terminal
}
