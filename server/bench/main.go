// Command bench measures how fast Escalate answers, against a plain Node server
// that mints the same Access Token with the npm package twilio (`make bench`).
//
// Three questions are kept apart. What does the mint itself cost, without HTTP?
// What does it cost behind an HTTP server: net/http and gorilla/mux here,
// node:http there, the same request in and the same JSON out? And what do the
// product's own endpoints cost, on local Twilio? Those read and write Sync
// Documents besides, so they are not compared with anything.
//
// Every server is a process of its own, all of them run all the time, and the
// rounds alternate between them, so that whatever else the machine does meets
// all alike. The load comes from this process, on the same machine. Beside
// requests per second stands the CPU time for one, which does not depend on how
// many cores were free.
//
// With -start (`make bench-start`) it measures something else: how soon the
// customer's page is there, in a cold browser, fast and slow.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"time"

	"github.com/andybalholm/brotli"

	"escalate/server/headroom"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

// settings are the flags.
type settings struct {
	connections, rounds int
	duration, warmUp    time.Duration
	node, modules       string
	profile             string // where Go's CPU profiles go; empty: none
}

func run(ctx context.Context, args []string) error {
	var s settings
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.IntVar(&s.connections, "connections", 16, "connections that ask without a pause")
	f.IntVar(&s.rounds, "rounds", 6, "rounds; the report has their medians")
	f.DurationVar(&s.duration, "duration", 1500*time.Millisecond, "how long one server is asked in one round")
	f.DurationVar(&s.warmUp, "warmup", 250*time.Millisecond, "how long it is asked before that")
	f.StringVar(&s.node, "node", "node", "the Node program")
	f.StringVar(&s.modules, "modules", "static/node_modules", "where the npm package twilio is installed")
	f.StringVar(&s.profile, "profile", "", "folder for CPU profiles of the Go servers")
	start := f.Bool("start", false, "measure how soon pages are live instead, in Chromium")
	chromium := f.String("chromium", "/usr/bin/chromium", "with -start: the browser")
	var more others
	f.Var(&more, "other", "with -start: name=folder of another build's static/web, to be compared")
	quality := f.Int("quality", brotli.BestCompression, "with -start: how well the control page is packed; as ours is")
	svg := f.String("svg", "", "`file` for a plot of the CPU time that a request for a token takes")
	role := f.String("role", "", "what a child process of this one does")
	if err := f.Parse(args); err != nil {
		return err
	}
	if *role != "" {
		defer headroom.Keep()() // as the product does
	}
	switch *role {
	case "":
	case roleMint, roleProduct:
		return serveRole(ctx, *role, s)
	case roleAlone:
		return mintAlone(s.duration)
	default:
		return fmt.Errorf("no role %q", *role)
	}
	if s.connections < 1 || s.rounds < 1 || s.duration <= 0 {
		return errors.New("connections, rounds and duration must be above zero")
	}
	if *start {
		return measureStart(ctx, s, *chromium, *quality, more, os.Stdout)
	}
	b, err := open(ctx, s)
	if err != nil {
		return err
	}
	defer b.close()
	if err := b.measure(ctx); err != nil {
		return err
	}
	if *svg != "" {
		if err := b.plot(*svg); err != nil {
			return err
		}
	}
	b.report(os.Stdout, fmt.Sprintf("%d cores, %s, Node %s", runtime.NumCPU(), runtime.Version(), b.nodeVersion))
	return b.failures()
}
