// Command server is Escalate: the join codes, the pages and, without a Twilio
// account, a local Twilio to run them on.
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

	"escalate/server/core"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "server: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("server", flag.ContinueOnError)
	flags.SetOutput(stderr)
	file := flags.String("env", ".env", "file with settings; the environment wins over it")
	if err := flags.Parse(args); err != nil {
		return err
	}
	settings, err := godotenv.Read(*file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read settings from %s: %w", *file, err)
	}
	c, err := core.FromEnv(func(name string) string {
		if v := getenv(name); v != "" {
			return v
		}
		return settings[name]
	})
	if err != nil {
		return fmt.Errorf("the settings are not right:\n%w", err)
	}
	c.LogOutput = stderr
	s, err := core.Start(ctx, c)
	if err != nil {
		return err
	}
	defer s.Close()
	fmt.Fprint(stdout, s.Welcome())
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.Failed():
		return err
	}
}
