// Command media measures local Twilio's media, signalling and SFU together,
// against LiveKit's server (`make bench-media`). LiveKit's is built for this
// only and is no dependency.
//
// Three questions. How long until people see each other: in one Chromium an
// agent is in the Room and a customer joins, with twilio-video.js here and
// livekit-client there, both as they are published. What does a forwarded Track
// cost: made-up Participants fill Rooms of a server that was just started. And
// what becomes of a call on a bad line: the same call with all media going
// through a UDP relay that delays and loses packets.
//
// Every server is a process of its own, and the rounds alternate between the
// two, so that whatever else the machine does meets both alike. Browser and
// made-up Participants run on the same machine, so the CPU time is the server
// process's alone, and the times to a picture contain a good deal of the
// browser's own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench/media:", err)
		stop()
		os.Exit(1)
	}
}

// settings are the flags.
type settings struct {
	rounds, badRounds, loadRounds, aloneRounds int
	window, settle, watch                      time.Duration
	load, alone                                load
	server, livekit, chromium, modules         string
	lite, sequential                           bool
	profile                                    string // where the profiles of our server go; empty: none
	parts                                      []string
}

// Parts of the benchmark, in their order.
var allParts = []string{partCalls, partLoad, partBad, partAlone}

const (
	partCalls = "calls"
	partLoad  = "load"
	partBad   = "bad"
	partAlone = "alone"
)

// roleServer is a child process of this one: the command local-twilio with a
// profile taken of it.
const roleServer = "local-twilio"

func run(ctx context.Context, args []string) error {
	var s settings
	f := flag.NewFlagSet("bench/media", flag.ContinueOnError)
	f.IntVar(&s.rounds, "rounds", 9, "calls of each server on a good line; the report has medians")
	f.IntVar(&s.badRounds, "bad-rounds", 5, "calls of each server on a bad line")
	f.IntVar(&s.loadRounds, "load-rounds", 5, "loads of each server")
	f.IntVar(&s.aloneRounds, "alone-rounds", 3, "big loads of local Twilio alone")
	f.DurationVar(&s.settle, "settle", 3*time.Second, "how long a load flows before it is measured")
	f.DurationVar(&s.window, "window", 10*time.Second, "how long it is measured")
	f.DurationVar(&s.watch, "watch", 20*time.Second, "how long a call on a bad line is watched")
	bitrate := f.Int("bitrate", 1000, "what each Participant of a load sends, kbit/s")
	alone := f.Int("alone-bitrate", 250, "the same of the big load, which one small machine has to carry too")
	f.StringVar(&s.server, "server", "bin/server", "our server, built")
	f.StringVar(&s.livekit, "livekit", "bin/bench/livekit-v1.13.5", "LiveKit's server, built")
	f.BoolVar(&s.lite, "livekit-ice-lite", false, "have LiveKit use ICE lite, which is not its default")
	f.BoolVar(&s.sequential, "livekit-sequential", false, "have LiveKit's page publish only when it is connected, instead of at once")
	f.StringVar(&s.chromium, "chromium", "/usr/bin/chromium", "the browser")
	f.StringVar(&s.modules, "modules", "static/node_modules", "where the npm packages are installed")
	f.StringVar(&s.profile, "profile", "", "folder for CPU and heap profiles of our server; taking them costs it time and memory")
	parts := f.String("parts", strings.Join(allParts, ","), "what to measure")
	role := f.String("role", "", "what a child process of this one does")
	if err := f.Parse(args); err != nil {
		return err
	}
	if *role == roleServer {
		return serveProfiled(ctx, s.profile, f.Args())
	}
	s.parts = strings.Split(*parts, ",")
	for _, p := range s.parts {
		if !slices.Contains(allParts, p) {
			return fmt.Errorf("no part %q: there are %s", p, strings.Join(allParts, ", "))
		}
	}
	if min(s.rounds, s.badRounds, s.loadRounds, s.aloneRounds, *bitrate, *alone) < 1 || s.window <= 0 || s.watch <= 0 {
		return errors.New("rounds, bit rates, window and watch must be above zero")
	}
	s.load = load{rooms: 10, each: 2, bitrate: 1000 * *bitrate, settle: s.settle, window: s.window}
	s.alone = load{rooms: 50, each: 3, bitrate: 1000 * *alone, settle: s.settle, window: s.window}
	b, err := open(s)
	if err != nil {
		return err
	}
	defer b.close()
	if err := b.measure(ctx); err != nil {
		return err
	}
	b.report(os.Stdout, machine(ctx, s))
	return errors.Join(b.failed...)
}
