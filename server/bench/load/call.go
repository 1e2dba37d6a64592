package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"escalate/app/client"
	"escalate/app/wire"
)

// call is one escalation as the people in it see it, with what they were told is done.
type call struct {
	seat            seat
	agent, customer *client.Client
	tally           *tally

	code, link string // once the agent has them
	stream     *stream
	by         string // the replica that answered the agent last

	inRoom bool // both have tokens
	score  int  // the rating that was acknowledged, 0 for none
	doubt  bool // a rating got no answer: it may be kept
	ended  bool // the end was acknowledged
}

// newCall prepares the call of a seat.
func (t *tree) newCall(n int, s seat, tally *tally) *call {
	c := &call{seat: s, customer: t.api(n, "", nil), tally: tally}
	c.agent = t.api(s.worker, t.workers[s.worker].token, func(replica string) { c.by = replica })
	return c
}

// escalate is the agent's click on Video.
func (c *call) escalate(ctx context.Context) error {
	return c.tally.do("escalate", func() error {
		e, err := c.agent.Escalate(ctx, wire.Escalate{TaskSID: c.seat.task, SendInvite: true, InviteKey: "click-" + c.seat.task, Lang: "en"})
		if err == nil {
			c.code, c.link = e.Code, e.Link
		}
		return err
	})
}

// follow opens the customer's page, as far as the server sees it; wg waits for its end with ctx.
func (c *call) follow(ctx context.Context, wg *sync.WaitGroup, dial func(context.Context) (net.Conn, error)) {
	c.stream = newStream(c.link, dial)
	wg.Go(func() { c.stream.run(ctx) })
}

// opened waits until the customer's page has its first state.
func (c *call) opened(ctx context.Context) error {
	_, err := c.stream.until(ctx, "it is there", func(s seen) bool { return s.state.Code != "" || s.gone != nil })
	if gone := c.stream.seen().gone; gone != nil {
		return gone
	}
	return err
}

// click is the customer's click on Join before the agent is there.
func (c *call) click(ctx context.Context) error {
	return c.tally.do("join, too early", func() error {
		j, err := c.customer.Join(ctx, c.link, wire.JoinRequest{})
		if err == nil && !j.Waiting {
			return errors.New("not told to wait")
		}
		return err
	})
}

// meet has the agent join, and the customer as soon as they hear of it. heard is how long that
// took from the answer to the agent.
func (c *call) meet(ctx context.Context) (joined wire.Join, heard time.Duration, err error) {
	if err := c.tally.do("agent joins", func() error {
		_, err := c.agent.AgentJoin(ctx, c.link)
		return err
	}); err != nil {
		return joined, 0, err
	}
	in := time.Now()
	if c.stream != nil {
		s, err := c.stream.until(ctx, "the agent is there", func(s seen) bool { return !s.agent.IsZero() || s.gone != nil })
		if err == nil && s.agent.IsZero() {
			err = fmt.Errorf("the events ended: %w", s.gone)
		}
		if err != nil {
			c.tally.fail("hears of the agent", err)
			return joined, 0, err
		}
		heard = max(0, s.agent.Sub(in))
	}
	err = c.tally.do("customer joins", func() (err error) {
		if joined, err = c.customer.Join(ctx, c.link, wire.JoinRequest{}); err == nil && joined.Token == "" {
			return errors.New("no token")
		}
		return err
	})
	c.inRoom = c.inRoom || err == nil
	return joined, heard, err
}

// rate has the customer leave and rate, twice: what is kept is the first.
func (c *call) rate(ctx context.Context, as wire.Join, score int) error {
	if err := c.tally.do("leave", func() error {
		return c.customer.Leave(ctx, c.link, wire.Leave{Identity: as.Identity, Key: as.LeaveKey, Call: &wire.CallReport{Quality: 4}})
	}); err != nil {
		return err
	}
	for _, s := range []int{score, 6 - score} {
		if err := c.tally.do("rate", func() error {
			kept, err := c.customer.Rate(ctx, c.link, wire.Rating{Score: s, Comment: "Fine.", Identity: as.Identity, Key: as.LeaveKey})
			switch {
			case err != nil:
				c.doubt = true
				return err
			case c.score != 0 && kept.Score != c.score:
				return fmt.Errorf("the rating was %d and is now %d", c.score, kept.Score)
			}
			c.score = kept.Score
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// end is the agent's click on End.
func (c *call) end(ctx context.Context) error {
	return c.tally.do("end", func() error {
		_, err := c.agent.End(ctx, c.link)
		c.ended = c.ended || err == nil
		return err
	})
}

// close is the rest of a call: the customer leaves and rates, the agent ends it.
func (c *call) close(ctx context.Context, as wire.Join, score int) error {
	if err := c.rate(ctx, as, score); err != nil {
		return err
	}
	return c.end(ctx)
}

// unlike says what is wrong with the answer to a look at the code; empty for nothing.
func (c *call) unlike(st wire.State, err error) string {
	switch {
	case err != nil:
		return fmt.Sprintf("a look at %s is answered with %v", c.code, err)
	case c.ended && st.Status != wire.StatusEnded, !c.ended && st.Status != wire.StatusInvited && st.Status != wire.StatusOpen && st.Status != wire.StatusInCall:
		return fmt.Sprintf("%s is %s (its end was acknowledged: %v)", c.code, st.Status, c.ended)
	case c.score != 0 && !st.Rated:
		return fmt.Sprintf("%s is not rated, and its rating was acknowledged", c.code)
	}
	return ""
}
