package stage

import (
	"context"
	"time"

	"escalate/app/call"
	"escalate/app/device"
	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/wire"
)

// Call is the Room that a page is in or on its way into, and what is known of it.
// There is one at a time; what belongs to an older one is ignored.
type Call struct {
	State call.State
	// Identity is ours in the Room.
	Identity string
	// Limit is how long joining a Room may take, the SDK's own tries included.
	Limit time.Duration
	// Ended is told when the Room is over. err is nil when we left or were removed.
	Ended func(err *video.Error)
	// Turned is told when the Room's connection broke or is whole again, and when
	// the microphone went off or on; may be nil.
	Turned func()

	screen    *ui.Screen
	host      Host
	connector video.Connector
	kit       *device.Kit
	audience  audience

	room     video.Room
	joined   int // counts attempts to join; what belongs to an older one is ignored
	cancel   context.CancelFunc
	leaving  bool // by our wish
	vanished bool // the page is going away, and has said so
	awake    func()
}

// audience is told what happens to a Call.
type audience interface {
	begun()
	heard(before call.State, ev video.Event)
	measured(before, now call.State)
	over()
}

func newCall(screen *ui.Screen, host Host, connector video.Connector, a audience) *Call {
	return &Call{State: call.New(), Limit: 30 * time.Second, screen: screen, host: host, connector: connector, audience: a}
}

// Connect joins the Room of j, or fails within a time. done is told once how
// it went.
func (c *Call) Connect(j wire.Join, done func(error)) {
	c.joined++
	n := c.joined
	c.State = c.State.Begin()
	c.Identity = j.Identity
	c.leaving, c.vanished = false, false
	c.audience.begun()
	ctx, cancel := context.WithCancel(c.screen.Context())
	c.cancel = cancel
	slow, loaded := c.kit.Prompt.Watch()
	o := video.Options{
		Name: j.Room, Signaling: j.Signaling, Capture: c.kit.Capture(), Loading: slow,
		OnEvent: func(ev video.Event) {
			c.screen.Do(func() {
				if n == c.joined {
					c.apply(ev)
				}
			})
		},
	}
	limit := c.Limit
	c.screen.GoIn(ctx, func(ctx context.Context) func() {
		r, err := within(ctx, limit, func(ctx context.Context) (video.Room, error) { return c.connector.Connect(ctx, j.Token, o) })
		return func() {
			loaded()
			switch {
			case n != c.joined:
				if r != nil {
					r.Disconnect()
				}
				return
			case err != nil:
				c.State = c.State.Fail(device.AsError(err))
			case c.State.Phase == call.Left:
				return // Disconnected overtook us, and told
			default:
				c.room = r
				c.State = c.State.Joined(r.SID(), r.Local())
				c.awake = during(c.host)
				c.pulse(ctx, r)
				c.kit.Joined()
			}
			done(err)
		}
	})
}

// within ends joining a Room after a time.
func within(ctx context.Context, limit time.Duration, join func(context.Context) (video.Room, error)) (video.Room, error) {
	short, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	r, err := join(short)
	if err != nil && short.Err() != nil && ctx.Err() == nil {
		err = &video.Error{Reason: video.TimedOut, Message: "joining took longer than " + limit.String()}
	}
	return r, err
}

// during is what a browser does for as long as a call lasts: the screen stays
// on, and a slip of the finger on Reload or Back does not end it.
func during(h Host) (stop func()) {
	sleep, leave := h.KeepAwake(), h.AskBeforeLeaving()
	return func() {
		sleep()
		leave()
	}
}

// apply folds an event in.
func (c *Call) apply(ev video.Event) {
	before := c.State
	c.State = c.State.Apply(ev)
	c.audience.heard(before, ev)
	if c.Turned != nil && c.room != nil && (before.Phase != c.State.Phase || before.MicrophoneOn() != c.State.MicrophoneOn()) {
		c.Turned()
	}
	if e, ok := ev.(video.Disconnected); ok && before.Phase != call.Left {
		c.room = nil
		c.sleep()
		c.joined++
		err := e.Err
		if c.leaving {
			err = nil
		}
		c.Ended(err)
	}
	c.screen.Changed()
}

// sleep lets the screen go dark again.
func (c *Call) sleep() {
	c.audience.over()
	if c.awake != nil {
		c.awake()
		c.awake = nil
	}
}

// InRoom says whether we are in a Room.
func (c *Call) InRoom() bool { return c.room != nil }

// Meant says whether it was by our wish that the Room was left.
func (c *Call) Meant() bool { return c.leaving || c.vanished }

// Leave ends the call by our wish; Ended follows.
func (c *Call) Leave() {
	c.leaving = true
	if c.room == nil {
		c.Abandon()
		c.Ended(nil)
		return
	}
	c.room.Disconnect()
}

// Vanish leaves while the page is on its way out: there is no time to wait.
func (c *Call) Vanish() {
	c.vanished = true
	c.room.Disconnect()
}

// Abandon forgets an attempt to join, or the Room, without a word.
func (c *Call) Abandon() {
	c.joined++
	c.drop()
	c.State = c.State.End()
	c.sleep()
}

func (c *Call) close() {
	c.drop()
	c.sleep()
}

func (c *Call) drop() {
	if c.cancel != nil {
		c.cancel()
		c.cancel = nil
	}
	if c.room != nil {
		c.room.Disconnect()
		c.room = nil
	}
}

// Active says whether there is a Room that takes commands.
func (c *Call) Active() bool { return c.room != nil && c.State.Active() }

// Room implements device.Call.
func (c *Call) Room() video.Room {
	if !c.Active() {
		return nil
	}
	return c.room
}

// On implements device.Call.
func (c *Call) On(k video.Kind) bool {
	if k == video.Audio {
		return c.State.MicrophoneOn()
	}
	return c.State.CameraOn()
}

// Interrupted implements device.Call.
func (c *Call) Interrupted(k video.Kind) bool { return c.State.Interrupted[k] }

// Resume plays the sound that autoplay has blocked.
func (c *Call) Resume() {
	if c.room != nil {
		c.room.Resume()
	}
}
