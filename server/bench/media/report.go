package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"escalate/server/bench/measure"
)

// compared are the medians of a figure and the median of its rounds' ratios,
// ours to theirs: the two of a round came one after the other, so that a busy
// minute meets both.
type compared struct{ ours, theirs, ratio float64 }

func compare[T any](r rounds[T], of func(T) float64) (c compared) {
	var ratios []float64
	c.ours, c.theirs = median(r.ours, of), median(r.theirs, of)
	for i := range min(len(r.ours), len(r.theirs)) {
		if r.ours[i] != nil && r.theirs[i] != nil {
			ratios = append(ratios, measure.Quotient(of(*r.ours[i]), of(*r.theirs[i])))
		}
	}
	c.ratio = measure.Median(ratios)
	return c
}

// median is of the rounds that did not fail.
func median[T any](all []*T, of func(T) float64) float64 {
	var got []float64
	for _, r := range all {
		if r != nil {
			got = append(got, of(*r))
		}
	}
	return measure.Median(got)
}

// worst is the greatest of the rounds that did not fail.
func worst[T any](all []*T, of func(T) float64) (w float64) {
	for _, r := range all {
		if r != nil {
			w = max(w, of(*r))
		}
	}
	return w
}

func failures[T any](all []*T) (n int) {
	for _, r := range all {
		if r == nil {
			n++
		}
	}
	return n
}

// table writes rows in Markdown.
type table struct{ *tabwriter.Writer }

func newTable(w io.Writer, title string, columns ...string) table {
	fmt.Fprintf(w, "\n%s\n\n", title)
	t := table{tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)}
	t.row(columns...)
	rule := make([]string, len(columns))
	for i := range rule {
		rule[i] = "---"
	}
	t.row(rule...)
	return t
}

func (t table) row(cells ...string) { fmt.Fprintf(t, "| %s\t|\n", strings.Join(cells, "\t| ")) }

// figure is a row that compares, with an aim where there is one.
func (t table) figure(name string, c compared, write func(float64) string, aim string) {
	t.row(name, write(c.ours), write(c.theirs), times(c.ratio), aim)
}

// atMost is an aim for a ratio and whether it was met.
func atMost(aim float64, c compared) string {
	return fmt.Sprintf("at most %.1f×: %s", aim, met(c.ratio > 0 && c.ratio <= aim))
}

func met(ok bool) string {
	if ok {
		return "met"
	}
	return "**missed**"
}

// Aims.
const (
	aimFirstFrame = 1.0
	aimOtherSide  = 0.6
	aimCPU        = 1.0
	aimMemory     = 0.7
	aimIdle       = 20.0   // MB
	aimFreeze     = 1000.0 // ms
)

func (b *bench) report(w io.Writer, machine string) {
	fmt.Fprintf(w, "\n%s; %s\nMedians; ratios are medians of the rounds' ratios, %s to %s.\n",
		time.Now().Format("2 January 2006"), machine, nameOurs, nameLiveKit)
	if b.has(partCalls) {
		b.reportCalls(w)
	}
	if b.has(partLoad) {
		b.reportLoads(w)
	}
	if b.has(partBad) {
		b.reportBad(w)
	}
	if b.has(partAlone) {
		b.reportAlone(w)
	}
}

func (b *bench) reportCalls(w io.Writer) {
	t := newTable(w, fmt.Sprintf("A customer joins an agent, %dx%d without simulcast, %d calls each", cameraWidth, cameraHeight, b.rounds),
		"", nameOurs, nameLiveKit, "ratio", "aim")
	first, other := compare(b.calls, callResult.firstFrame), compare(b.calls, callResult.otherSide)
	t.figure("join to the agent's first frame", first, ms, atMost(aimFirstFrame, first))
	t.figure("the SDK's event to that frame", compare(b.calls, callResult.afterSubscribed), ms, "")
	t.figure("join to the customer's first frame at the agent's", other, ms, atMost(aimOtherSide, other))
	t.row("descriptions that came until then", count(median(b.calls.ours, descriptions)), count(median(b.calls.theirs, descriptions)), "", "")
	b.failuresRow(t, b.calls)
	t.Flush()
	t = newTable(w, "Where the time to the agent's first frame goes", "", nameOurs, nameLiveKit)
	for i, p := range phases {
		of := func(r callResult) float64 { return split(r.customer)[i] }
		t.row(p.name, ms(median(b.calls.ours, of)), ms(median(b.calls.theirs, of)))
	}
	t.Flush()
	t = newTable(w, "Where the time to the customer's first frame goes", "", nameOurs, nameLiveKit)
	for i, p := range otherPhases {
		of := func(r callResult) float64 { return splitOther(r)[i] }
		t.row(p.name, ms(median(b.calls.ours, of)), ms(median(b.calls.theirs, of)))
	}
	t.Flush()
}

func descriptions(r callResult) float64 { return float64(r.customer.Descriptions) }

func (b *bench) failuresRow(t table, r rounds[callResult]) {
	if n, m := failures(r.ours), failures(r.theirs); n+m > 0 {
		t.row("calls that failed", count(float64(n)), count(float64(m)), "", "")
	}
}

func (b *bench) reportLoads(w io.Writer) {
	t := newTable(w, fmt.Sprintf("%v, %d loads each, %v of each measured", b.load, b.loadRounds, b.window), "", nameOurs, nameLiveKit, "ratio", "aim")
	cpu, memory := compare(b.loads, cpuOf), compare(b.loads, memoryOf)
	idle := compare(b.loads, idleOf)
	t.figure("CPU time for a second of one forwarded Track", cpu, micros, atMost(aimCPU, cpu))
	t.figure("CPU time for one forwarded packet", compare(b.loads, packetOf), micros, "")
	t.figure(fmt.Sprintf("memory with %d Participants", b.load.participants()), memory, megabytes, atMost(aimMemory, memory))
	t.figure("memory before anybody came", idle, megabytes, fmt.Sprintf("at most %.0f MB: %s", aimIdle, met(idle.ours <= aimIdle*1e6)))
	t.figure("start-up until its port answered", compare(b.loads, startOf), ms, "")
	t.row("of what ought to be was sent", percent(median(b.loads.ours, loadResult.kept)), percent(median(b.loads.theirs, loadResult.kept)), "", "")
	t.row("of that arrived", percent(median(b.loads.ours, loadResult.delivered)), percent(median(b.loads.theirs, loadResult.delivered)), "", "")
	t.row("others used of the machine", percent(median(b.loads.ours, loadResult.disturbed)), percent(median(b.loads.theirs, loadResult.disturbed)), "", "")
	if n, m := failures(b.loads.ours), failures(b.loads.theirs); n+m > 0 {
		t.row("loads that failed", count(float64(n)), count(float64(m)), "", "")
	}
	t.Flush()
}

// Figures of a load as numbers: µs, bytes, ms.
func cpuOf(r loadResult) float64    { return micro(r.perStream()) }
func packetOf(r loadResult) float64 { return micro(r.perPacket()) }
func memoryOf(r loadResult) float64 { return float64(r.memory) }
func idleOf(r loadResult) float64   { return float64(r.idle) }
func startOf(r loadResult) float64  { return 1000 * r.startUp.Seconds() }

func micro(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func (b *bench) reportBad(w io.Writer) {
	t := newTable(w, fmt.Sprintf("The same on a bad line: %v there and back, %.0f %% lost each way; %d calls each, watched for %v",
		2*badNetwork.delay, 100*badNetwork.loss, b.badRounds, b.watch), "", nameOurs, nameLiveKit, "ratio", "aim")
	first := compare(b.badCalls, callResult.firstFrame)
	t.figure("join to the agent's first frame", first, ms, atMost(aimFirstFrame, first))
	t.figure("the SDK's event to that frame", compare(b.badCalls, callResult.afterSubscribed), ms, "")
	t.figure("join to the customer's first frame at the agent's", compare(b.badCalls, callResult.otherSide), ms, "")
	gap := worst(b.badCalls.ours, longest)
	t.figure("longest time between two frames", compare(b.badCalls, longest), ms, "")
	t.row("the worst of them", ms(gap), ms(worst(b.badCalls.theirs, longest)), "", fmt.Sprintf("at most 1 s: %s", met(gap > 0 && gap <= aimFreeze)))
	t.figure("frozen, of both together", compare(b.badCalls, frozen), ms, "")
	t.row("width of the picture at the end", count(median(b.badCalls.ours, width)), count(median(b.badCalls.theirs, width)), "", "")
	t.row("frames a second", count(median(b.badCalls.ours, b.rate)), count(median(b.badCalls.theirs, b.rate)), "", "")
	t.row("packets that the line lost", percent(median(b.badCalls.ours, lost)), percent(median(b.badCalls.theirs, lost)), "", "")
	b.failuresRow(t, b.badCalls)
	t.Flush()
}

// Figures of a watched call, of both who watched.
func longest(r callResult) float64 { return max(r.customerSaw.Longest, r.agentSaw.Longest) }
func frozen(r callResult) float64  { return r.customerSaw.Frozen + r.agentSaw.Frozen }
func width(r callResult) float64   { return float64(min(r.customerSaw.Width, r.agentSaw.Width)) }
func lost(r callResult) float64    { return r.lost }

func (b *bench) rate(r callResult) float64 {
	return float64(r.customerSaw.Frames+r.agentSaw.Frames) / 2 / b.watch.Seconds()
}

func (b *bench) reportAlone(w io.Writer) {
	t := newTable(w, fmt.Sprintf("%v, %d loads of %s alone", b.settings.alone, b.aloneRounds, nameOurs), "", nameOurs)
	t.row("CPU time for a second of one forwarded Track", micros(median(b.alone, cpuOf)))
	t.row("CPU time for one forwarded packet", micros(median(b.alone, packetOf)))
	t.row("memory for one Room", megabytes(median(b.alone, func(r loadResult) float64 { return float64(r.perRoom()) })))
	t.row(fmt.Sprintf("memory with %d Participants", b.settings.alone.participants()), megabytes(median(b.alone, memoryOf)))
	t.row("of what ought to be was sent", percent(median(b.alone, loadResult.kept)))
	t.row("of that arrived", percent(median(b.alone, loadResult.delivered)))
	t.row("others used of the machine", percent(median(b.alone, loadResult.disturbed)))
	if n := failures(b.alone); n > 0 {
		t.row("loads that failed", count(float64(n)))
	}
	t.Flush()
}

// How figures are written; unknown ones are empty.
func ms(v float64) string        { return known(v, "%.0f ms", v) }
func micros(v float64) string    { return known(v, "%.1f µs", v) }
func megabytes(v float64) string { return known(v, "%.1f MB", v/1e6) }
func percent(v float64) string   { return known(v, "%.1f %%", 100*v) }
func count(v float64) string     { return known(v, "%.0f", v) }
func times(v float64) string     { return known(v, "%.2f×", v) }

func known(v float64, format string, shown float64) string {
	if v <= 0 {
		return ""
	}
	return fmt.Sprintf(format, shown)
}
