package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"escalate/app/client"
)

// errLost is for a customer who did not hear what they had to.
var errLost = errors.New("lost")

// crowd is the customers, and how long each step may take.
type crowd struct {
	customers []*customer
	patience  time.Duration
	out       io.Writer
}

// gather waits until every customer waits.
func (c *crowd) gather(ctx context.Context) error {
	for i, one := range c.customers {
		if err := c.await(ctx, one, one.waits, "to be told to wait"); err != nil {
			return fmt.Errorf("customer %d of %d: %w", i+1, len(c.customers), err)
		}
	}
	return nil
}

// serve has the agent join one call after the other, and wants each customer to get in and to hear of the end.
func (c *crowd) serve(ctx context.Context, agent *client.Client) error {
	lost, slowest := 0, time.Duration(0)
	for i, one := range c.customers {
		took, err := c.call(ctx, agent, one)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			lost++
			fmt.Fprintf(c.out, "customer %d of %d: %v\n", i+1, len(c.customers), err)
		}
		slowest = max(slowest, took)
	}
	fmt.Fprintf(c.out, "%d of %d joined; after the agent at most %v\n", len(c.customers)-lost, len(c.customers), slowest.Round(time.Millisecond))
	if lost > 0 {
		return fmt.Errorf("%d of %d customers: %w", lost, len(c.customers), errLost)
	}
	return nil
}

// call is one customer's: it returns how long after the agent they were in.
func (c *crowd) call(ctx context.Context, agent *client.Client, one *customer) (took time.Duration, err error) {
	if _, err := agent.AgentJoin(ctx, one.link); err != nil {
		return 0, fmt.Errorf("the agent joins: %w", err)
	}
	there := time.Now()
	err = c.await(ctx, one, one.in, "to hear of the agent and get in")
	took = time.Since(there)
	// Also after a loss: an agent is in one call at a time.
	if _, e := agent.End(ctx, one.link); e != nil {
		return took, errors.Join(err, fmt.Errorf("the agent ends the call: %w", e))
	}
	return took, errors.Join(err, c.await(ctx, one, one.over, "to hear of the end"))
}

// reopened returns how many streams were opened again.
func (c *crowd) reopened() (n int) {
	for _, one := range c.customers {
		n += one.reopened()
	}
	return n
}

func (c *crowd) await(ctx context.Context, one *customer, done <-chan struct{}, what string) error {
	t := time.NewTimer(c.patience)
	defer t.Stop()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return errors.Join(fmt.Errorf("waited %v for the customer %s: %w", c.patience, what, errLost), one.failing())
	}
}
