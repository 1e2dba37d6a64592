//go:build js && wasm

// Command smoke drives this package in a real browser: it captures a fake
// camera and microphone, joins a Room twice, and posts what it sees to
// /report, a line at a time. The test that builds it decides what is right.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"escalate/app/browser"
	"escalate/app/call"
	"escalate/app/video"
	"escalate/app/video/twiliojs"
)

// patience is how long each thing may take.
const patience = 20 * time.Second

// settings come from the page.
type settings struct {
	Signaling string
	Tokens    []string
	SDK       string
}

func main() {
	ctx := context.Background()
	if err := run(ctx); err != nil {
		report(ctx, "error: "+err.Error())
	}
	report(ctx, "end")
}

func report(ctx context.Context, line string) {
	_, _ = browser.Fetch(ctx, browser.Request{Method: "POST", Path: "/report", Body: []byte(line)})
}

// until waits for ok, and reports what.
func until(ctx context.Context, what string, ok func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("waited in vain: %s", what)
		}
	}
	report(ctx, "ok: "+what)
	return nil
}

// side is one of the two in the Room. A page is one thread: no locks.
type side struct {
	capture video.Capture
	room    video.Room
	state   call.State
	events  []string
}

func (s *side) on(e video.Event) {
	s.state = s.state.Apply(e)
	s.events = append(s.events, fmt.Sprintf("%T", e))
}

func (s *side) join(ctx context.Context, c settings, token string) (err error) {
	s.state = s.state.Begin()
	s.room, err = twiliojs.Connector{SDK: c.SDK}.Connect(ctx, token,
		video.Options{Name: "smoke", Signaling: c.Signaling, Capture: s.capture, OnEvent: s.on})
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	s.state = s.state.Joined(s.room.SID(), s.room.Local())
	return nil
}

func (s *side) seesCamera() bool {
	p, _ := s.state.Remote()
	_, ok := call.Camera(p)
	return ok
}

func (s *side) hears() bool {
	p, _ := s.state.Remote()
	_, ok := call.Microphone(p)
	return ok
}

func run(ctx context.Context) error {
	var c settings
	if err := json.Unmarshal(browser.Document{}.PageData(), &c); err != nil {
		return fmt.Errorf("read settings: %w", err)
	}
	devices := twiliojs.Devices{SDK: c.SDK}
	sup := devices.Supported()
	report(ctx, fmt.Sprintf("support: %+v", sup))
	var a, b side
	for _, s := range []*side{&a, &b} {
		got, err := devices.Capture(ctx, video.Want{Audio: true, Video: true})
		if err != nil {
			return fmt.Errorf("capture: %w", err)
		}
		defer got.Close()
		s.capture = got
	}
	list, err := devices.List(ctx)
	if err != nil {
		return err
	}
	kinds := map[string]int{}
	for _, d := range list {
		kinds[d.Kind]++
	}
	report(ctx, fmt.Sprintf("devices: %v", kinds))
	if err := a.capture.Attach("preview"); err != nil {
		return err
	}
	if err := until(ctx, "level of the fake microphone", func() bool { return a.capture.Level() > 0.2 }); err != nil {
		return err
	}
	if err := flipTwice(ctx, a.capture); err != nil {
		return err
	}
	report(ctx, "ok: flipped")
	if len(c.Tokens) < 2 {
		return nil
	}
	return talk(ctx, c, &a, &b)
}

// flipTwice takes the other camera and comes back. Chromium's second fake
// camera sends no frames to peers when it is opened after the first, so only
// the way back can be seen on the other side.
func flipTwice(ctx context.Context, c video.Capture) error {
	for range 2 {
		if err := c.Flip(ctx); err != nil {
			return fmt.Errorf("flip: %w", err)
		}
		if !c.Has(video.Video) {
			return errors.New("flip: the camera is gone")
		}
	}
	return nil
}

// talk is a call between a and b.
func talk(ctx context.Context, c settings, a, b *side) error {
	if err := a.join(ctx, c, c.Tokens[0]); err != nil {
		return err
	}
	if err := b.join(ctx, c, c.Tokens[1]); err != nil {
		return err
	}
	attach := func() error {
		p, _ := b.state.Remote()
		for k, id := range map[video.Kind]string{video.Video: "remote-video", video.Audio: "remote-audio"} {
			if t, ok := call.Find(p, k); ok {
				if err := b.room.Attach(t.SID, id); err != nil {
					return err
				}
			}
		}
		return nil
	}
	// frames waits until b decodes more of a's picture than at the call.
	frames := func(what string) error {
		first, err := b.room.Stats(ctx)
		if err != nil {
			return err
		}
		return until(ctx, what, func() bool {
			s, err := b.room.Stats(ctx)
			return err == nil && s.FramesDecoded > first.FramesDecoded+5
		})
	}
	set := func(k video.Kind, on bool) func() error {
		return func() error { return a.room.SetEnabled(ctx, k, on) }
	}
	wait := func(what string, ok func() bool) func() error {
		return func() error { return until(ctx, what, ok) }
	}
	last := video.Stats{}
	for _, step := range []func() error{
		wait("b sees and hears a", func() bool { return b.seesCamera() && b.hears() }),
		attach,
		func() error { return frames("b decodes a's picture") },
		wait("b hears a's sound", func() bool {
			last, _ = b.room.Stats(ctx)
			return last.AudioEnergy > 0
		}),
		set(video.Audio, false),
		wait("a muted", func() bool { return !b.hears() && !a.state.MicrophoneOn() }),
		set(video.Audio, true),
		wait("a unmuted", func() bool { return b.hears() && a.state.MicrophoneOn() }),
		set(video.Video, false),
		wait("a's camera off", func() bool { return !b.seesCamera() && !a.state.CameraOn() }),
		set(video.Video, true),
		wait("a's camera on", func() bool { return b.seesCamera() && a.state.CameraOn() }),
		attach,
		func() error { return frames("b decodes a's picture again") },
		func() error { return flipTwice(ctx, a.capture) },
		func() error { return frames("b decodes a's picture after flips") },
		func() error { return b.room.SetSpeaker(ctx, "default") },
		func() error { a.room.Refresh(); a.room.Disconnect(); return nil },
		wait("a left", func() bool { return a.state.Phase == call.Left }),
		wait("b sees a leave", func() bool { return len(b.state.Participants) == 0 }),
		wait("a's camera still previewed", func() bool { return a.capture.Has(video.Video) }),
		func() error { return a.join(ctx, c, c.Tokens[0]) },
		wait("a is back", b.seesCamera),
		func() error { b.room.Disconnect(); a.room.Disconnect(); return nil },
	} {
		if err := step(); err != nil {
			report(ctx, fmt.Sprintf("a: %+v %v", a.state, a.events))
			report(ctx, fmt.Sprintf("b: %+v %v", b.state, b.events))
			return err
		}
	}
	report(ctx, fmt.Sprintf("stats: %+v", last))
	return nil
}
