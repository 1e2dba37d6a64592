package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"

	"escalate/server/bench/measure"
)

// load is so many Rooms full of made-up Participants.
type load struct {
	rooms, each int
	bitrate     int           // of every Participant's video, bits per second
	settle      time.Duration // from everything flowing to the measured time
	window      time.Duration // the measured time
}

func (l load) participants() int { return l.rooms * l.each }

// streams is how many Tracks the server sends.
func (l load) streams() int { return l.rooms * l.each * (l.each - 1) }

func (l load) String() string {
	return fmt.Sprintf("%d Rooms of %d, each sending %d kbit/s", l.rooms, l.each, l.bitrate/1000)
}

// loadResult is one round of it on a fresh server.
type loadResult struct {
	startUp      time.Duration
	idle, memory int64 // bytes: before anybody came, and at the end of the window
	cpu          time.Duration
	elapsed      time.Duration
	sent         int64         // packets that all sent in the window
	packets      int64         // packets that were forwarded and received in it
	others       time.Duration // CPU time of neither the server nor this process
	load
}

// perStream is the CPU time for a second of one forwarded Track.
func (r loadResult) perStream() time.Duration {
	if r.elapsed <= 0 || r.streams() == 0 {
		return 0
	}
	return time.Duration(float64(r.cpu) / r.elapsed.Seconds() / float64(r.streams()))
}

// perPacket is the CPU time for one forwarded packet.
func (r loadResult) perPacket() time.Duration {
	if r.packets == 0 {
		return 0
	}
	return r.cpu / time.Duration(r.packets)
}

// perRoom is the memory that a Room took, in bytes.
func (r loadResult) perRoom() int64 { return (r.memory - r.idle) / int64(max(1, r.rooms)) }

// delivered is the share of what was sent to each that arrived.
func (r loadResult) delivered() float64 {
	return measure.Quotient(float64(r.packets), float64(r.sent)*float64(r.each-1))
}

// kept is the share of what ought to have been sent that was: below one, this
// process did not get the CPU time to make it, and a Track was cheaper for the
// server than it looks.
func (r loadResult) kept() float64 {
	due := r.elapsed.Seconds() * framesPerSecond * float64(packetsOf(frameSize(r.bitrate))*r.participants())
	return measure.Quotient(float64(r.sent), due)
}

// disturbed is the share of the machine that others used.
func (r loadResult) disturbed() float64 {
	return measure.Quotient(r.others.Seconds(), r.elapsed.Seconds()*float64(runtime.NumCPU()))
}

// Time limits of a load.
const (
	joinWithin = 30 * time.Second // one Participant
	flowWithin = 60 * time.Second // everybody receives everybody
	lookEvery  = 50 * time.Millisecond
	// flowing is how many packets of a Track show that it flows.
	flowing = 10
	// joining is how many Participants join at once.
	joining = 4
	// idleAfter is when a server that was just started has settled down.
	idleAfter = time.Second
)

var errFlow = errors.New("not everybody receives everybody")

// runLoad measures a load on a server of its own.
func runLoad(ctx context.Context, c *contender, l load) (r loadResult, err error) {
	server, err := c.start(ctx)
	if err != nil {
		return r, err
	}
	defer server.stop()
	r.load, r.startUp = l, server.startUp
	if err := pause(ctx, idleAfter); err != nil {
		return r, err
	}
	var ok bool
	if r.idle, ok = measure.Memory(server.pid()); !ok {
		return r, errors.New("read the server's memory: there is no /proc here")
	}
	crowd := &crowd{contender: c, server: server, load: l}
	defer crowd.close()
	if err := crowd.join(ctx); err != nil {
		return r, fmt.Errorf("%s, %v: %w\n%s", c.name, l, err, server.output)
	}
	if err := crowd.flow(ctx); err != nil {
		return r, fmt.Errorf("%s, %v: %w\n%s", c.name, l, err, server.output)
	}
	if err := pause(ctx, l.settle); err != nil {
		return r, err
	}
	return crowd.measure(ctx, r)
}

// crowd is the Participants of a load.
type crowd struct {
	*contender
	server *process
	load

	mu      sync.Mutex
	members []member // guarded by mu
}

type member struct {
	*participant
	signal connection
}

// join brings everybody in, a few at a time. Where some fail, close takes care
// of the others.
func (c *crowd) join(ctx context.Context) error {
	api, err := newAPI()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	turn := make(chan struct{}, joining)
	for i := range c.participants() {
		turn <- struct{}{}
		wg.Go(func() {
			defer func() { <-turn }()
			if err := c.add(ctx, api, i/c.each, i%c.each); err != nil {
				cancel(fmt.Errorf("join Room %d as Participant %d: %w", i/c.each, i%c.each, err))
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

func (c *crowd) add(ctx context.Context, api *webrtc.API, room, i int) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, joinWithin)
	defer cancel()
	name := fmt.Sprintf("p%d", i)
	token, err := c.token(fmt.Sprintf("load%d", room), name)
	if err != nil {
		return err
	}
	p, err := newParticipant(api, name, c.bitrate)
	if err != nil {
		return err
	}
	s, err := c.dial(ctx, c.signaling(c.server), token, p)
	if err != nil {
		p.close()
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.members = append(c.members, member{p, s})
	return nil
}

// flow waits until everybody receives everybody else of the Room.
func (c *crowd) flow(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, flowWithin)
	defer cancel()
	for {
		missing := 0
		for _, m := range c.members {
			got := 0
			for _, n := range m.received() {
				if n >= flowing {
					got++
				}
			}
			missing += max(0, c.each-1-got)
		}
		if missing == 0 {
			return nil
		}
		if err := pause(ctx, lookEvery); err != nil {
			return errors.Join(fmt.Errorf("%w: %d of %d Tracks are missing", errFlow, missing, c.streams()), c.failures())
		}
	}
}

// failures is what ended anybody's signalling.
func (c *crowd) failures() error {
	for _, m := range c.members {
		if f, ok := m.signal.(interface{ failure() error }); ok && f.failure() != nil {
			return fmt.Errorf("signalling ended: %w", f.failure())
		}
	}
	return nil
}

// measure takes the window.
func (c *crowd) measure(ctx context.Context, r loadResult) (loadResult, error) {
	before, err := c.read()
	if err != nil {
		return r, err
	}
	if err := pause(ctx, c.window); err != nil {
		return r, err
	}
	after, err := c.read()
	if err != nil {
		return r, err
	}
	if err := c.failures(); err != nil {
		return r, fmt.Errorf("%s, %v: %w\n%s", c.name, c.load, err, c.server.output)
	}
	r.elapsed, r.cpu, r.memory = after.at.Sub(before.at), after.server-before.server, after.memory
	r.sent, r.packets = after.sent-before.sent, after.packets-before.packets
	r.others = max(0, (after.machine-before.machine)-(after.server-before.server)-(after.self-before.self))
	return r, nil
}

// reading is what all counters say at one time.
type reading struct {
	at                    time.Time
	server, self, machine time.Duration
	memory                int64
	sent, packets         int64
}

func (c *crowd) read() (r reading, err error) {
	var known [3]bool
	r.server, known[0] = measure.CPUTime(c.server.pid())
	r.machine, known[1] = measure.BusyTime()
	r.memory, known[2] = measure.Memory(c.server.pid())
	if r.self, err = measure.OwnCPU(); err != nil {
		return r, err
	}
	for _, m := range c.members {
		r.sent += m.sent.Load()
		for _, n := range m.received() {
			r.packets += n
		}
	}
	r.at = time.Now()
	if known != [3]bool{true, true, true} {
		return r, fmt.Errorf("read what %s uses: it has ended\n%s", c.name, c.server.output)
	}
	return r, nil
}

// close lets everybody leave.
func (c *crowd) close() {
	var wg sync.WaitGroup
	for _, m := range c.members {
		wg.Go(func() {
			m.signal.close()
			m.close()
		})
	}
	wg.Wait()
}

// pause waits, or says why it did not.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
