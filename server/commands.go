package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"escalate/server/core"
	"escalate/server/doctor"
	"escalate/server/headroom"
	"escalate/server/release"
	"escalate/server/standalone"
	"escalate/server/version"
)

// command is one thing that the binary does. getenv returns the settings, from
// the environment and the settings file.
type command struct {
	name, what string
	run        func(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error
}

// commands lists them, the one that runs without a name first.
func commands() []command {
	return []command{
		{"serve", "run the server; the default", serve},
		{"doctor", "look for what is wrong with settings, account and public URL", doctor.Main},
		{"release-plugin", "register the Flex plugin of this build and release it; says only what it would do without -yes", release.Main},
		{"version", "print what this binary was built from", printVersion},
		{"local-twilio", "run local Twilio without the product, for programs with a Twilio SDK", standalone.Main},
	}
}

// printVersion prints the versions of the server and of what it is made of.
func printVersion(_ context.Context, args []string, _ func(string) string, stdout, _ io.Writer) error {
	if len(args) > 0 {
		return fmt.Errorf("version takes no %q", args[0])
	}
	_, err := io.WriteString(stdout, version.Read().String())
	return err
}

// serve runs the server until ctx ends or a listener breaks.
func serve(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flex := flags.String("flex", "", "for development: `folder` with the real Flex UI, to be shown at /flex on local Twilio; make flex fills one")
	selfSigned := flags.Bool("tls-self-signed", false, "the demo for the network that this machine is in, by https with a certificate of its own making: a phone may be the customer")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("serve takes no %q", flags.Arg(0))
	}
	c, err := core.FromEnv(getenv)
	if err != nil {
		return fmt.Errorf("the settings are not right:\n%w", err)
	}
	c.LogOutput, c.Local.FlexDir = stderr, *flex
	if *selfSigned {
		if err := c.OnLAN(); err != nil {
			return fmt.Errorf("-tls-self-signed: %w", err)
		}
	}
	defer headroom.Keep()()
	s, err := core.Start(ctx, c)
	if err != nil {
		return err
	}
	defer s.Close()
	fmt.Fprint(stdout, s.Welcome())
	select {
	case <-ctx.Done():
		// Whoever presses Ctrl-C waits for it; what stops a service by SIGTERM has
		// balancers before it. A second signal ends the wait.
		if errors.Is(context.Cause(ctx), errTerminated) {
			hurry, stop := signal.NotifyContext(context.WithoutCancel(ctx), os.Interrupt, syscall.SIGTERM)
			defer stop()
			s.Drain(hurry)
		}
		return nil
	case err := <-s.Failed():
		return err
	}
}
