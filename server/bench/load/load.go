package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"golang.org/x/sync/errgroup"

	"escalate/server/bench/measure"
)

// errInvariant says that something was lost, or is left over.
var errInvariant = errors.New("an invariant is broken")

// errTarget says that a figure is beyond what it should be.
var errTarget = errors.New("a figure misses its target")

// loadPlan is what `make load` does.
type loadPlan struct {
	streams  int           // codes that wait, each with its customer's page
	clicking int           // people who do something at the same time
	joins    int           // calls without news between replicas, and again with
	joinRate float64       // calls a second
	rest     time.Duration // for which nobody does anything
	settle   time.Duration // what locks and Rooms get to be free after the last call
}

// load is a run of it.
type load struct {
	plan  loadPlan
	tree  *tree
	tally *tally
	out   io.Writer
	calls []*call

	figures []figure
}

// figure is one line of the report.
type figure struct {
	what, value, target string
	missed              bool
}

func (l *load) figure(what, value string) {
	l.figures = append(l.figures, figure{what: what, value: value})
}

func (l *load) aim(what, format string, value, most float64) {
	l.figures = append(l.figures, figure{what, fmt.Sprintf(format, value), "at most " + fmt.Sprintf(format, most), value > most})
}

// run does it all. It returns errInvariant after it has written what is broken.
func (l *load) run(ctx context.Context, natsAddr string) error {
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"escalating", l.escalate},
		{"replacing each replica", l.replace},
		{"opening streams", l.open},
		{"resting", l.atRest},
		{"clicking on Join", l.click},
		{"calls without news", func(ctx context.Context) error { return l.meet(ctx, "without NATS", 0, 3500*time.Millisecond) }},
		{"calls with news over NATS", func(ctx context.Context) error { return l.withNews(ctx, natsAddr) }},
	} {
		fmt.Fprintf(l.out, "%s  %s\n", time.Now().Format("15:04:05"), step.what)
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
		if err := l.tree.crashed(); err != nil {
			return err
		}
	}
	return l.audit(ctx)
}

// eachOf does f for all, some at a time, and returns the first error of f, after which it begins no more.
func eachOf[T any](ctx context.Context, atOnce int, all []T, f func(T) error) error {
	g, going := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for _, one := range all {
		g.Go(func() error {
			if err := going.Err(); err != nil {
				return err // the first is kept
			}
			return f(one)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// cpu is the CPU time that the replicas have used.
func (l *load) cpu() (total time.Duration) {
	for _, r := range l.tree.replicas {
		used, _ := measure.CPUTime(r.program.pid())
		total += used
	}
	return total
}

func (l *load) escalate(ctx context.Context) error {
	for i, s := range l.tree.seats {
		l.calls = append(l.calls, l.tree.newCall(i, s, l.tally))
	}
	before, began := l.cpu(), time.Now()
	if err := eachOf(ctx, l.plan.clicking, l.calls, func(c *call) error { return c.escalate(ctx) }); err != nil {
		return err
	}
	n, took := float64(len(l.calls)), time.Since(began)
	l.figure("escalations a second, through the balancer", fmt.Sprintf("%.0f", n/took.Seconds()))
	l.aim("CPU of the product for one escalation", "%.2f ms", float64((l.cpu()-before).Microseconds())/1000/n, 0.8)
	return nil
}

// replace stops each replica at SIGTERM and starts another in its place, which knows nothing
// but what Twilio does.
func (l *load) replace(ctx context.Context) error {
	for i, r := range l.tree.replicas {
		if err := r.program.stop(stopWithin + time.Duration(l.tree.drain)*time.Second); err != nil {
			return err
		}
		if err := l.tree.startReplica(ctx, i); err != nil {
			return err
		}
		if err := l.tree.whole(ctx); err != nil {
			return err
		}
	}
	return nil
}

// atOpening is how many streams begin at the same time.
const atOpening = 64

func (l *load) open(ctx context.Context) error {
	// One request each, so that what every replica has in the end anyhow does not count.
	for range 4 * len(l.tree.replicas) {
		if _, err := l.calls[0].customer.State(ctx, l.calls[0].link); err != nil {
			return err
		}
	}
	before := l.memory()
	streams, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	l.tree.also(func() { stop(); wg.Wait() })
	var mu sync.Mutex
	n := 0
	if err := eachOf(ctx, atOpening, l.calls, func(c *call) error {
		mu.Lock()
		n++
		who := n
		c.follow(streams, &wg, func(ctx context.Context) (net.Conn, error) { return l.tree.balancer.crowd.dial(ctx, who) })
		mu.Unlock()
		return c.opened(ctx)
	}); err != nil {
		return err
	}
	rest(ctx, l.plan.rest) // until buffers that were needed once are given back
	after := l.memory()
	worst := 0.0
	for i := range after {
		s, err := scrape(ctx, l.tree.replicas[i].operator)
		if err != nil {
			return err
		}
		open := s.sum("escalate_event_streams", nil)
		worst = max(worst, float64(after[i]-before[i])/1000/max(1, open))
		l.figure(fmt.Sprintf("replica %d: streams, file descriptors, resident memory before and with them", i+1),
			fmt.Sprintf("%.0f, %d, %.0f MB, %.0f MB", open, descriptors(l.tree.replicas[i].program.pid()), float64(before[i])/1e6, float64(after[i])/1e6))
	}
	l.aim("memory of a replica for one stream of a code of its own", "%.0f kB", worst, 40)
	return ctx.Err()
}

// memory is the resident memory of each replica, in bytes.
func (l *load) memory() (all []int64) {
	for _, r := range l.tree.replicas {
		n, _ := measure.Memory(r.program.pid())
		all = append(all, n)
	}
	return all
}

func (l *load) atRest(ctx context.Context) error {
	read := func() (all []float64, err error) {
		for _, r := range l.tree.replicas {
			s, err := scrape(ctx, r.operator)
			if err != nil {
				return nil, err
			}
			all = append(all, s.syncReads())
		}
		return all, nil
	}
	before, err := read()
	if err != nil {
		return err
	}
	cpu, began := l.cpu(), time.Now()
	rest(ctx, l.plan.rest)
	after, err := read()
	if err != nil {
		return err
	}
	took, worst := time.Since(began).Seconds(), 0.0
	for i := range after {
		worst = max(worst, (after[i]-before[i])/took)
	}
	l.aim("reads of Sync a second of a replica at rest", "%.1f", worst, 50)
	l.figure("CPU of a replica at rest, of a core", fmt.Sprintf("%.1f %%", 100*(l.cpu()-cpu).Seconds()/took/float64(len(l.tree.replicas))))
	return ctx.Err()
}

func (l *load) click(ctx context.Context) error {
	began := time.Now()
	err := eachOf(ctx, l.plan.clicking, l.calls, func(c *call) error { return c.click(ctx) })
	l.figure("clicks on Join a second, each a write", fmt.Sprintf("%.0f", float64(len(l.calls))/time.Since(began).Seconds()))
	return err
}

// meet has some of the calls take place, from one on, at a pace, each Worker one at a time.
func (l *load) meet(ctx context.Context, how string, first int, target time.Duration) error {
	part := l.calls[min(first, len(l.calls)):min(first+l.plan.joins, len(l.calls))]
	busy := make([]sync.Mutex, len(l.tree.workers))
	how = "the customer hears that the agent has joined, " + how
	before, began := l.cpu(), time.Now()
	pace := time.NewTicker(time.Duration(float64(time.Second) / l.plan.joinRate))
	defer pace.Stop()
	var g errgroup.Group
	for i, c := range part {
		select {
		case <-pace.C:
		case <-ctx.Done():
		}
		g.Go(func() error {
			busy[c.seat.worker].Lock()
			defer busy[c.seat.worker].Unlock()
			joined, heard, err := c.meet(ctx)
			if err == nil {
				l.tally.note(how, heard)
				if c.stream.seen().replica != c.by {
					l.tally.note(how+", through another replica", heard)
				}
				err = c.close(ctx, joined, 1+i%5)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	all := l.tally.times(how + ", through another replica")
	l.figure(how+", through another replica: p50", short(percentile(all, 50)).String())
	l.aim("the same: p99", "%.0f ms", float64(percentile(all, 99).Milliseconds()), float64(target.Milliseconds()))
	for i, r := range l.tree.replicas {
		s, err := scrape(ctx, r.operator)
		if err != nil {
			return err
		}
		count := func(result string) float64 {
			return s.sum("escalate_rounds_total", map[string][]string{"round": {"scan"}, "result": {result}})
		}
		l.figure(fmt.Sprintf("replica %d: scans since its start, and those that failed", i+1), fmt.Sprintf("%.0f, %.0f", count("ok")+count("failed"), count("failed")))
	}
	l.figure("calls a second, CPU of the product for each with what waits meanwhile", fmt.Sprintf("%.0f, %.1f ms",
		float64(len(part))/time.Since(began).Seconds(), float64((l.cpu()-before).Microseconds())/1000/float64(max(1, len(part)))))
	return nil
}

// withNews starts the NATS that replicas have looked for in vain until now.
func (l *load) withNews(ctx context.Context, addr string) error {
	stop, err := startNATS(addr)
	if err != nil {
		return err
	}
	l.tree.also(stop)
	for i, r := range l.tree.replicas {
		if err := eventually(ctx, startWithin, func() error {
			s, err := scrape(ctx, r.operator)
			if err == nil && s.sum("escalate_news_connected", nil) != 1 {
				err = fmt.Errorf("replica %d does not find NATS", i+1)
			}
			return err
		}); err != nil {
			return err
		}
	}
	return l.meet(ctx, "with NATS", l.plan.joins, 300*time.Millisecond)
}

// startNATS starts a NATS at host:port, and returns what ends it.
func startNATS(addr string) (stop func(), err error) {
	a, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("start NATS: %w", err)
	}
	s, err := server.NewServer(&server.Options{Host: a.IP.String(), Port: a.Port, NoLog: true, NoSigs: true})
	if err != nil {
		return nil, fmt.Errorf("start NATS: %w", err)
	}
	s.Start()
	if !s.ReadyForConnections(startWithin) {
		s.Shutdown()
		return nil, errors.New("start NATS: it does not answer")
	}
	return s.Shutdown, nil
}

// audit looks whether all that was acknowledged is there, and nothing is left over.
func (l *load) audit(ctx context.Context) error {
	fmt.Fprintf(l.out, "%s  looking at what is kept\n", time.Now().Format("15:04:05"))
	a := &audit{tree: l.tree, rest: http.DefaultClient}
	wrong, err := a.check(ctx, l.plan.settle, l.calls)
	if err != nil {
		return err
	}
	chats, err := a.invites(ctx, l.calls)
	if err != nil {
		return err
	}
	wrong = append(wrong, chats...)
	var mu sync.Mutex
	if err := eachOf(ctx, l.plan.clicking, l.calls, func(c *call) error {
		st, err := c.customer.State(ctx, c.link)
		if bad := c.unlike(st, err); bad != "" {
			mu.Lock()
			wrong = append(wrong, bad)
			mu.Unlock()
		}
		return nil
	}); err != nil {
		return err
	}
	for _, c := range l.calls {
		s := c.stream.seen()
		if s.back > 0 {
			wrong = append(wrong, fmt.Sprintf("the customer of %s was told %d times what was not so any more", c.code, s.back))
		}
		if s.gone != nil && !errors.Is(s.gone, errFinal) {
			wrong = append(wrong, fmt.Sprintf("the stream of %s: %v", c.code, s.gone))
		}
	}
	return broken(l.out, wrong)
}

// broken writes what is wrong, the first of many, and returns errInvariant if anything is.
func broken(out io.Writer, wrong []string) error {
	if len(wrong) == 0 {
		return nil
	}
	fmt.Fprintf(out, "\n%d things are wrong:\n  %s\n", len(wrong), strings.Join(wrong[:min(len(wrong), 20)], "\n  "))
	return errInvariant
}

// print writes the report, and returns errTarget when a figure misses its target.
func (l *load) print() (err error) {
	fmt.Fprintf(l.out, "\n%d codes that wait, %d replicas, %d cores, %s\n\n", l.plan.streams, len(l.tree.replicas), runtime.NumCPU(), runtime.Version())
	w := tabwriter.NewWriter(l.out, 0, 0, 2, ' ', 0)
	for _, f := range l.figures {
		mark := ""
		if f.missed {
			mark, err = "missed", errTarget
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.what, f.value, f.target, mark)
	}
	_ = w.Flush()
	fmt.Fprintln(l.out)
	l.tally.print(l.out)
	return err
}
