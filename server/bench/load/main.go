// Command load puts an installation under load (`make load`) and under faults (`make soak`).
//
// Both start what an operator would: the built product as often as there are replicas, with
// settings from the environment, a Twilio at TWILIO_API_URL (local Twilio in a process of its
// own, on a data file), and a balancer before them, which is in this process. Agents and
// customers go through the balancer; customers' pages follow their escalation by event
// streams, agents join, customers get their tokens, leave, rate, and agents end the calls.
// Nobody is in the Rooms: media have a benchmark of their own.
//
// In the end they ask local Twilio, and the product, whether everything is there that people
// were told is done, once, and nothing else: no Room goes on without its call, no Worker is
// locked, no Document is left without a Task. What is wrong is listed, and the exit code is 1.
// Figures that miss their targets are marked, and fail with -check alone.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "load:", err)
		stop()
		os.Exit(1)
	}
}

const usage = `usage: load load [flags]   thousands of waiting codes, figures
       load soak [flags]   hundreds of calls while everything fails

`

// run reads the arguments and does one of the two.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	what := ""
	if len(args) > 0 {
		what, args = args[0], args[1:]
	}
	f := flag.NewFlagSet("load "+what, flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() {
		fmt.Fprint(stderr, usage)
		f.PrintDefaults()
	}
	binary := f.String("server", "bin/server", "the built product")
	within := f.Duration("within", 25*time.Minute, "when to give up")
	s := setup{settings: map[string]string{}}
	f.StringVar(&s.data, "data", "", "folder for local Twilio's data; empty for a temporary one")
	f.IntVar(&s.size, "replicas", 2, "how many replicas")
	f.IntVar(&s.agents, "agents", 200, "how many agents")
	f.IntVar(&s.drain, "drain", 1, "DRAIN_SECONDS of the replicas")
	f.Func("set", "NAME=value: one more setting of the replicas", func(v string) error { return s.set(v) })
	var do func(context.Context) error
	switch what {
	case "load":
		var p loadPlan
		f.IntVar(&p.streams, "streams", 10_000, "codes that wait, each with its customer's page")
		f.IntVar(&p.clicking, "clicking", 16, "people who escalate or click on Join at the same time")
		f.IntVar(&p.joins, "joins", 500, "calls that take place without NATS, and again with it")
		f.Float64Var(&p.joinRate, "pace", 10, "calls that begin in a second")
		f.DurationVar(&p.rest, "rest", 30*time.Second, "how long nobody does anything while figures of rest are taken")
		check := f.Bool("check", false, "fail when a figure misses its target")
		do = func(ctx context.Context) error {
			p.settle = time.Minute
			return runLoad(ctx, s, p, *check, stdout)
		}
	case "soak":
		var p soakPlan
		f.IntVar(&p.waiting, "waiting", 200, "codes that wait all the time")
		f.IntVar(&p.agents, "calling", 12, "agents who have one call after the other")
		f.DurationVar(&p.lasts, "for", 3*time.Minute, "how long")
		f.Uint64Var(&p.seed, "seed", rand.Uint64(), "of the schedule of faults")
		f.DurationVar(&p.fault, "fault", 5*time.Second, "how long a fault lasts, about")
		do = func(ctx context.Context) error {
			p.settle = 2 * time.Minute
			return runSoak(ctx, s, p, stdout)
		}
	default:
		f.Usage()
		return fmt.Errorf("there is no %q: load or soak", what)
	}
	if err := f.Parse(args); err != nil {
		return err
	}
	path, err := filepath.Abs(*binary)
	if err != nil {
		return fmt.Errorf("find the product: %w", err)
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("find the product (make build makes it): %w", err)
	}
	s.command = func(args ...string) *exec.Cmd { return exec.Command(path, args...) }
	ctx, cancel := context.WithTimeout(ctx, *within)
	defer cancel()
	return do(ctx)
}

// set takes one setting, as NAME=value.
func (s *setup) set(v string) error {
	name, value, ok := strings.Cut(v, "=")
	if !ok || name == "" {
		return errors.New("not NAME=value")
	}
	s.settings[name] = value
	return nil
}

// runLoad plants a tree, puts it under load and prints the report.
func runLoad(ctx context.Context, s setup, p loadPlan, check bool, out io.Writer) error {
	s.tasks = p.streams
	nats, err := freeAddrs(1)
	if err != nil {
		return err
	}
	s.settings["NATS_URL"] = "nats://" + nats[0]
	fmt.Fprintf(out, "%s  making %d Tasks of %d agents\n", time.Now().Format("15:04:05"), s.tasks, s.agents)
	t, err := plant(ctx, s)
	if err != nil {
		return err
	}
	defer t.fell()
	l := &load{plan: p, tree: t, tally: newTally(), out: out}
	err = l.run(ctx, nats[0])
	if missed := l.print(); err == nil && check {
		err = missed
	}
	return err
}
