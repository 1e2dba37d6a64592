package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"escalate/app/wire"
)

// soakPlan is what `make soak` does.
type soakPlan struct {
	waiting int // codes that wait all the time
	agents  int // who have one call after the other
	lasts   time.Duration
	fault   time.Duration // about how long a fault lasts
	settle  time.Duration // what locks and Rooms get to be free in the end
	seed    uint64
}

// chatsEach is how many chats each agent takes in turn: so many that one is not escalated twice in a
// second, to which Tasks tell the times of their calls.
const chatsEach = 20

// soak is a run of it.
type soak struct {
	plan     soakPlan
	tree     *tree
	tally    *tally
	out      io.Writer
	meddlers []*meddler
	waiting  []*call

	mu    sync.Mutex // guards what follows
	calls []*call    // that began, besides those that wait
	gone  int        // calls that the product ended
	wrong []string
}

// runSoak plants a tree and has people call each other while everything fails in turn.
func runSoak(ctx context.Context, s setup, p soakPlan, out io.Writer) error {
	k := &soak{plan: p, tally: newTally(), out: out}
	s.tasks, s.agents = p.waiting+chatsEach*p.agents, p.agents
	s.between = func(i int, twilio string) (string, error) {
		m, err := newMeddler(p.seed+uint64(i), twilio)
		if err != nil {
			return "", err
		}
		k.meddlers = append(k.meddlers, m)
		return m.url, nil
	}
	defer func() {
		for _, m := range k.meddlers {
			m.close()
		}
	}()
	plan := schedule(p.seed, p.lasts, p.fault, s.size)
	fmt.Fprintf(out, "seed %d\n", p.seed)
	for _, i := range plan {
		fmt.Fprintln(out, i)
	}
	var err error
	if k.tree, err = plant(ctx, s); err != nil {
		return err
	}
	defer k.tree.fell()
	if err := k.begin(ctx); err != nil {
		return err
	}
	k.say("%d codes wait, %d agents call", p.waiting, p.agents)
	calling, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	for i := range p.agents {
		wg.Go(func() { k.agent(calling, i) })
	}
	err = k.suffer(ctx, plan)
	stop()
	wg.Wait()
	if err == nil {
		k.say("all faults are over")
		err = k.finish(ctx)
	}
	k.print()
	return err
}

func (k *soak) say(format string, args ...any) {
	fmt.Fprintf(k.out, "%s  "+format+"\n", append([]any{time.Now().Format("15:04:05")}, args...)...)
}

func (k *soak) fault(format string, args ...any) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.wrong = append(k.wrong, fmt.Sprintf(format, args...))
}

// begin makes the codes that wait, with their customers' pages, while all is well.
func (k *soak) begin(ctx context.Context) error {
	streams, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	k.tree.also(func() { stop(); wg.Wait() })
	for i, s := range k.tree.seats[:k.plan.waiting] {
		k.waiting = append(k.waiting, k.tree.newCall(i, s, k.tally))
	}
	return eachOf(ctx, 8, k.waiting, func(c *call) error {
		if err := c.escalate(ctx); err != nil {
			return err
		}
		k.page(streams, &wg, c)
		if err := c.opened(ctx); err != nil {
			return err
		}
		return c.click(ctx)
	})
}

// page opens a customer's page.
func (k *soak) page(ctx context.Context, wg *sync.WaitGroup, c *call) {
	k.mu.Lock()
	n := len(k.calls) + 1<<18
	k.mu.Unlock()
	c.follow(ctx, wg, func(ctx context.Context) (net.Conn, error) { return k.tree.balancer.crowd.dial(ctx, n) })
}

// agent has one call after the other until ctx ends; one that is under way is left as it is.
func (k *soak) agent(ctx context.Context, i int) {
	var mine []seat
	for _, s := range k.tree.seats[k.plan.waiting:] {
		if s.worker == i {
			mine = append(mine, s)
		}
	}
	for n := 0; ctx.Err() == nil; n++ {
		c := k.tree.newCall(i+n, mine[n%len(mine)], k.tally)
		if insist(ctx, func() error { return c.escalate(ctx) }) != nil {
			return
		}
		k.mu.Lock()
		k.calls = append(k.calls, c)
		k.mu.Unlock()
		page, closePage := context.WithCancel(ctx)
		var wg sync.WaitGroup
		k.page(page, &wg, c)
		err := insist(ctx, func() error {
			// Whoever waits in vain tries again.
			within, cancel := context.WithTimeout(ctx, 20*time.Second)
			defer cancel()
			joined, _, err := c.meet(within)
			if err == nil {
				err = c.close(within, joined, 1+n%5)
			}
			return err
		})
		closePage()
		wg.Wait()
		if over(err) {
			k.mu.Lock()
			k.gone++
			k.mu.Unlock()
			c.ended = true
		} else if err != nil {
			return
		}
	}
}

// over says that an escalation is over, which nobody need try to change.
func over(err error) bool {
	code := wire.CodeOf(err)
	return code == wire.CodeEnded || code == wire.CodeExpired
}

// insist does what a person does who is told to try again, until ctx ends.
func insist(ctx context.Context, f func() error) error {
	for pause := 200 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		err := f()
		if err == nil || over(err) || ctx.Err() != nil {
			return err
		}
		rest(ctx, pause)
	}
}

// suffer lets all incidents happen.
func (k *soak) suffer(ctx context.Context, plan []incident) error {
	began := time.Now()
	for _, i := range plan {
		rest(ctx, time.Until(began.Add(i.at)))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		k.say("%s", i.what)
		if err := k.happen(ctx, i); err != nil {
			return fmt.Errorf("%s: %w", i.what, err)
		}
		if err := k.tree.crashed(); err != nil {
			return err
		}
	}
	rest(ctx, time.Until(began.Add(k.plan.lasts)))
	return ctx.Err()
}

func (k *soak) happen(ctx context.Context, i incident) error {
	switch r := k.tree.replicas[i.replica]; i.what {
	case killed:
		r.program.kill()
		rest(ctx, i.lasts)
		return k.tree.startReplica(ctx, i.replica)
	case drained:
		if err := r.program.stop(stopWithin + time.Duration(k.tree.drain)*time.Second); err != nil {
			return err
		}
		return k.tree.startReplica(ctx, i.replica)
	case twilioGone:
		k.tree.twilio.kill()
		rest(ctx, i.lasts)
		return k.tree.startTwilio(ctx)
	case clockMoved:
		k.meddlers[i.replica].move(i.by)
		if err := eventually(ctx, i.lasts+10*time.Second, func() error { return k.clock(ctx, r, -i.by) }); err != nil {
			k.fault("Twilio's clock was moved by %v for replica %d: %v", i.by, i.replica+1, err)
		}
		k.meddlers[i.replica].move(0)
		if err := eventually(ctx, 20*time.Second, func() error { return k.clock(ctx, r, 0) }); err != nil {
			k.fault("Twilio's clock is right again for replica %d: %v", i.replica+1, err)
		}
		return nil
	}
	for _, m := range k.meddlers {
		m.trouble(i.what, i.share)
		defer m.trouble("", 0)
	}
	rest(ctx, i.lasts)
	return nil
}

// clock wants a replica to know how far its clock is ahead of Twilio's, and to say that it is
// degraded when that is much, but ready all the same.
func (k *soak) clock(ctx context.Context, r *replica, ahead time.Duration) error {
	s, err := scrape(ctx, r.operator)
	if err != nil {
		return err
	}
	if off := s.sum("escalate_clock_skew_seconds", nil); math.Abs(off-ahead.Seconds()) > 5 {
		return fmt.Errorf("it finds its clock %.0f s ahead, and it is %v", off, ahead)
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.operator+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		return fmt.Errorf("ask for readiness: %w", err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	if degraded := strings.HasPrefix(string(b), "degraded"); resp.StatusCode != http.StatusOK || degraded != (ahead != 0) {
		return fmt.Errorf("/readyz says %d %s", resp.StatusCode, b)
	}
	return nil
}

// finish has everybody who waits be called, ends what is under way, and looks whether all that
// was acknowledged is there and nothing else.
func (k *soak) finish(ctx context.Context) error {
	if err := k.tree.whole(ctx); err != nil {
		return err
	}
	for _, c := range k.waiting {
		within, cancel := context.WithTimeout(ctx, k.plan.settle)
		s, err := c.stream.until(within, "the stream goes on", func(s seen) bool { return s.replica != "" || s.gone != nil })
		cancel()
		if err != nil || s.gone != nil {
			k.fault("the page of %s, which waits: %v %v", c.code, s.gone, err)
		}
	}
	k.say("calling all who wait")
	busy := make([]sync.Mutex, len(k.tree.workers))
	if err := eachOf(ctx, 2*len(busy), k.open(), func(c *call) error {
		busy[c.seat.worker].Lock()
		defer busy[c.seat.worker].Unlock()
		within, cancel := context.WithTimeout(ctx, k.plan.settle)
		defer cancel()
		if err := insist(within, func() error { return c.end(within) }); err != nil && !over(err) {
			k.fault("%s cannot be ended: %v", c.code, err)
		}
		c.ended = true
		return nil
	}); err != nil {
		return err
	}
	if err := eachOf(ctx, 2*len(busy), k.waiting, func(c *call) error {
		busy[c.seat.worker].Lock()
		defer busy[c.seat.worker].Unlock()
		within, cancel := context.WithTimeout(ctx, k.plan.settle)
		defer cancel()
		st, err := c.customer.State(within, c.link)
		if bad := c.unlike(st, err); bad != "" {
			k.fault("after the faults: %s", bad)
			return nil
		}
		if joined, _, err := c.meet(within); err != nil {
			k.fault("nobody can join %s any more: %v", c.code, err)
		} else if err := c.close(within, joined, 5); err != nil {
			k.fault("%s does not end as it should: %v", c.code, err)
		}
		return nil
	}); err != nil {
		return err
	}
	k.say("looking at what is kept")
	a := &audit{tree: k.tree, rest: http.DefaultClient}
	all := slices.Concat(k.waiting, k.calls)
	wrong, err := a.check(ctx, k.plan.settle, all)
	if err != nil {
		return err
	}
	chats, err := a.invites(ctx, all)
	if err != nil {
		return err
	}
	return broken(k.out, slices.Concat(k.wrong, wrong, chats))
}

// open are the calls that were under way when everybody stopped.
func (k *soak) open() (all []*call) {
	for _, c := range k.calls {
		if !c.ended {
			all = append(all, c)
		}
	}
	return all
}

// print says what happened.
func (k *soak) print() {
	did := map[string]int{}
	for _, m := range k.meddlers {
		m.mu.Lock()
		for what, n := range m.did {
			did[what] += n
		}
		m.mu.Unlock()
	}
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(did)) {
		parts = append(parts, fmt.Sprintf("%s %d", what, did[what]))
	}
	fmt.Fprintf(k.out, "\n%d calls, of which the product ended %d; requests to Twilio that met trouble: %s\n\n", len(k.calls), k.gone, strings.Join(parts, ", "))
	k.tally.print(k.out)
}
