// Command crowd is customers who wait, for docs/operate/rehearse: it has an agent invite as many as it is
// told, each for a Task of their own on a local Twilio, opens every customer's event stream through the
// balancer, and keeps it as a browser does. When it is told to go on, the agent joins one call after the
// other, and each customer has to hear of it and get a token. It ends with 1 when one is lost.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "crowd: %v\n", err)
		os.Exit(1)
	}
}

// run plays the whole. It prints a line when all wait, reads one to go on, and prints what became of them.
func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	flags := flag.NewFlagSet("crowd", flag.ContinueOnError)
	url := flags.String("url", "", "the public `URL` of the replicas; SSL_CERT_FILE may name its certificate")
	settings := flags.String("settings", "", "`file` with what local-twilio -demo has printed")
	waiting := flags.Int("waiting", 20, "how many customers wait")
	patience := flags.Duration("patience", time.Minute, "how long any one step may take")
	if err := flags.Parse(args); err != nil {
		return err
	}
	seat, err := readSeat(*settings)
	if err != nil {
		return err
	}
	web := newNetwork(*url)
	agent := web.client(func() string { return seat.flexToken })
	c := crowd{patience: *patience, out: out}
	ctx, cancel := context.WithCancel(ctx)
	var streams sync.WaitGroup
	defer streams.Wait()
	defer cancel()
	if c.customers, err = invite(ctx, seat, agent, *waiting); err != nil {
		return err
	}
	for _, one := range c.customers {
		streams.Go(func() { one.follow(ctx, web) })
	}
	if err := c.gather(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d wait\n", len(c.customers))
	// Whoever is to write the line may have gone; then there is nothing to rehearse.
	if _, err := bufio.NewReader(in).ReadString('\n'); err != nil {
		return fmt.Errorf("wait for the line to go on: %w", err)
	}
	err = c.serve(ctx, agent)
	fmt.Fprintf(out, "streams opened again: %d; requests that failed on the way and were made again: %d\n", c.reopened(), web.failures())
	return err
}
