// Command server is Escalate: the join codes, the pages and, without a Twilio
// account, a local Twilio to run them on. It has a few commands beside serving;
// see commands.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"github.com/joho/godotenv"
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
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "server: %v\n", err)
		os.Exit(1)
	}
}

// run reads the settings and hands over to the command that args name, to serve
// when they name none.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("server", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { usage(flags) }
	file := flags.String("env", ".env", "file with settings; the environment wins over it")
	if err := flags.Parse(args); err != nil {
		return err
	}
	settings, err := godotenv.Read(*file)
	named := false
	flags.Visit(func(f *flag.Flag) { named = named || f.Name == "env" })
	if err != nil && (named || !errors.Is(err, fs.ErrNotExist)) {
		return fmt.Errorf("read settings from %s: %w", *file, err)
	}
	merged := func(name string) string {
		if v := getenv(name); v != "" {
			return v
		}
		return settings[name]
	}
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

func usage(flags *flag.FlagSet) {
	w := flags.Output()
	fmt.Fprint(w, "usage: server [flags] [command] [flags of the command]\n\ncommands:\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-16s %s\n", c.name, c.what)
	}
	fmt.Fprint(w, "\nflags:\n")
	flags.PrintDefaults()
}
