// Command server is Escalate: the join codes, the pages and, without a Twilio
// account, a local Twilio to run them on. It has a few commands beside serving;
// see commands.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/joho/godotenv"

	"escalate/server/core"
	"escalate/server/logs"
)

// errTerminated is the cause of a context that SIGTERM has ended.
var errTerminated = errors.New("terminated")

func main() {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() { // as long as the process
		if <-signals == syscall.SIGTERM {
			cancel(errTerminated)
		}
		cancel(nil)
		signal.Stop(signals)
	}()
	err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "server: %v\n", err)
		os.Exit(1)
	}
}

// run reads the settings and hands over to the command that args name, to serve
// when they name none. environ is the environment, as os.Environ has it.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("server", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { usage(flags) }
	file := flags.String("env", ".env", "file with settings; the environment wins over it")
	ask := flags.Bool("version", false, "the same as the command version")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *ask {
		return printVersion(ctx, flags.Args(), nil, stdout, stderr)
	}
	settings, err := godotenv.Read(*file)
	named := false
	flags.Visit(func(f *flag.Flag) { named = named || f.Name == "env" })
	if err != nil && (named || !errors.Is(err, fs.ErrNotExist)) {
		return fmt.Errorf("read settings from %s: %w", *file, err)
	}
	env := map[string]string{}
	for _, pair := range environ {
		if name, value, _ := strings.Cut(pair, "="); value != "" {
			env[name] = value
		}
	}
	if err := misspelt(*file, settings, env); err != nil {
		return err
	}
	merged := func(name string) string { return cmp.Or(env[name], settings[name]) }
	warn(env, settings, logFor(merged, stderr))
	name, rest := "serve", flags.Args()
	if len(rest) > 0 {
		name, rest = rest[0], rest[1:]
	}
	for _, c := range commands() {
		if c.name == name {
			return c.run(ctx, rest, merged, stdout, stderr)
		}
	}
	usage(flags)
	return fmt.Errorf("there is no command %q", name)
}

// warn tells of what looks like a setting in the environment and is none. The environment
// has others' variables too, so that it may be right.
func warn(env, settings map[string]string, log *slog.Logger) {
	for _, m := range core.FindMisspelt(slices.Collect(maps.Keys(env)), slices.Collect(maps.Keys(settings))) {
		log.Warn("the environment has what looks like a setting and is none", "name", m.Name, "meant", m.Meant)
	}
}

// logFor is the log as the settings have it. What is wrong with them is said by those who
// need them.
func logFor(get func(string) string, out io.Writer) *slog.Logger {
	var c logs.Config
	_ = c.SetFormat(cmp.Or(get("LOG_FORMAT"), "text"))
	if c.Replica = get("REPLICA_NAME"); c.Check() != nil {
		c.Replica = ""
	}
	return logs.New(out, c)
}

// misspelt names what is no setting in a file of settings, but looks like one: the
// server would run as something else than was meant.
func misspelt(file string, settings, env map[string]string) error {
	var all error
	for _, m := range core.FindMisspelt(slices.Collect(maps.Keys(settings)), slices.Collect(maps.Keys(env))) {
		all = errors.Join(all, m)
	}
	if all != nil {
		return fmt.Errorf("the settings in %s are not right:\n%w", file, all)
	}
	return nil
}

func usage(flags *flag.FlagSet) {
	w := flags.Output()
	fmt.Fprint(w, "usage: server [flags] [command] [flags of the command]\n\ncommands:\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-16s %s\n", c.name, c.what)
	}
	fmt.Fprint(w, "\nflags:\n")
	flags.PrintDefaults()
}
