package page

import (
	"context"
	"errors"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/call"
	"escalate/app/video"
	"escalate/app/wire"
	"escalate/app/words"
)

// session is one side's part in the calls of one escalation: the captured
// camera and microphone, the Room, and what is known of it. Both pages with a
// call have one. All of it belongs to the UI goroutine; what has to wait runs
// in goroutines that end with ctx and hand their results over by Dispatch.
type session struct {
	deps Deps
	lang words.Language
	wait patience
	// ctx is the page's component: an element of it may be gone when a result
	// arrives, and what is dispatched to a gone element is dropped.
	ctx     app.Context
	support video.Support
	// nameOf is what to call a Participant, by identity.
	nameOf func(identity string) string
	// ended is told when the Room is over. err is nil when we left or were removed.
	ended func(err *video.Error)
	// turned is told when the Room's connection broke or is whole again, and when
	// the microphone went off or on; may be nil.
	turned func()

	intent   intent
	capture  video.Capture
	prompt   prompt
	slow     slowLoad
	mediaErr *video.Error
	micOn    bool // before the call; in it, state tells
	camOn    bool
	devices  []video.Device
	chosen   map[string]string // device kind -> id

	state    call.State
	room     video.Room
	identity string
	leaveKey string // goes with identity: shows that it is ours
	joined   int    // counts attempts to join; what belongs to an older one is ignored
	cancel   context.CancelFunc
	leaving  bool
	vanished bool                // the page is going away, and has said so
	busy     map[video.Kind]bool // a command on this kind is being carried out
	aim      map[video.Kind]bool // what the newest click on this kind wants, while it is being switched
	wish     map[video.Kind]bool // and while something else is done to it
	slots    []slot
	drawn    map[string]string // Track SID -> element id
	awake    func()

	talk     talk
	mini     func()                      // closes the small window; nil without one
	using    map[video.Kind]string       // device in use, by id
	gone     map[video.Kind]video.Device // unplugged, and not replaced yet
	hidden   bool                        // the camera is off only because the page is hidden
	blur     bool                        // what is behind us is blurred
	blurring bool                        // the blur is being loaded
	// sharedAt and theirShareAt are when the newest shares began.
	sharedAt, theirShareAt time.Time

	moreOpen bool
	keys     keys
	chiming  bool   // the test sound is playing
	chime    string // what is said about it
	fit      fitting
	full     bool // on the whole screen
	noFull   bool // the browser cannot
	trouble  string
	notice   words.Sentence // what the page did by itself
	live     string
	recorded bool // the call is known to be recorded, whatever the Room tells
	stops    []func()
}

func newSession(d Deps, lang words.Language, intentKey string) session {
	return session{
		deps: d, lang: lang, wait: usual(),
		support: d.Devices.Supported(),
		state:   call.New(),
		intent:  intent{host: d.Host, key: intentKey},
		micOn:   true, camOn: true,
		fit:    fitting{fill: true},
		chosen: map[string]string{},
		busy:   map[video.Kind]bool{},
		aim:    map[video.Kind]bool{},
		wish:   map[video.Kind]bool{},
		drawn:  map[string]string{},
		using:  map[video.Kind]string{},
		gone:   map[video.Kind]video.Device{},
	}
}

// begin starts what lasts as long as the page.
func (s *session) begin(ctx app.Context) {
	s.ctx = ctx
	s.recall()
	s.stops = append(s.stops,
		s.deps.Devices.OnChange(func() { s.ctx.Dispatch(func(app.Context) { s.plugged() }) }),
		s.listenToKeys(),
		s.deps.Host.OnFullscreen(func(on bool) { s.ctx.Dispatch(func(app.Context) { s.full = on }) }),
		s.deps.Host.OnVisibility(func(visible bool) {
			s.ctx.Dispatch(func(app.Context) {
				s.seen(visible)
			})
		}),
	)
}

// close gives back everything; the page is going away.
func (s *session) close() {
	for _, stop := range s.stops {
		stop()
	}
	s.stops = nil
	if s.cancel != nil {
		s.cancel()
	}
	if s.room != nil {
		s.room.Disconnect()
		s.room = nil
	}
	s.release()
	s.sleep()
}

// async runs work beside the UI and done on it, unless the page is gone then.
func async[T any](s *session, work func(context.Context) (T, error), done func(T, error)) {
	asyncIn(s.ctx, s, work, done)
}

// asyncIn is async with a Context that may end before the page.
func asyncIn[T any](ctx context.Context, s *session, work func(context.Context) (T, error), done func(T, error)) {
	page := s.ctx
	go func() {
		v, err := work(ctx)
		page.Dispatch(func(app.Context) { done(v, err) })
	}()
}

// act is async for work without a result.
func act(s *session, work func(context.Context) error, done func(error)) {
	async(s, func(ctx context.Context) (struct{}, error) { return struct{}{}, work(ctx) },
		func(_ struct{}, err error) { done(err) })
}

// connect joins the Room of j, or fails within a time. done is told once how
// it went.
func (s *session) connect(j wire.Join, done func(error)) {
	s.joined++
	n := s.joined
	s.state = s.state.Begin()
	clear(s.busy)
	clear(s.aim)
	clear(s.wish)
	s.slots, s.drawn = nil, map[string]string{}
	s.identity, s.leaveKey = j.Identity, j.LeaveKey
	s.leaving, s.vanished = false, false
	s.trouble, s.notice = "", words.Sentence{}
	ctx, cancel := context.WithCancel(s.ctx)
	s.cancel = cancel
	slow, loaded := s.slow.watch(s)
	o := video.Options{
		Name: j.Room, Signaling: j.Signaling, Capture: s.capture, Loading: slow,
		OnEvent: func(ev video.Event) {
			s.ctx.Dispatch(func(app.Context) {
				if n == s.joined {
					s.apply(ev)
				}
			})
		},
	}
	limit := s.wait.connect
	asyncIn(ctx, s, func(ctx context.Context) (video.Room, error) {
		within, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		r, err := s.deps.Video.Connect(within, j.Token, o)
		if err != nil && within.Err() != nil && ctx.Err() == nil {
			err = &video.Error{Reason: video.TimedOut, Message: "joining took longer than " + limit.String()}
		}
		return r, err
	}, func(r video.Room, err error) {
		loaded()
		switch {
		case n != s.joined:
			if r != nil {
				r.Disconnect()
			}
			return
		case err != nil:
			s.state = s.state.Fail(videoError(err))
		case s.state.Phase == call.Left:
			return // Disconnected overtook us, and told
		default:
			s.room = r
			s.state = s.state.Joined(r.SID(), r.Local())
			s.awake = during(s.deps.Host)
			s.inUse()
			s.pulse(ctx, r)
			if id := s.chosen[audioOutput]; id != "" {
				s.use(audioOutput, id)
			}
		}
		done(err)
	})
}

// apply folds an event in.
func (s *session) apply(ev video.Event) {
	before := s.state
	s.state = s.state.Apply(ev)
	s.place()
	s.tell(before, ev)
	s.react(before, ev)
	if s.turned != nil && s.room != nil && (before.Phase != s.state.Phase || before.MicrophoneOn() != s.state.MicrophoneOn()) {
		s.turned()
	}
	if e, ok := ev.(video.Disconnected); ok && before.Phase != call.Left {
		s.room = nil
		s.sleep()
		s.joined++
		err := e.Err
		if s.leaving {
			err = nil
		}
		s.ended(err)
	}
	s.changed()
}

// sleep lets the screen go dark again, and closes the small window.
func (s *session) sleep() {
	if s.mini != nil {
		s.mini()
		s.mini = nil
	}
	if s.awake != nil {
		s.awake()
		s.awake = nil
	}
}

// changed draws the Tracks once the markup for them is there.
func (s *session) changed() {
	s.ctx.Defer(func(app.Context) { s.attach() })
}

// videoError is err as something a sentence exists for; nil when it is none.
func videoError(err error) *video.Error {
	var ve *video.Error
	if errors.As(err, &ve) {
		return ve
	}
	if errors.Is(err, video.ErrUnsupported) {
		return &video.Error{Reason: video.Unsupported, Message: err.Error()}
	}
	return &video.Error{Reason: video.Other, Message: err.Error()}
}
