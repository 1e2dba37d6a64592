package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"text/tabwriter"
	"time"

	"escalate/server/bench/measure"
	"escalate/server/bench/plot"
)

// summary is the median of some rounds, each figure on its own.
type summary struct {
	perSecond          float64
	p50, p99, perAsked time.Duration
	failed             int // sum
}

func summarize(samples []sample) summary {
	var m summary
	var rates []float64
	var p50s, p99s, cpus []time.Duration
	for _, s := range samples {
		rates = append(rates, s.perSecond())
		p50s, p99s, cpus = append(p50s, s.p50), append(p99s, s.p99), append(cpus, s.perRequest())
		m.failed += s.failed
	}
	m.perSecond, m.p50, m.p99, m.perAsked = measure.Median(rates), measure.Median(p50s), measure.Median(p99s), measure.Median(cpus)
	return m
}

// report writes what was measured as tables in Markdown.
func (b *bench) report(w io.Writer, machine string) {
	fmt.Fprintf(w, "\n%s; %s\n%d connections from the same machine, %d rounds of %v each, medians.\n",
		time.Now().Format("2 January 2006"), machine, b.connections, b.rounds, b.duration)
	fmt.Fprintf(w, "Meanwhile others used %.0f %% of the machine.\n", 100*b.disturbed())

	fmt.Fprintf(w, "\nOne Access Token with a VideoGrant\n\n")
	t := tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)
	fmt.Fprintln(t, "| \t| requests/s\t| p50\t| p99\t| failed\t| CPU/request\t| CPU/mint without HTTP\t|")
	fmt.Fprintln(t, "|---\t|---\t|---\t|---\t|---\t|---\t|---\t|")
	alone := map[string]float64{}
	for _, l := range b.alones {
		alone[l.name] = measure.Median(l.got)
	}
	for _, c := range b.mints {
		row(t, c.name, summarize(c.samples))
		if a, ok := alone[c.name]; ok {
			fmt.Fprintf(t, " %s\t|\n", span(time.Duration(a*float64(time.Microsecond))))
		} else {
			fmt.Fprintf(t, " \t|\n")
		}
	}
	t.Flush()

	fmt.Fprintf(w, "\n%s against\n\n", nameGo)
	t = tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)
	fmt.Fprintln(t, "| \t| requests/s\t| CPU/request\t| CPU/mint without HTTP\t|")
	fmt.Fprintln(t, "|---\t|---\t|---\t|---\t|")
	for _, c := range b.mints[1:] {
		rate, cpu := against(b.mints[0].samples, c.samples)
		fmt.Fprintf(t, "| %s\t| %s\t| %s\t| %s\t|\n", c.name, times(rate), times(cpu), times(measure.Quotient(alone[c.name], alone[nameGo])))
	}
	t.Flush()

	fmt.Fprintf(w, "\nThe product's endpoints on local Twilio, in one process\n\n")
	t = tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)
	fmt.Fprintln(t, "| \t| requests/s\t| p50\t| p99\t| failed\t| CPU/request\t|")
	fmt.Fprintln(t, "|---\t|---\t|---\t|---\t|---\t|---\t|")
	for _, e := range b.ours {
		row(t, e.name, summarize(e.samples))
		fmt.Fprintln(t)
	}
	t.Flush()
}

// plot draws what a request for a token costs each contender.
func (b *bench) plot(file string) error {
	c := plot.Chart{Title: "CPU for one request for an Access Token, µs"}
	for _, m := range b.mints {
		cpu := summarize(m.samples).perAsked
		c.Bars = append(c.Bars, plot.Bar{Label: m.name, Value: float64(cpu) / float64(time.Microsecond), Text: span(cpu), Ours: m.name == nameGo})
	}
	var out bytes.Buffer
	if err := c.Write(&out); err != nil {
		return fmt.Errorf("draw the plot: %w", err)
	}
	return os.WriteFile(file, out.Bytes(), 0o644)
}

func row(w io.Writer, name string, m summary) {
	fmt.Fprintf(w, "| %s\t| %.0f\t| %s\t| %s\t| %d\t| %s\t|", name, m.perSecond, span(m.p50), span(m.p99), m.failed, span(m.perAsked))
}

// against is how many times as many requests ours answers as theirs, and how
// many times the CPU time theirs needs for one: medians of what the two did in
// the same round, one after the other, so that a busy minute meets both.
func against(ours, theirs []sample) (rate, cpu float64) {
	var rates, cpus []float64
	for i := range min(len(ours), len(theirs)) {
		rates = append(rates, measure.Quotient(ours[i].perSecond(), theirs[i].perSecond()))
		cpus = append(cpus, measure.Quotient(float64(theirs[i].perRequest()), float64(ours[i].perRequest())))
	}
	return measure.Median(rates), measure.Median(cpus)
}

// disturbed is the share of the machine that others used.
func (b *bench) disturbed() float64 {
	var shares []float64
	for _, c := range b.mints {
		for _, s := range c.samples {
			shares = append(shares, s.others.Seconds()/s.elapsed.Seconds()/float64(runtime.NumCPU()))
		}
	}
	return measure.Median(shares)
}

// times writes a quotient; unknown ones are empty.
func times(q float64) string {
	if q <= 0 {
		return ""
	}
	return fmt.Sprintf("%.1f×", q)
}

// span writes a time with three digits or so; unknown ones are empty.
func span(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d < 10*time.Microsecond:
		return fmt.Sprintf("%.1f µs", float64(d)/float64(time.Microsecond))
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.2f ms", d.Seconds()*1000)
	}
	return fmt.Sprintf("%.1f ms", d.Seconds()*1000)
}
